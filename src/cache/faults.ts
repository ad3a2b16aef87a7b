/**
 * Why entries are absent that a storage has met and could not give: it tells of them while it is asked, and answers as if there
 * were none. Kept for the misses that follow, of a bounded number of entries.
 *
 * @module
 */

import type { StorageEvent } from "../storage/types.ts";
import type { StoragePart } from "../events/types.ts";
import type { Cache } from "./cache.ts";

/** What was wrong with an entry. */
type Fault = "damaged" | "version" | "refused";

/** Of so many entries of a storage, the last ones. */
const MOST_FAULTS = 1000;

type Faults = Readonly<Record<StoragePart, Map<string, Fault>>>;

const faults = new WeakMap<Cache, Faults>();

/** Listens to both storages of a cache from now on, and passes on which entries leave them. */
export function watchStorages(cache: Cache): void {
  const { calls, values } = cache;
  if (calls.watch === undefined && values.watch === undefined) return;
  const known = { calls: new Map<string, Fault>(), values: new Map<string, Fault>() };
  faults.set(cache, known);
  // A cache is collected with its storages: they may hold it.
  values.watch?.((event) => heard(cache, "values", { event, faults: known.values }));
  if (calls !== values) calls.watch?.((event) => heard(cache, "calls", { event, faults: known.calls }));
}

function heard(
  cache: Cache,
  storage: StoragePart,
  { event, faults }: { readonly event: StorageEvent; readonly faults: Map<string, Fault> },
): void {
  const { type, key, reason } = event;
  // What was too much is absent like what never was.
  faults.delete(key);
  if (reason !== "size") {
    faults.set(key, reason);
    if (faults.size > MOST_FAULTS) { for (const oldest of faults.keys()) return void faults.delete(oldest); }
  }
  if (type === "evict" && cache.events.hearsStorages) {
    cache.events.tell({ type, cache: cache.name, storage, key, reason: event.reason });
  }
}

/** What was wrong with an entry when its storage last met it; `undefined` when it was not there, or is not known. */
export function faultOf(cache: Cache, storage: StoragePart, key: string): Fault | undefined {
  const known = faults.get(cache);
  return known?.[cache.calls === cache.values ? "values" : storage].get(key);
}

/** The entries of a call are whole again. */
export function forgetFaults(cache: Cache, key: string, result: string): void {
  const known = faults.get(cache);
  if (known === undefined) return;
  for (const map of [known.calls, known.values]) {
    map.delete(key);
    map.delete(result);
  }
}
