/**
 * Which function has taken which identity in which cache, in this process. A name that nobody chose may be that of two
 * functions of one module; they must not share results.
 *
 * @module
 */

import type { Cache } from "../cache/cache.ts";
import type { Callable } from "./options.ts";

const claims = new WeakMap<Cache, Map<string, string>>();

/**
 * Lets a function take an identity for itself.
 *
 * @param identity What its keys are derived from.
 * @param fn The function.
 * @returns `false` when a function of another text has taken it already.
 */
export function claimIdentity(cache: Cache, identity: string, fn: Callable): boolean {
  let claimed = claims.get(cache);
  if (claimed === undefined) claims.set(cache, claimed = new Map());
  const source = textOf(fn);
  const other = claimed.get(identity);
  if (other === undefined) claimed.set(identity, source);
  return other === undefined || other === source;
}

const natives = new WeakMap<Callable, string>();
let nativeCount = 0;

/** What tells functions of one name apart. The text of native and bound functions says nothing: each is its own. */
function textOf(fn: Callable): string {
  const text = String(fn);
  if (!/\{\s*\[native code\]\s*\}\s*$/.test(text)) return text;
  let own = natives.get(fn);
  if (own === undefined) natives.set(fn, own = `native ${nativeCount++}`);
  return own;
}
