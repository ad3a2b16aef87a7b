/**
 * Looking after sealed entries: what the inner storage does, under the names that it knows.
 *
 * @module
 */

import { IntegrityError } from "../../errors.ts";
import { BlockReader, Damage } from "../_block_reader.ts";
import type { EntryInfo, Health, StorageOptions, Upkeep } from "../types.ts";
import { openEntry, type Opening } from "./_open_entry.ts";
import { keyAt, type MaskedEntries } from "./_sealed_names.ts";
import type { Refusal } from "./_trailer.ts";

/** How often an entry is read that seems to be changed: it may have been replaced meanwhile. */
const MOST_TRIES = 3;

/** Upkeep of entries that are sealed. @param sealed How. */
export function sealedUpkeep(
  inner: Upkeep,
  sealed: MaskedEntries & { readonly isEncrypted: boolean },
): Upkeep {
  const { names, isEncrypted } = sealed;
  const check: Upkeep["check"] = async (key, options) => {
    for (const { name, keys } of names.all(key)) {
      const health = await inner.check(name, options);
      if (health === "absent") continue;
      return health === "whole"
        ? await sealHealth(name, { key, keys, isEncrypted }, sealed, options)
        : health;
    }
    return "absent";
  };
  return isEncrypted ? maskedUpkeep(inner, sealed, check) : {
    entries: (options) => inner.entries(options),
    check,
    remove: (entry) => inner.remove(entry),
    setAside: (entry) => inner.setAside(entry),
    foreign: (options) => inner.foreign(options),
  };
}

function maskedUpkeep(inner: Upkeep, masked: MaskedEntries, check: Upkeep["check"]): Upkeep {
  return {
    async *entries(options) {
      const { prefix = "", after, signal } = options ?? {};
      const from = after === undefined ? {} : { after: await placeOf(after, masked) };
      for await (const entry of inner.entries({ ...from, ...(signal && { signal }) })) {
        const key = await keyAt(entry.key, masked);
        if (key?.startsWith(prefix)) yield outer(entry, key);
        signal?.throwIfAborted();
      }
    },
    check,
    remove: (entry) => inner.remove(innerOf(entry)),
    setAside: (entry) => inner.setAside(innerOf(entry)),
    async *foreign(options) {
      yield* inner.foreign(options);
      // What is not sealed with a known key has no key here.
      for await (const { key: name } of inner.entries(options)) {
        if (await keyAt(name, masked) === undefined) yield name;
        options?.signal?.throwIfAborted();
      }
    },
  };
}

/** Where an entry that was listed stands among the names: where it is, or where it would be. */
async function placeOf(key: string, { inner, names }: MaskedEntries): Promise<string> {
  for (const { name } of names.all(key)) {
    if (await inner.has(name)) return name;
  }
  return names.first(key);
}

/** The mark says under which name it is: there can be one for each key. */
function outer(entry: EntryInfo, key: string): EntryInfo {
  return { ...entry, key, mark: `${entry.key} ${entry.mark}` };
}

function innerOf(entry: EntryInfo): EntryInfo {
  const space = entry.mark.indexOf(" ");
  return { ...entry, key: entry.mark.slice(0, space), mark: entry.mark.slice(space + 1) };
}

/** How an entry is whose inner storage finds it whole. */
async function sealHealth(
  name: string,
  opening: Opening,
  { inner }: MaskedEntries,
  options: StorageOptions | undefined,
): Promise<Health> {
  let health: Health = "absent";
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const stored = await inner.get(name, options);
    if (stored === undefined) return "absent";
    try {
      const entry = await openEntry(stored, opening);
      health = typeof entry === "string" ? healthOf(entry) : "whole";
      if (typeof entry !== "string" && !(entry instanceof Uint8Array)) {
        const chunks = new BlockReader(entry, 0, Math.ceil(entry.size / entry.blockSize));
        try {
          while (await chunks.next() !== undefined) options?.signal?.throwIfAborted();
        } finally {
          await chunks.close();
        }
      }
      if (health !== "refused") return health;
    } catch (error) {
      if (error instanceof Damage) health = "refused";
      else if (error instanceof IntegrityError) health = "damaged";
      else throw error;
    }
  }
  return health;
}

function healthOf(refusal: Refusal): Health {
  return refusal === "newer" ? "newer" : "refused";
}
