/**
 * Why entries are absent that a storage has met and could not give: it tells of them while it is asked, and answers as if there
 * were none. Kept for the misses that follow, of a bounded number of entries.
 *
 * @module
 */

import { closeWhenDropped } from "../_dropped.ts";
import type { Storage, StorageEvent } from "../storage/types.ts";
import type { StoragePart } from "../events/types.ts";
import { tellEvicted } from "./_evicted.ts";
import type { Cache } from "./cache.ts";

/** What was wrong with an entry. */
type Fault = "damaged" | "version" | "refused";

/** Of so many entries of a storage, the last ones. */
const MOST_FAULTS = 1000;

/** A storage that is listened to: once, however many caches are made of it. */
interface Watched {
  readonly faults: Map<string, Fault>;
  readonly owners: Set<Owner>;
}

/** A cache, which may go before its storage does, and what the storage is to it. */
interface Owner {
  readonly cache: WeakRef<Cache>;
  readonly part: StoragePart;
}

const storages = new WeakMap<Storage, Watched>();

/** Listens to both storages of a cache from now on, and passes on which entries leave them. */
export function watchStorages(cache: Cache): void {
  watch(cache, "values");
  if (cache.calls !== cache.values) watch(cache, "calls");
}

function watch(cache: Cache, part: StoragePart): void {
  const storage = cache[part];
  if (storage.watch === undefined) return;
  let watched = storages.get(storage);
  if (watched === undefined) {
    const { faults, owners } = watched = { faults: new Map<string, Fault>(), owners: new Set<Owner>() };
    storages.set(storage, watched);
    storage.watch((event) => {
      remember(faults, event);
      if (event.type === "evict") passOn(owners, event);
    });
  }
  const { owners } = watched;
  const owner = { cache: new WeakRef(cache), part };
  owners.add(owner);
  closeWhenDropped(cache, () => owners.delete(owner));
}

function remember(faults: Map<string, Fault>, { key, reason }: StorageEvent): void {
  faults.delete(key);
  // What was too much is absent like what never was.
  if (reason === "size") return;
  faults.set(key, reason);
  if (faults.size > MOST_FAULTS) { for (const oldest of faults.keys()) return void faults.delete(oldest); }
}

function passOn(owners: Iterable<Owner>, { key, reason }: StorageEvent & { readonly type: "evict" }): void {
  for (const { cache, part } of owners) {
    const owner = cache.deref();
    if (owner !== undefined) tellEvicted(owner, part, key, reason);
  }
}

/** What was wrong with an entry when its storage last met it; `undefined` when it was not there, or is not known. */
export function faultOf(cache: Cache, part: StoragePart, key: string): Fault | undefined {
  return storages.get(cache[part])?.faults.get(key);
}

/** The entries of a call are whole again. */
export function forgetFaults(cache: Cache, key: string, result: string): void {
  for (const storage of [cache.calls, cache.values]) {
    const faults = storages.get(storage)?.faults;
    faults?.delete(key);
    faults?.delete(result);
  }
}
