/**
 * How much a cache holds, and what it was good for.
 *
 * @module
 */

import type { Storage, StorageOptions } from "../storage/types.ts";
import { walk } from "./_walk.ts";
import type { Cache } from "./cache.ts";
import type { CacheStats, StorageStats } from "./types.ts";

/** Does what `Cache.stats` says. */
export async function statsOf(cache: Cache, options: StorageOptions = {}): Promise<CacheStats> {
  const calls = await sizeOf(cache.calls, options);
  return { calls, values: await sizeOf(cache.values, options), ...cache.tally.totals() };
}

async function sizeOf(storage: Storage, options: StorageOptions): Promise<StorageStats> {
  let entries = 0;
  let bytes = 0;
  for await (const { size = 0 } of walk(storage, options)) {
    entries++;
    bytes += size;
  }
  return { entries, bytes: storage.upkeep === undefined ? undefined : bytes };
}
