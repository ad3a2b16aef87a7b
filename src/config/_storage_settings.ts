/**
 * The check of one storage's settings against what its type declares, storages within it included.
 *
 * @module
 */

// `as` here: settings are built key by key, after the check of each.

import { ConfigError } from "../errors.ts";
import { describe, fault, isTable, listNames, oneOf, placeOf, quote, type Source } from "./_fault.ts";
import type { Seal } from "./_seal_settings.ts";
import type { Durability } from "../storage/types.ts";
import { pathFault } from "./paths.ts";
import type { StorageSetting, StorageSettings } from "./settings.ts";
import { findStorageType, storageTypeNames } from "./storage_types.ts";
import type { StorageOptionKind, StorageRole, StorageType, StorageTypeOption } from "./types.ts";

/** Storages within storages: beyond any use, and far from the depth at which recursion ends. */
const DEEPEST = 100;

/** Where settings stand, and what the storage is for. */
export interface StoragePlace extends Source {
  /** The place, as `mycache.values.inner`. */
  readonly place: string;
  /** What the storage is to keep. */
  readonly role: StorageRole;
  /** What must still be there of it, after what. @default "process" */
  readonly durability?: Durability | undefined;
  /** How it is sealed, if it is. */
  readonly seal?: Seal | undefined;
}

const KINDS: Record<StorageOptionKind, { readonly expected: string; accepts(value: unknown): boolean }> = {
  string: { expected: "a string", accepts: (value) => typeof value === "string" },
  path: { expected: "a path", accepts: (value) => typeof value === "string" },
  integer: { expected: "an integer", accepts: (value) => Number.isSafeInteger(value) },
  number: { expected: "a finite number", accepts: (value) => Number.isFinite(value) },
  boolean: { expected: "true or false", accepts: (value) => typeof value === "boolean" },
  strings: {
    expected: "a list of strings",
    accepts: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  },
  storage: { expected: `a table with a type`, accepts: isTable },
};

/**
 * Checks the settings of a storage.
 *
 * @param value A table, as it was parsed or given in code.
 * @param where Where it stands.
 * @param depth How many storages stand around it.
 * @throws {ConfigError} At the first fault.
 */
export function readStorageSettings(value: unknown, where: StoragePlace, depth: number = 0): StorageSettings {
  if (value === undefined) {
    throw fault(where, where.place, "nothing", `a storage, as ${where.place}.type = "Memory"`);
  }
  if (!isTable(value)) {
    throw fault(
      where,
      where.place,
      describe(value),
      `a table with a type, as ${where.place}.type = "Memory"`,
    );
  }
  if (depth > DEEPEST) {
    throw new ConfigError("config-invalid", `more than ${DEEPEST} storages stand within each other`, {
      file: where.file,
      place: where.place.slice(0, 200),
    });
  }
  const name = Object.hasOwn(value, "type") ? value["type"] : undefined;
  const type = readType(name, where);
  const settings: Record<string, StorageSetting> & { type: string } = { type: name as string };
  for (const [key, setting] of Object.entries(value)) {
    if (key === "type" || setting === undefined) continue;
    const option = Object.hasOwn(type.options, key) ? type.options[key] : undefined;
    if (option === undefined) throw unknownOption(key, settings.type, type, where);
    settings[key] = readOption(setting, option, { ...where, place: placeOf(where.place, key) }, depth);
  }
  for (const [key, option] of Object.entries(type.options)) {
    if (option.required !== true || Object.hasOwn(settings, key)) continue;
    throw fault(
      where,
      placeOf(where.place, key),
      "nothing",
      `${expectedOf(option)}: ${quote(settings.type)} needs it`,
    );
  }
  return settings;
}

function readType(name: unknown, where: StoragePlace): StorageType {
  const place = placeOf(where.place, "type");
  const names = storageTypeNames();
  if (name === undefined) throw fault(where, place, "nothing", `a storage type: ${oneOf(names)}`);
  if (typeof name !== "string") throw fault(where, place, describe(name), `a storage type: ${oneOf(names)}`);
  const type = findStorageType(name);
  if (type === undefined) {
    throw fault(where, place, `unknown storage type ${quote(name)}`, oneOf(names, name));
  }
  if (type.roles !== undefined && !type.roles.includes(where.role)) {
    throw fault(
      where,
      place,
      `storage type ${quote(name)}, which keeps ${type.roles.join(" and ") || "nothing"},`,
      `a type that keeps ${where.role}`,
    );
  }
  return type;
}

/** What holds for both storages of a section, and for its calls. */
const OF_SECTION: ReadonlySet<string> = new Set(["single_flight", "durability", "secret_key", "encrypt"]);

function unknownOption(key: string, name: string, type: StorageType, where: StoragePlace): ConfigError {
  const options = Object.keys(type.options);
  const found = key === "inner"
    ? `an inner storage, which ${quote(name)} does not take,`
    : `unknown option ${quote(key)} of ${quote(name)}`;
  const expected = OF_SECTION.has(key)
    ? "it in the section itself, where it holds for values and calls"
    : options.length === 0
    ? "no option but type"
    : oneOf(options, key);
  return fault(where, placeOf(where.place, key), found, expected);
}

function readOption(
  value: unknown,
  option: StorageTypeOption,
  where: StoragePlace,
  depth: number,
): StorageSetting {
  const found = describe(typeof value === "string" ? option.show?.(value) ?? value : value);
  if (!KINDS[option.kind].accepts(value)) throw fault(where, where.place, found, expectedOf(option));
  if (option.kind === "storage") return readStorageSettings(value, where, depth + 1);
  const texts = option.oneOf;
  if (texts !== undefined && typeof value === "string" && !texts.includes(value)) {
    throw fault(
      where,
      where.place,
      `unknown ${where.place.split(".").at(-1)} ${quote(value)}`,
      oneOf(texts, value),
    );
  }
  const wrong = (option.kind === "path" ? pathFault(value as string) : undefined) ?? option.check?.(value);
  if (wrong !== undefined) throw fault(where, where.place, found, wrong);
  return Array.isArray(value) ? [...value] : value as StorageSetting;
}

function expectedOf(option: StorageTypeOption): string {
  const texts = option.oneOf;
  return texts === undefined ? KINDS[option.kind].expected : listNames(texts);
}
