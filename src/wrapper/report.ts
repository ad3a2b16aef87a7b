/**
 * What the cache could not do for a call: a warning once per cause, or an error under `strict`.
 *
 * @module
 */

import { warnOnce } from "../_warn.ts";
import type { Cache } from "../cache/cache.ts";
import type { Miss } from "../cache/lookup.ts";
import { CacheError, CodecError, DigestError } from "../errors.ts";
import type { Metadata } from "../metadata/types.ts";
import type { Callee } from "./callee.ts";

/** What makes two failures the same to those who read warnings: which element of a list it was makes no difference. */
function causeOf(error: unknown): string {
  if (error instanceof DigestError || error instanceof CodecError) {
    return `${error.code} ${error.path?.replace(/\[\d+\]/g, "[]")}`;
  }
  if (error instanceof CacheError) return error.message;
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

const numbers = new WeakMap<Cache, number>();
let numbered = 0;

/**
 * What makes two failures of a cache the same. A cause that has a code (no disk, no server, no permission) is the cache's,
 * not the call's: it is the same for all functions, and for reading and writing.
 */
function causeIn(cache: Cache, callee: Callee, error: unknown): string | undefined {
  if (error instanceof DigestError || error instanceof CodecError || error instanceof CacheError) {
    return undefined;
  }
  if (!(error instanceof Error) || !("code" in error)) return `${callee.name} ${causeOf(error)}`;
  const number = numbers.get(cache) ?? ++numbered;
  numbers.set(cache, number);
  return `cache ${number} ${causeOf(error)}`;
}

function report(
  callee: Callee,
  code: CacheError["code"],
  sentence: string,
  error: unknown,
  outcome: string,
  { strict = callee.options.strict ?? false, cause }: {
    readonly strict?: boolean;
    readonly cause?: string | undefined;
  } = {},
): void {
  const reason = error === undefined ? "" : `: ${error instanceof Error ? error.message : String(error)}`;
  if (strict) {
    // Our own errors say what and where already; those of others are told what they spoilt.
    if (error instanceof DigestError || error instanceof CodecError || error instanceof CacheError) {
      throw error;
    }
    throw new CacheError(code, sentence + reason, { cause: error });
  }
  warnOnce(cause ?? `${code} ${callee.name} ${causeOf(error)}`, `${sentence}${reason}; ${outcome}`);
}

/** The call has no key. */
export function callRefused(callee: Callee, error: unknown): void {
  report(callee, "refused", `Cannot cache a call of "${callee.name}"`, error, "it runs uncached");
}

/** The arguments were changed while the call waited for the cache: whatever it gives belongs to no key. */
export function argumentsChanged(callee: Callee): void {
  const sentence = `Cannot cache a call of "${callee.name}": its arguments were changed before it ran, ` +
    "wait for the call before changing them";
  report(callee, "refused", sentence, undefined, "it runs uncached");
}

/** Something is kept for the call and cannot be read. */
export function lookupFailed(callee: Callee, cache: Cache, miss: Miss): void {
  const sentence =
    `Cannot read what cache "${cache.name}" keeps for a call of "${callee.name}" (${miss.reason})`;
  // Damage is mended by computing again, under `strict` too: else the call would fail for ever.
  const strict = callee.options.strict === true && miss.reason === "unavailable";
  const cause = miss.reason === "unavailable" ? causeIn(cache, callee, miss.cause) : undefined;
  report(callee, "unreadable", sentence, miss.cause, "it is computed again", { strict, cause });
}

/** The result could not be kept. */
export function resultNotKept(callee: Callee, cache: Cache, error: unknown): void {
  report(
    callee,
    "unwritable",
    `Cannot keep a result of "${callee.name}" in cache "${cache.name}"`,
    error,
    "it is returned uncached",
    { cause: causeIn(cache, callee, error) },
  );
}

/** A metadata class threw. */
export function metadataFailed(callee: Callee): (metadata: Metadata, error: unknown) => void {
  return (metadata, error) =>
    report(
      callee,
      "metadata",
      `Cannot record metadata "${metadata.name}" of "${callee.name}"`,
      error,
      "the record goes without",
    );
}
