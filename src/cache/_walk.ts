/**
 * Going through a storage entry by entry, also where it cannot be looked after.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import type { EntryInfo, Health, Storage, StorageOptions } from "../storage/types.ts";
import { isDigest } from "./_digest_filter.ts";

/** How long others wait for their turn at most, in milliseconds. */
const TURN_MS = 10;

/** An entry that was listed; just its key where its storage has no upkeep. */
export type Listed = EntryInfo | { readonly key: string; readonly size?: undefined };

/**
 * The entries whose keys are digests: all of fleche's own. Whatever else is kept under other keys is left alone. Lets others have
 * their turn again and again.
 *
 * @param options `after`: where to go on; without upkeep there is no order, and everything is listed.
 */
export async function* walk(
  storage: Storage,
  { signal, after }: StorageOptions & { readonly after?: string | undefined },
): AsyncIterable<Listed> {
  signal?.throwIfAborted();
  const { upkeep } = storage;
  const options = {
    ...(signal === undefined ? {} : { signal }),
    ...(after === undefined ? {} : { after }),
  };
  let since = performance.now();
  for await (const item of upkeep === undefined ? storage.keys(options) : upkeep.entries(options)) {
    // The signal is this loop's to heed: a storage may look at it only now and then.
    signal?.throwIfAborted();
    const listed = typeof item === "string" ? { key: item } : item;
    if (!isDigest(listed.key)) continue;
    yield listed;
    if (performance.now() - since < TURN_MS) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    since = performance.now();
  }
  signal?.throwIfAborted();
}

/** Removes the entry that was listed; where there is no upkeep, whatever has its key now. */
export async function removeListed(storage: Storage, listed: Listed): Promise<boolean> {
  return storage.upkeep !== undefined && listed.size !== undefined
    ? await storage.upkeep.remove(listed)
    : await storage.delete(listed.key);
}

/**
 * How an entry is. Without upkeep it is read as a call reads it: what is damaged is set aside, and what stays there and is not
 * found is of a newer version, for all that can be known.
 *
 * @throws (rejects) When the storage fails.
 */
export async function checkEntry(
  storage: Storage,
  key: string,
  options: StorageOptions & { readonly onBytes?: (bytes: number) => void },
): Promise<Health> {
  if (storage.upkeep !== undefined) return await storage.upkeep.check(key, options);
  if (!await storage.has(key)) return "absent";
  const body = await storage.get(key, options);
  if (body === undefined) return await storage.has(key) ? "newer" : "damaged";
  try {
    for await (const chunk of body.stream()) {
      options.signal?.throwIfAborted();
      options.onBytes?.(chunk.length);
    }
    return "whole";
  } catch (error) {
    if (error instanceof IntegrityError) return "damaged";
    throw error;
  }
}
