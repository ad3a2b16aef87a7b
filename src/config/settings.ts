/**
 * The settings of caches as plain typed data, and the check that turns a parsed document, or an object given in code,
 * into them. Nothing is opened and no path is resolved here; `build_storage.ts` does.
 *
 * @module
 */

import { describe, fault, isTable, listNames, oneOf, placeOf, quote, type Source } from "./_fault.ts";
import { readCacheSettings } from "./cache_settings.ts";
import type { SecretKeys } from "./secret_keys.ts";
import type { Durability } from "../storage/types.ts";
import type { SingleFlight } from "../cache/cache.ts";
import { DEFAULT_METADATA, metadataNames } from "./metadata_types.ts";

/** What an option may be set to. */
export type StorageSetting = string | number | boolean | readonly string[] | StorageSettings;

/** The settings of one storage: its `type`, and the options of that type. */
export interface StorageSettings {
  /** A registered storage type, as `CborFile`. */
  readonly type: string;
  /** The options of that type, as they are written in the configuration. */
  readonly [option: string]: StorageSetting | undefined;
}

/** The settings of one cache: a section of the configuration file. */
export interface CacheSettings {
  /** Where results are kept. */
  readonly values: StorageSettings;
  /** Where call records are kept. */
  readonly calls: StorageSettings;
  /**
   * Who waits instead of computing what is being computed: callers in one process, in all processes of the machine, nobody.
   *
   * @default {"machine"}
   */
  readonly single_flight?: SingleFlight | undefined;
  /**
   * What is still there of what was kept: after the death of the process, or (slower) also after that of the machine.
   *
   * @default {"process"}
   */
  readonly durability?: Durability | undefined;
  /**
   * Keys that entries are sealed with, in hexadecimal, at least 16 bytes each: the first seals, all of them open. Settings that
   * were read hold them so that they are not printed.
   *
   * @default those of the environment variable `FLECHE_SECRET_KEY`, with `:` between them; entries are not sealed without
   */
  readonly secret_key?: readonly string[] | SecretKeys | undefined;
  /**
   * Whether entries are encrypted, and their keys hidden, beyond being signed.
   *
   * @default {false}
   */
  readonly encrypt?: boolean | undefined;
}

/** The settings of section `[default]`, filled up with what holds where nothing is said. */
export interface DefaultSettings {
  /**
   * The cache of every function that is not told otherwise.
   *
   * @default {"memory"}
   */
  readonly cache: string;
  /**
   * The default metadata chain.
   *
   * @default {["Runtime", "CallInfo"]}
   */
  readonly metadata: readonly string[];
}

/** A whole configuration, checked. */
export interface Settings {
  /** Section `[default]`. */
  readonly default: DefaultSettings;
  /** The caches, by name, in the order of the file. */
  readonly caches: ReadonlyMap<string, CacheSettings>;
}

/** Names that are always there and that no section may take. */
export const RESERVED_CACHES: readonly string[] = ["memory", "void"];

/**
 * Checks a whole configuration.
 *
 * @param document A parsed TOML document, or an object of the same shape.
 * @param source Where it comes from, for messages.
 * @returns The settings, with defaults where nothing is said.
 * @throws {ConfigError} At the first fault, in the order of the document.
 */
export function readSettings(document: unknown, source: Source): Settings {
  if (!isTable(document)) throw fault(source, "", describe(document), "a table of sections");
  const caches = new Map<string, CacheSettings>();
  for (const [name, section] of Object.entries(document)) {
    const place = placeOf("", name);
    if (!isTable(section)) {
      const own = name === "cache" || name === "metadata";
      throw fault(
        source,
        place,
        describe(section),
        own ? `section [default] around it` : `a section [${place}]`,
      );
    }
    if (name === "default") continue; // Last: it names the others.
    if (RESERVED_CACHES.includes(name)) {
      throw fault(
        source,
        place,
        `a section of the reserved name ${quote(name)}`,
        `another name; ${quote(name)} is always there and takes no settings`,
      );
    }
    caches.set(name, readCacheSettings(section, { ...source, place }));
  }
  const section = Object.hasOwn(document, "default") ? document["default"] : {};
  return { default: readDefaultSettings(isTable(section) ? section : {}, caches, source), caches };
}

function readDefaultSettings(
  section: Readonly<Record<string, unknown>>,
  caches: ReadonlyMap<string, CacheSettings>,
  source: Source,
): DefaultSettings {
  for (const key of Object.keys(section)) {
    if (key === "cache" || key === "metadata") continue;
    const expected = key === "values" || key === "calls"
      ? `it in a section of its own, whose name is then given as default.cache`
      : oneOf(["cache", "metadata"], key);
    throw fault(source, placeOf("default", key), `unknown key ${quote(key)}`, expected);
  }
  return {
    cache: readDefaultCache(section["cache"], caches, source),
    metadata: readMetadata(section["metadata"], source),
  };
}

function readDefaultCache(
  value: unknown,
  caches: ReadonlyMap<string, CacheSettings>,
  source: Source,
): string {
  if (value === undefined) return "memory";
  const place = "default.cache";
  const names = [...caches.keys(), ...RESERVED_CACHES];
  if (typeof value !== "string") {
    throw fault(source, place, describe(value), `the name of a cache: ${oneOf(names)}`);
  }
  if (!names.includes(value)) {
    throw fault(source, place, `unknown cache ${quote(value)}`, oneOf(names, value));
  }
  return value;
}

function readMetadata(value: unknown, source: Source): readonly string[] {
  if (value === undefined) return DEFAULT_METADATA;
  const place = "default.metadata";
  const names = metadataNames();
  if (!Array.isArray(value)) {
    throw fault(source, place, describe(value), `a list of metadata names out of ${listNames(names)}`);
  }
  for (const [index, name] of value.entries()) {
    const itemPlace = `${place}[${index}]`;
    if (typeof name !== "string") {
      throw fault(source, itemPlace, describe(name), `the name of a metadata class: ${oneOf(names)}`);
    }
    if (name === "Tags") {
      throw fault(
        source,
        itemPlace,
        `metadata "Tags", which needs arguments,`,
        `a call of tags({ … }) in code instead; here ${oneOf(names)}`,
      );
    }
    if (!names.includes(name)) {
      throw fault(source, itemPlace, `unknown metadata ${quote(name)}`, oneOf(names, name));
    }
  }
  return [...new Set<string>(value)];
}
