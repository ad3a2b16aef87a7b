/**
 * Where a result was computed: machine, user, folder, runtime. Asks for each only where that is permitted already.
 *
 * @module
 */

import {
  builtin,
  environmentVariable,
  isPermitted,
  nodeProcess,
  runtimeName,
  runtimeVersion,
  workingDirectory,
} from "../_runtime.ts";
import { version } from "../version.ts";
import type { JsonObject, Metadata } from "./types.ts";

/**
 * Records where the function ran, in the namespace `environment`.
 *
 * | field | is | permission in Deno |
 * | --- | --- | --- |
 * | `hostname` | the machine's name | `--allow-sys=hostname` |
 * | `username` | the user: the first of `LOGNAME`, `USER`, `LNAME`, `USERNAME` that is set, else as the system has it | `--allow-env` for those names, or `--allow-sys=userInfo,uid,gid` |
 * | `cwd` | the working directory when the call started | none |
 * | `runtime`, `runtime_version` | `deno`, `bun` or `node`, and its version | none |
 * | `fleche_version` | version of this package | none |
 * | `os`, `arch` | as `linux`, `darwin`, `win32`; as `x64`, `arm64` | none |
 *
 * A field that is not permitted or not known is left out; nobody is ever asked for a permission. All but `cwd` is
 * found out once per process.
 *
 * @example Where am I?
 * ```ts
 * import { Environment } from "@fleche/fleche";
 *
 * const entry = new Environment().before();
 * console.assert(entry.runtime === "deno" || entry.runtime === "bun");
 * ```
 */
export class Environment implements Metadata {
  /** Always `"environment"`. */
  readonly name: "environment" = "environment";

  /**
   * Writes down the surroundings.
   *
   * @returns The entry.
   */
  before(): JsonObject {
    lasting ??= findLasting();
    const cwd = workingDirectory();
    return cwd === undefined ? lasting : { ...lasting, cwd };
  }
}

let lasting: JsonObject | undefined;

/** What cannot change while the process lives. */
function findLasting(): JsonObject {
  const hostname = findHostname();
  const username = findUsername();
  const { platform, arch } = nodeProcess();
  return {
    ...(hostname === undefined ? {} : { hostname }),
    ...(username === undefined ? {} : { username }),
    runtime: runtimeName(),
    runtime_version: runtimeVersion(),
    fleche_version: version,
    os: platform,
    arch,
  };
}

function findHostname(): string | undefined {
  if (!isPermitted("sys", "hostname")) return undefined;
  try {
    return builtin("node:os").hostname();
  } catch {
    return undefined;
  }
}

/** The order of Python's `getpass.getuser`, so that one user has one name in the records of both languages. */
function findUsername(): string | undefined {
  for (const name of ["LOGNAME", "USER", "LNAME", "USERNAME"]) {
    const value = environmentVariable(name);
    if (value !== undefined && value !== "") return value;
  }
  // Deno's os.userInfo() asks for the user's and the group's number as well.
  if (!["userInfo", "uid", "gid"].every((kind) => isPermitted("sys", kind))) return undefined;
  try {
    const { username } = builtin("node:os").userInfo();
    // Bun, which does not read the system's user database, says "unknown".
    return username === "unknown" ? undefined : username;
  } catch {
    return undefined;
  }
}
