/**
 * Which function has taken which identity in which cache, in this process. A name that nobody chose may be that of two
 * functions of one module; they must not share results.
 *
 * @module
 */

import type { Cache } from "../cache/cache.ts";

const claims = new WeakMap<Cache, Map<string, string>>();

/**
 * Lets a function take an identity for itself.
 *
 * @param identity What its keys are derived from.
 * @param source The function's text.
 * @returns `false` when a function of another text has taken it already.
 */
export function claimIdentity(cache: Cache, identity: string, source: string): boolean {
  let claimed = claims.get(cache);
  if (claimed === undefined) claims.set(cache, claimed = new Map());
  const other = claimed.get(identity);
  if (other === undefined) claimed.set(identity, source);
  return other === undefined || other === source;
}
