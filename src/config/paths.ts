/**
 * Where the configuration file is, by the XDG rule, and what a path in it means: `~` and relative paths. Nothing here
 * touches the file system.
 *
 * Paths are `node:path`'s here, on demand: `@std/path` would have to be imported before anybody asks for a path, and its
 * light subpaths for both systems cost Deno 3 to 4 ms at start-up, its main module more than 20.
 *
 * @module
 */

import { builtin, environmentVariable, isPermitted, isWindows } from "../_runtime.ts";

/** What paths depend on; the process's own unless a test says otherwise. */
export interface PathSurroundings {
  /** Whether paths are Windows paths. */
  readonly windows: boolean;
  /** An environment variable; `undefined` when it is unset or may not be read. */
  variable(name: string): string | undefined;
  /** The operating system's own answer, asked where the environment has none. */
  systemHome(): string | undefined;
}

/** The surroundings of this process. */
export function pathSurroundings(): PathSurroundings {
  return { windows: isWindows(), variable: environmentVariable, systemHome };
}

function systemHome(): string | undefined {
  if (!isPermitted("sys", "homedir")) return undefined;
  try {
    return builtin("node:os").homedir();
  } catch {
    return undefined; // A user without an entry in the system's list of users.
  }
}

/**
 * The home folder: `HOME` (`USERPROFILE` on Windows), else what the operating system says.
 *
 * @returns `undefined` when none of them may be read or none is an absolute path.
 */
export function homeFolder(around: PathSurroundings = pathSurroundings()): string | undefined {
  const named = around.variable(around.windows ? "USERPROFILE" : "HOME");
  if (named !== undefined && isAbsolute(named, around)) return named;
  const found = around.systemHome();
  return found !== undefined && isAbsolute(found, around) ? found : undefined;
}

/**
 * The path of the user's configuration file: `$XDG_CONFIG_HOME/fleche/cache.toml`, or `~/.config/fleche/cache.toml` where
 * that variable is unset, empty or relative, as the XDG Base Directory Specification has it.
 *
 * @returns `undefined` when the home folder is not known.
 */
export function configurationPath(around: PathSurroundings = pathSurroundings()): string | undefined {
  const { join } = pathsOf(around);
  const configured = around.variable("XDG_CONFIG_HOME");
  if (configured !== undefined && isAbsolute(configured, around)) {
    return join(configured, "fleche", "cache.toml");
  }
  const home = homeFolder(around);
  return home === undefined ? undefined : join(home, ".config", "fleche", "cache.toml");
}

/**
 * What is wrong with a path as it was written; a sentence's end, to follow "expected".
 *
 * @returns `undefined` when nothing is.
 */
export function pathFault(path: string): string | undefined {
  if (path === "") return "a path that is not empty";
  if (path.includes("\0")) return "a path without zero characters";
  if (/^~[^/\\]/.test(path)) {
    return `"~/…" for the home folder, or "./${path.slice(0, 40)}" for a name that begins with "~"`;
  }
  return undefined;
}

/**
 * Makes a path absolute: `~` is the home folder, relative paths are relative to `folder`.
 *
 * @param path The path as it was written.
 * @param folder The folder of the file that declares it, or the working directory; where it is not known, a relative path
 *   stays relative.
 * @param around What paths depend on.
 * @returns The path; `undefined` when it needs the home folder and that is not known.
 */
export function resolvePath(
  path: string,
  folder: string | undefined,
  around: PathSurroundings = pathSurroundings(),
): string | undefined {
  const { join } = pathsOf(around);
  if (path === "~" || path.startsWith("~/") || (around.windows && path.startsWith("~\\"))) {
    const home = homeFolder(around);
    return home === undefined ? undefined : join(home, path.slice(1));
  }
  return isAbsolute(path, around) || folder === undefined ? join(path) : join(folder, path);
}

/**
 * The folder that a file lies in.
 *
 * @param file An absolute path.
 */
export function folderOf(file: string, around: PathSurroundings = pathSurroundings()): string {
  return pathsOf(around).dirname(file);
}

function pathsOf(around: PathSurroundings): typeof import("node:path").posix {
  const path = builtin("node:path");
  return around.windows ? path.win32 : path.posix;
}

function isAbsolute(path: string, around: PathSurroundings): boolean {
  return pathsOf(around).isAbsolute(path);
}
