/**
 * Upkeep of a storage that is made when it is first used.
 *
 * @module
 */

import type { Upkeep } from "./types.ts";

/** Passes everything on to what `made` gives, which is asked each time. */
export function lazyUpkeep(made: () => Promise<Upkeep>): Upkeep {
  return {
    async *entries(options) {
      yield* (await made()).entries(options);
    },
    check: async (key, options) => await (await made()).check(key, options),
    remove: async (entry) => await (await made()).remove(entry),
    setAside: async (entry) => await (await made()).setAside(entry),
    async *foreign(options) {
      yield* (await made()).foreign(options);
    },
  };
}
