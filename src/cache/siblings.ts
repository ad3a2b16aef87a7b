/**
 * Which caches lie in the same place as another: whoever opens caches knows, `Cache` itself does not.
 *
 * @module
 */

import type { Cache } from "./cache.ts";

const finders = new WeakMap<Cache, () => readonly Cache[]>();

/**
 * Says how to find the caches whose records may name values of this one, or whose values may stand among its records.
 *
 * @param find Asked each time that it matters.
 */
export function setSiblings(cache: Cache, find: () => readonly Cache[]): void {
  finders.set(cache, find);
}

/**
 * The caches whose records may name values of this one, or whose values may stand among its records, as far as anybody knows.
 *
 * @throws {CacheError} When it cannot be looked after because of one of them.
 */
export function siblingsOf(cache: Cache): readonly Cache[] {
  return finders.get(cache)?.() ?? [];
}
