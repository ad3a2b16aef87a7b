/**
 * The configuration of this process, read once on first use, and the caches that it names. Where settings become caches.
 *
 * @module
 */

import { warnOnce } from "../_warn.ts";
import { Cache } from "../cache/cache.ts";
import { setSiblings } from "../cache/siblings.ts";
import type { Metadata } from "../metadata/types.ts";
import { Memory } from "../storage/memory.ts";
import type { Storage } from "../storage/types.ts";
import { VoidStorage } from "../storage/void_storage.ts";
import { placeOf } from "./_fault.ts";
import { sealOf } from "./_seal_settings.ts";
import { openStorage } from "./build_storage.ts";
import { type Config, loadConfig as readConfig, type LoadConfigOptions } from "./load_config.ts";
import { sectionsBeside } from "./_shared_places.ts";
import { createMetadata } from "./metadata_types.ts";
import { readCacheSettings } from "./cache_settings.ts";
import type { CacheSettings } from "./settings.ts";
import type { StorageRole } from "./types.ts";

/** The active configuration, and what was made from it so far. */
interface ActiveConfig {
  readonly config: Config;
  readonly caches: Map<string, Cache>;
  metadata: readonly Metadata[] | undefined;
}

let active: ActiveConfig | undefined;

function activeConfig(): ActiveConfig {
  return active ??= activate(readConfig());
}

function activate(config: Config): ActiveConfig {
  return active = { config, caches: new Map(), metadata: undefined };
}

/**
 * Reads a configuration file and makes it the one of this process, in place of
 * `$XDG_CONFIG_HOME/fleche/cache.toml`, which is otherwise read on first use. Caches that are in use stay open.
 *
 * @param options Which file; without a path, the default one again.
 * @returns The configuration, checked to its last option; nothing is opened yet.
 * @throws {ConfigError} When the file cannot be used (the configuration then stays as it was).
 *
 * @example A configuration beside the program
 * ```ts
 * import { cache, loadConfig } from "@fleche/fleche";
 *
 * const path = await Deno.makeTempFile({ suffix: ".toml" });
 * await Deno.writeTextFile(path, '[mine]\nvalues.type = "Memory"\ncalls.type = "Memory"\n');
 * loadConfig({ path });
 * cache("mine");
 * ```
 */
export function loadConfig(options: LoadConfigOptions = {}): Config {
  return activate(readConfig(options)).config;
}

/** The reserved caches: one of each per process, whatever the configuration. */
const reserved = new Map<string, Cache>();
const RESERVED_STORAGES: ReadonlyMap<string, () => Memory | VoidStorage> = new Map([
  ["memory", () => new Memory()],
  ["void", () => new VoidStorage()],
]);

/**
 * The cache of a name: always the same object for a name, until another configuration is loaded. `default` is the name of
 * whichever cache `[default]` names.
 *
 * @throws {ConfigError} When no section has that name.
 */
export function namedCache(name: string): Cache {
  if (name === "default") return defaultCache();
  const open = RESERVED_STORAGES.get(name);
  const caches = open === undefined ? activeConfig().caches : reserved;
  let cache = caches.get(name);
  if (cache !== undefined) return cache;
  if (open === undefined) return sectionCache(activeConfig(), name);
  cache = new Cache({ name, values: open(), calls: open() });
  caches.set(name, cache);
  return cache;
}

/** The cache of a section, and of that configuration, be it the active one or not any more. */
function sectionCache(from: ActiveConfig, name: string): Cache {
  const { config, caches } = from;
  let cache = caches.get(name);
  if (cache !== undefined) return cache;
  cache = cacheOf(config.cacheSettings(name), name, { file: config.file, place: placeOf("", name) });
  setSiblings(cache, () => sectionsBeside(config, name).map((other) => sectionCache(from, other)));
  caches.set(name, cache);
  return cache;
}

/** The cache of calls for which nobody chose one. Warns, once, when the configuration that would name it cannot be read. */
export function defaultCache(): Cache {
  const { settings, problem } = activeConfig().config;
  if (problem !== undefined) warnOnce("configuration", `${problem}; the default cache is in memory`);
  return namedCache(settings.default.cache);
}

/** The metadata of calls for which nobody chose any. */
export function defaultMetadata(): readonly Metadata[] {
  const current = activeConfig();
  return current.metadata ??= current.config.settings.default.metadata.map(createMetadata);
}

function cacheOf(
  settings: CacheSettings,
  name: string,
  source: { readonly file: string | undefined; readonly place: string },
): Cache {
  const { single_flight: singleFlight = "machine", durability } = settings;
  const seal = sealOf(settings, source);
  const open = (role: StorageRole): Storage => {
    const place = placeOf(source.place, role);
    return openStorage(settings[role], { file: source.file, place, role, durability, seal });
  };
  return new Cache({ name, values: open("values"), calls: open("calls"), singleFlight });
}

/**
 * A cache from settings given in code, of the same shape as a section of the configuration.
 *
 * Does no I/O: storages do theirs on first use. Relative paths are relative to the working directory.
 *
 * @param settings The two storages, each with its `type` and options.
 * @returns A new cache, the caller's to dispose (`await using`).
 * @throws {ConfigError} When the settings are not right.
 *
 * @example Values in files, records in memory
 * ```ts
 * import { cache, openCache } from "@fleche/fleche";
 *
 * const root = await Deno.makeTempDir();
 * await using mine = openCache({ values: { type: "CborFile", root }, calls: { type: "Memory" } });
 * using _scope = cache(mine);
 * ```
 */
export function openCache(settings: CacheSettings): Cache {
  const source = { file: undefined, place: "" };
  return cacheOf(readCacheSettings(settings, source), "(opened in code)", source);
}
