/**
 * What Deno must allow before a database can be opened, asked beforehand: the libraries would otherwise make Deno put its
 * questions to the user in the middle of a call.
 *
 * @module
 */

import { isLinux, isPermitted, permissionFlag, permissionState } from "../../_runtime.ts";

/** What `libsql` asks its surroundings while it is loaded (measured with 0.5.29). */
const SYSTEM_CALLS: readonly string[] = ["cpus", "hostname", "networkInterfaces"];
const VARIABLE = "LIBSQL_JS_DEV";

/** Where the library on Linux reads which C library there is; where it must not, it finds that out otherwise. */
const LDD = "/usr/bin/ldd";

const PORTS: Readonly<Record<string, string>> = { "http:": "80", "ws:": "80" };

/** The flags that are missing to ask a server. */
export function missingServerFlags({ protocol, hostname, host, port }: URL): string[] {
  const permitted = isPermitted("net", `${hostname}:${port || (PORTS[protocol] ?? "443")}`);
  return permitted ? [] : [permissionFlag("net", [host])];
}

/**
 * The flags that are missing to load the native library and to open a database.
 *
 * @param folder The folder of its file; `undefined` for one in memory.
 */
export function missingFlags(folder: string | undefined): string[] {
  const missing: string[] = [];
  const reads = folder === undefined || isPermitted("read", folder) ? [] : [folder];
  if (isLinux() && permissionState("read", LDD) === "prompt") reads.push(LDD);
  if (reads.length > 0) missing.push(permissionFlag("read", reads));
  if (folder !== undefined && !isPermitted("write", folder)) missing.push(permissionFlag("write", [folder]));
  if (!isPermitted("ffi")) missing.push(permissionFlag("ffi"));
  if (!isPermitted("env", VARIABLE)) missing.push(permissionFlag("env", [VARIABLE]));
  if (!SYSTEM_CALLS.every((call) => isPermitted("sys", call))) {
    missing.push(permissionFlag("sys", SYSTEM_CALLS));
  }
  return missing;
}
