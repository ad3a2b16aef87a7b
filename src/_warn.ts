/**
 * Warnings: what the cache could not do for a call whose result is returned all the same. One a cause.
 *
 * @module
 */

const seen = new Set<string>();
const MOST_CAUSES = 1000;

/**
 * Warns once per cause, on `console.warn`.
 *
 * @param cause What makes two warnings the same: a short stable text.
 * @param message Sentence: what could not be done, why, what would work.
 */
export function warnOnce(cause: string, message: string): void {
  if (seen.has(cause)) return;
  if (seen.size >= MOST_CAUSES) seen.clear();
  seen.add(cause);
  // deno-lint-ignore no-console -- the one place that speaks to the user.
  console.warn(`fleche: ${message}`);
}
