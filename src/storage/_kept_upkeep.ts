/**
 * Looking after what `Memory` keeps.
 *
 * @module
 */

import { assertKey } from "./_key.ts";
import type { KeptEntries } from "./_kept_entries.ts";
import type { EntryInfo, Upkeep } from "./types.ts";

/** Upkeep of these entries; in the order of their keys, since that of their last use changes. */
export function keptUpkeep(entries: KeptEntries, onDamage: (key: string) => void): Upkeep {
  const remove = ({ key, mark }: EntryInfo): boolean =>
    entries.find(key)?.mark.toString() === mark && entries.delete(key);
  return {
    async *entries(options) {
      const { prefix = "", after, signal } = options ?? {};
      signal?.throwIfAborted();
      const keys = entries.keys()
        .filter((key) => key.startsWith(prefix) && (after === undefined || key > after))
        .sort();
      for (const key of keys) {
        const kept = entries.find(key);
        if (kept === undefined) continue;
        yield { key, size: kept.size, time: kept.time, mark: kept.mark.toString() };
        signal?.throwIfAborted();
      }
    },
    async check(key, options) {
      options?.signal?.throwIfAborted();
      assertKey(key);
      const kept = entries.find(key);
      if (kept !== undefined) options?.onBytes?.(kept.size);
      return await Promise.resolve(kept === undefined ? "absent" : "whole");
    },
    remove: async (entry) => await Promise.resolve(remove(entry)),
    async setAside(entry) {
      const isRemoved = remove(entry);
      if (isRemoved) onDamage(entry.key);
      return await Promise.resolve(isRemoved);
    },
    // deno-lint-ignore require-yield -- nothing but entries is in memory; the signal is honoured all the same.
    async *foreign(options) {
      options?.signal?.throwIfAborted();
      await Promise.resolve();
    },
  };
}
