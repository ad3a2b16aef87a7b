/**
 * From a configuration file to a {@linkcode Config}: where the file is, whether it may be read, and what it says.
 * Synchronous, since `cache("name")` is and a wrong name must throw there.
 *
 * @module
 */

import { builtin, isPermitted, workingDirectory } from "../_runtime.ts";
import { ConfigError } from "../errors.ts";
import { oneOf, quote } from "./_fault.ts";
import { readConfigurationFile } from "./_read_file.ts";
import { parseToml } from "./parse_toml.ts";
import { configurationPath, resolvePath } from "./paths.ts";
import { type CacheSettings, readSettings, RESERVED_CACHES, type Settings } from "./settings.ts";

/** A configuration that was read and found right. */
export interface Config {
  /** The file that was read; `undefined` when there is none. */
  readonly file: string | undefined;
  /** What it says, with defaults where it says nothing. */
  readonly settings: Settings;
  /** Why there may be a file that could not be read, as a sentence; a warning to those who rely on it. */
  readonly problem: string | undefined;
  /**
   * The settings of a cache.
   *
   * @param name The name of its section; not `memory`, `void` or `default`, which have none.
   * @throws {ConfigError} When no section has that name; the message lists those that there are.
   */
  cacheSettings(name: string): CacheSettings;
}

/** Options of {@linkcode loadConfig}. */
export interface LoadConfigOptions {
  /**
   * The file to read: a path (`~` is the home folder, a relative one is relative to the working directory) or a `file:` URL.
   *
   * @default `$XDG_CONFIG_HOME/fleche/cache.toml`, or `~/.config/fleche/cache.toml`
   */
  readonly path?: string | URL;
}

/**
 * Reads and checks a configuration file. Nothing is opened; every name, option and value in it is checked.
 *
 * A missing default file is no fault: the default cache is then `memory`. One that may not be read is the same, with a
 * `problem`. A file that was asked for by `path` must be there and readable.
 *
 * @param options Which file.
 * @returns The configuration.
 * @throws {ConfigError} When the file cannot be used; the message names the file, the place and what would be right.
 */
export function loadConfig(options: LoadConfigOptions = {}): Config {
  if (options.path === undefined) return loadDefault();
  const file = absoluteFile(options.path);
  const read = readConfigurationFile(file);
  if (read.kind === "text") return parsed(file, read.text);
  const message = read.kind === "absent" ? "there is no such file" : `it cannot be read: ${read.reason}`;
  const cause = read.kind === "unreadable" && read.cause !== undefined ? { cause: read.cause } : {};
  throw new ConfigError("config-invalid", message, { file, ...cause });
}

function loadDefault(): Config {
  const file = configurationPath();
  if (file === undefined) {
    const remedy = isPermitted("env", "HOME")
      ? "set HOME, or XDG_CONFIG_HOME to an absolute path"
      : "Deno needs --allow-env=XDG_CONFIG_HOME,HOME";
    const problem = `Cannot look for a configuration: the home folder is not known (${remedy})`;
    return configOf({ file: undefined, looked: undefined, problem }, readSettings({}, { file }));
  }
  const read = readConfigurationFile(file);
  if (read.kind === "text") return parsed(file, read.text);
  const problem = read.kind === "unreadable"
    ? `Cannot read configuration "${file}": ${read.reason}`
    : undefined;
  return configOf({ file: undefined, looked: file, problem }, readSettings({}, { file }));
}

function absoluteFile(path: string | URL): string {
  const written = path instanceof URL ? builtin("node:url").fileURLToPath(path) : path;
  const file = typeof written === "string" && written !== "" && !written.includes("\0")
    ? resolvePath(written, workingDirectory())
    : undefined;
  if (file !== undefined) return file;
  throw new ConfigError("config-invalid", `no file has the path ${quote(String(written))}`);
}

function parsed(file: string, text: string): Config {
  const settings = readSettings(parseToml(text, { file }), { file });
  return configOf({ file, looked: file, problem: undefined }, settings);
}

/** `looked` is where the file is, or would be. */
function configOf(
  found: Pick<Config, "file" | "problem"> & { readonly looked: string | undefined },
  settings: Settings,
): Config {
  const { file, looked, problem } = found;
  return {
    file,
    settings,
    problem,
    cacheSettings(name: string): CacheSettings {
      const found = settings.caches.get(name);
      if (found !== undefined) return found;
      const names = [...settings.caches.keys(), ...RESERVED_CACHES];
      const absent = file === undefined ? " and there is no such file" : "";
      const message = `no section [${name}]${absent}, expected ${oneOf(names, name)}`;
      throw new ConfigError("config-unknown-cache", message, { file: looked });
    },
  };
}
