/**
 * Which sections keep something in the same place: a folder or a database, by whatever path it is named.
 *
 * @module
 */

// `as` here: the settings were checked against the type's options, which is what the types cannot follow.

import { builtin, isPermitted, workingDirectory } from "../_runtime.ts";
import type { Config } from "./load_config.ts";
import { folderOf, resolvePath } from "./paths.ts";
import type { StorageSettings } from "./settings.ts";
import { findStorageType } from "./storage_types.ts";

/** The other sections whose records may name values of this one: those that keep anything where it keeps its values. */
export function sectionsWithValuesOf(config: Config, name: string): string[] {
  const folder = config.file === undefined ? workingDirectory() : folderOf(config.file);
  const ours = placesOf(config.cacheSettings(name).values, folder);
  return [...config.settings.caches].filter(([other, { values, calls }]) =>
    other !== name &&
    [...placesOf(values, folder), ...placesOf(calls, folder)].some((place) => ours.includes(place))
  ).map(([other]) => other);
}

/** Where a storage keeps what it keeps, those within it included. */
function placesOf(settings: StorageSettings, folder: string | undefined): string[] {
  const absolute = (path: string): string => realPath(resolvePath(path, folder) ?? path);
  return Object.entries(findStorageType(settings.type)?.options ?? {}).flatMap(([key, option]) => {
    const value = settings[key];
    if (value === undefined) return [];
    if (option.kind === "storage") return placesOf(value as StorageSettings, folder);
    if (option.kind === "path") return [absolute(value as string)];
    if (option.locate === undefined && key !== "url" && key !== "root") return [];
    const located = option.locate?.(String(value), absolute) ?? String(value);
    // Not the secret in it: the same place may be named with two of them.
    return [option.show?.(located) ?? located];
  });
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
