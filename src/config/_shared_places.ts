/**
 * Which sections keep something in the same place: a folder or a database, by whatever path it is named.
 *
 * @module
 */

// `as` here: the settings were checked against the type's options, which is what the types cannot follow.

import { builtin, isPermitted, workingDirectory } from "../_runtime.ts";
import { CacheError } from "../errors.ts";
import type { Config } from "./load_config.ts";
import { folderOf, resolvePath } from "./paths.ts";
import type { StorageSettings } from "./settings.ts";
import { findStorageType } from "./storage_types.ts";

/**
 * The other sections whose records may name values of this one, or whose values stand among its records: those that keep
 * anything where it keeps its values, and values where it keeps its records.
 *
 * @throws {CacheError} When another section encrypts in a place where this one does not: it would take what is there for its own.
 */
export function sectionsBeside(config: Config, name: string): string[] {
  const folder = config.file === undefined ? workingDirectory() : folderOf(config.file);
  const own = config.cacheSettings(name);
  const [ownValues, ownCalls] = [placesOf(own.values, folder), placesOf(own.calls, folder)];
  const beside: string[] = [];
  for (const [other, settings] of config.settings.caches) {
    if (other === name) continue;
    const [values, calls] = [placesOf(settings.values, folder), placesOf(settings.calls, folder)];
    const isBeside = meet(ownValues, [...values, ...calls]) || meet(ownCalls, values);
    if (settings.encrypt === true && own.encrypt !== true && (isBeside || meet(ownCalls, calls))) {
      throw new CacheError(
        "unreadable",
        `Cannot tell what cache "${name}" keeps: cache "${other}" encrypts in the same place, under names that only it knows; ` +
          "give them places of their own",
      );
    }
    if (isBeside) beside.push(other);
  }
  return beside;
}

function meet(places: readonly string[], others: readonly string[]): boolean {
  return places.some((place) => others.includes(place));
}

/** Where a storage keeps what it keeps, those within it included. */
function placesOf(settings: StorageSettings, folder: string | undefined): string[] {
  const absolute = (path: string): string => realPath(resolvePath(path, folder) ?? path);
  const texts: string[] = [];
  const places = Object.entries(findStorageType(settings.type)?.options ?? {}).flatMap(([key, option]) => {
    const value = settings[key];
    if (value === undefined) return [];
    if (option.kind === "storage") return placesOf(value as StorageSettings, folder);
    if (option.kind === "path") return [absolute(value as string)];
    if (option.kind === "string") texts.push(`${key}=${value}`);
    if (option.locate === undefined && key !== "url" && key !== "root") return [];
    const located = option.locate?.(String(value), absolute) ?? String(value);
    // Not the secret in it: the same place may be named with two of them.
    return [option.show?.(located) ?? located];
  });
  // What is a place of a registered type, as a bucket, nobody says: where all that it is told is the same, so is the place.
  return places.length > 0 || texts.length === 0 ? places : [`${settings.type} ${texts.join(" ")}`];
}

/** Two paths may be one place. Where that cannot be looked up it is taken as it is written. */
function realPath(path: string): string {
  if (!isPermitted("read", path)) return path;
  try {
    return builtin("node:fs").realpathSync(path);
  } catch {
    return path; // Nothing is there yet.
  }
}
