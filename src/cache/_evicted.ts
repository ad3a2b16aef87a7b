/**
 * Telling that an entry was removed by whoever looks after the cache.
 *
 * @module
 */

import type { EvictReason, StoragePart } from "../events/types.ts";
import type { Cache } from "./cache.ts";

/** Tells of it on `cache.events`. */
export function tellEvicted(cache: Cache, storage: StoragePart, key: string, reason: EvictReason): void {
  if (cache.events.hearsStorages) {
    cache.events.tell({ type: "evict", cache: cache.name, storage, key, reason });
  }
}
