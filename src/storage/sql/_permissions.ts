/**
 * What Deno must allow before a database can be opened, asked beforehand: the libraries would otherwise make Deno put its
 * questions to the user in the middle of a call.
 *
 * @module
 */

import { isPermitted } from "../../_runtime.ts";
import type { SqlLocation } from "./parse_sql_url.ts";

/** What `libsql` asks its surroundings while it is loaded (measured with 0.5.29). */
const SYSTEM_CALLS: readonly string[] = ["cpus", "hostname", "networkInterfaces"];
const VARIABLE = "LIBSQL_JS_DEV";

const PORTS: Readonly<Record<string, string>> = { "http:": "80", "ws:": "80" };

/** The flags that are missing to ask a server. */
export function missingServerFlags({ protocol, hostname, host, port }: URL): string[] {
  const permitted = isPermitted("net", `${hostname}:${port || (PORTS[protocol] ?? "443")}`);
  return permitted ? [] : [`--allow-net=${host}`];
}

/**
 * The flags that are missing to load the native library and to open a file in `folder`.
 *
 * @param location Which database: a file, or one in memory.
 * @param folder The file's folder.
 */
export function missingFlags(location: SqlLocation, folder: string): string[] {
  const missing: string[] = [];
  if (location.kind === "file") {
    if (!isPermitted("read", folder)) missing.push(`--allow-read=${folder}`);
    if (!isPermitted("write", folder)) missing.push(`--allow-write=${folder}`);
  }
  if (!isPermitted("ffi")) missing.push("--allow-ffi");
  if (!isPermitted("env", VARIABLE)) missing.push(`--allow-env=${VARIABLE}`);
  if (!SYSTEM_CALLS.every((call) => isPermitted("sys", call))) {
    missing.push(`--allow-sys=${SYSTEM_CALLS.join(",")}`);
  }
  return missing;
}
