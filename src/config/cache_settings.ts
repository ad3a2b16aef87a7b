/**
 * The check of one section: its two storages, and what holds for both.
 *
 * @module
 */

import { singleFlights } from "../cache/cache.ts";
import type { Durability } from "../storage/types.ts";
import { describe, fault, isTable, listNames, oneOf, placeOf, quote, type Source } from "./_fault.ts";
import { readSecretKeys } from "./_seal_settings.ts";
import { readStorageSettings } from "./_storage_settings.ts";
import type { CacheSettings } from "./settings.ts";
import type { StorageRole } from "./types.ts";

const DURABILITIES: readonly Durability[] = ["process", "full"];

const KEYS: readonly (keyof CacheSettings)[] = [
  "values",
  "calls",
  "single_flight",
  "durability",
  "secret_key",
  "encrypt",
];

/**
 * Checks the settings of one cache.
 *
 * @param value A section, or what is given to `openCache`.
 * @param source Where it comes from, for messages; `place` is the section's name, `""` for settings given in code.
 * @returns The settings.
 * @throws {ConfigError} At the first fault.
 */
export function readCacheSettings(
  value: unknown,
  source: Source & { readonly place?: string },
): CacheSettings {
  const place = source.place ?? "";
  if (!isTable(value)) throw fault(source, place, describe(value), "a table of values and calls");
  for (const key of Object.keys(value)) {
    if ((KEYS as readonly string[]).includes(key)) continue;
    const expected = key === "cache" || key === "metadata" ? `it in section [default]` : oneOf(KEYS, key);
    throw fault(source, placeOf(place, key), `unknown key ${quote(key)}`, expected);
  }
  const storage = (role: StorageRole) =>
    readStorageSettings(value[role], { ...source, place: placeOf(place, role), role });
  const choice = <Text extends string>(key: keyof CacheSettings, texts: readonly Text[]) => {
    const found = readChoice(value[key], texts, { ...source, place: placeOf(place, key) });
    return found === undefined ? {} : { [key]: found };
  };
  return {
    values: storage("values"),
    calls: storage("calls"),
    ...choice("single_flight", singleFlights),
    ...choice("durability", DURABILITIES),
    ...sealing(value, { ...source, place }),
  };
}

/** What is said of sealing. */
function sealing(
  section: Readonly<Record<string, unknown>>,
  where: Source & { readonly place: string },
): Pick<CacheSettings, "secret_key" | "encrypt"> {
  const place = (key: keyof CacheSettings) => placeOf(where.place, key);
  const keys = readSecretKeys(section["secret_key"], { ...where, place: place("secret_key") });
  const encrypt = section["encrypt"];
  if (encrypt !== undefined && typeof encrypt !== "boolean") {
    throw fault(where, place("encrypt"), describe(encrypt), "true or false");
  }
  return {
    ...(keys === undefined ? {} : { secret_key: keys }),
    ...(encrypt === undefined ? {} : { encrypt }),
  };
}

/** One of some texts, or nothing. */
function readChoice<Text extends string>(
  value: unknown,
  texts: readonly Text[],
  where: Source & { readonly place: string },
): Text | undefined {
  if (value === undefined) return undefined;
  const found = texts.find((text) => text === value);
  if (found !== undefined) return found;
  const expected = typeof value === "string" ? oneOf(texts, value) : listNames(texts);
  throw fault(where, where.place, describe(value), expected);
}
