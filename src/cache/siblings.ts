/**
 * Which caches lie in the same place as another: whoever opens caches knows, `Cache` itself does not.
 *
 * @module
 */

import type { Cache } from "./cache.ts";

const finders = new WeakMap<Cache, () => readonly Cache[]>();

/**
 * Says how to find the caches whose records may name values of this one.
 *
 * @param find Asked each time that it matters.
 */
export function setSiblings(cache: Cache, find: () => readonly Cache[]): void {
  finders.set(cache, find);
}

/** The caches whose records may name values of this one, as far as anybody knows. */
export function siblingsOf(cache: Cache): readonly Cache[] {
  return finders.get(cache)?.() ?? [];
}
