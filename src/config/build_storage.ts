/**
 * Settings to storages: paths are made absolute, and storages within storages are made first.
 *
 * @module
 */

// `as` here: the settings were checked against the type's options, which is what the types cannot follow.

import { workingDirectory } from "../_runtime.ts";
import { ConfigError } from "../errors.ts";
import { SealedStorage } from "../storage/sealed_storage.ts";
import type { Storage } from "../storage/types.ts";
import { fault, placeOf, quote } from "./_fault.ts";
import { readStorageSettings, type StoragePlace } from "./_storage_settings.ts";
import { folderOf, resolvePath } from "./paths.ts";
import type { StorageSetting, StorageSettings } from "./settings.ts";
import { findStorageType } from "./storage_types.ts";
import type { OpenedOptions, StorageTypeOption, StorageTypeOptions } from "./types.ts";

/**
 * Makes the storage that settings describe, whatever stands within it included. Does no I/O: storages do theirs on first
 * use.
 *
 * @param settings The settings; they are checked again, so they may come from anywhere.
 * @param where Where they stand: relative paths are relative to the folder of `file`, to the working directory without
 *   one; `place` and `role` are those of the storage.
 * @returns A new storage, the caller's to dispose.
 * @throws {ConfigError} When the settings are not right, a path needs an unknown home folder, or the type refuses them.
 */
export function openStorage(settings: StorageSettings, where: StoragePlace): Storage {
  // What relative paths are relative to; `undefined` leaves them relative.
  const folder = where.file === undefined ? workingDirectory() : folderOf(where.file);
  return build(readStorageSettings(settings, where), where, folder);
}

function build(settings: StorageSettings, where: StoragePlace, folder: string | undefined): Storage {
  const type = findStorageType(settings.type);
  if (type === undefined) {
    throw fault(where, where.place, `storage type ${quote(settings.type)}`, "one that is there");
  }
  const options: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(type.options)) {
    const value = settings[name];
    if (value === undefined) continue;
    options[name] = optionValue(value, option, { ...where, place: placeOf(where.place, name) }, folder);
  }
  try {
    const { role, durability = "process", seal } = where;
    const storage = type.open(options as OpenedOptions<StorageTypeOptions>, { role, durability });
    // Next to the medium, and within what compresses: what is encrypted does not shrink.
    const isMedium = Object.values(type.options).every((option) => option.kind !== "storage");
    if (seal === undefined || !isMedium) return storage;
    return new SealedStorage({ inner: storage, keys: seal.keys.reveal(), encrypt: seal.encrypt });
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${quote(settings.type)} at ${where.place} cannot be made: ${reason}`;
    throw new ConfigError("config-invalid", message, { file: where.file, place: where.place, cause });
  }
}

function optionValue(
  value: StorageSetting,
  option: StorageTypeOption,
  where: StoragePlace,
  folder: string | undefined,
): unknown {
  if (option.kind === "storage") return build(value as StorageSettings, where, folder);
  if (typeof value !== "string") return value;
  const absolute = (path: string): string => {
    const resolved = resolvePath(path, folder);
    if (resolved !== undefined) return resolved;
    throw fault(
      where,
      where.place,
      `path ${quote(path)} in an unknown home folder`,
      `a path without "~", or HOME to be set and readable (Deno needs --allow-env=HOME)`,
    );
  };
  if (option.kind === "path") return absolute(value);
  return option.locate === undefined ? value : option.locate(value, absolute);
}
