/**
 * What the cache could not do for a call: a warning once per cause, or an error under `strict`.
 *
 * @module
 */

import { warnOnce } from "../_warn.ts";
import type { Cache } from "../cache/cache.ts";
import type { Miss } from "../cache/lookup.ts";
import { CacheError, type CacheErrorCode, CodecError, DigestError } from "../errors.ts";
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
  return `${nameOf(cache)} ${causeOf(error)}`;
}

function nameOf(cache: Cache): string {
  const number = numbers.get(cache) ?? ++numbered;
  numbers.set(cache, number);
  return `cache ${number}`;
}

/** What makes two failures to read the same: who has not the key or the version of one entry has it of no other either. */
function causeOfMiss(callee: Callee, cache: Cache, { reason, cause }: Miss): string | undefined {
  if (reason === "unavailable") return causeIn(cache, callee, cause);
  return reason === "damaged" ? undefined : `${nameOf(cache)} ${reason}`;
}

/** No error says it. */
const OTHER_VERSION = ": another version of fleche wrote it, in a format that this one does not read";

/** What is reported. */
interface Failure {
  readonly code: CacheErrorCode;
  /** What could not be done. */
  readonly sentence: string;
  /** Why, where there is more to say. */
  readonly error?: unknown;
  /** What becomes of the call. */
  readonly outcome: string;
  /** Whether it is thrown. @default what the function's options say */
  readonly strict?: boolean;
  /** What makes two of them the same. @default what failed, for which function, and why */
  readonly cause?: string | undefined;
  /** Whether the user has been warned of it: it is only told to those who listen. @default false */
  readonly isKnown?: boolean;
}

function report(callee: Callee, cache: Cache, failure: Failure): void {
  const { code, sentence, error, outcome, strict = callee.options.strict ?? false } = failure;
  const reason = error === undefined ? "" : `: ${error instanceof Error ? error.message : String(error)}`;
  if (strict) {
    // Our own errors say what and where already; those of others are told what they spoilt.
    if (error instanceof DigestError || error instanceof CodecError || error instanceof CacheError) {
      throw error;
    }
    throw new CacheError(code, sentence + reason, { cause: error });
  }
  const message = `${sentence}${reason}; ${outcome}`;
  if (!failure.isKnown) warnOnce(failure.cause ?? `${code} ${callee.name} ${causeOf(error)}`, message);
  if (!cache.events.hearsCalls) return;
  cache.events.tell({ type: "warning", cache: cache.name, name: callee.name, code, message, cause: error });
}

/** The call has no key. */
export function callRefused(callee: Callee, cache: Cache, error: unknown): void {
  const sentence = `Cannot cache a call of "${callee.name}"`;
  report(callee, cache, { code: "refused", sentence, error, outcome: "it runs uncached" });
}

/** The arguments were changed while the call waited for the cache: whatever it gives belongs to no key. */
export function argumentsChanged(callee: Callee, cache: Cache): void {
  const sentence = `Cannot cache a call of "${callee.name}": its arguments were changed before it ran, ` +
    "wait for the call before changing them";
  report(callee, cache, { code: "refused", sentence, outcome: "it runs uncached" });
}

/** Something is kept for the call and cannot be read. */
export function lookupFailed(callee: Callee, cache: Cache, miss: Miss): void {
  report(callee, cache, {
    code: "unreadable",
    sentence: `Cannot read what cache "${cache.name}" keeps for a call of "${callee.name}" (${miss.reason})` +
      (miss.reason === "version" ? OTHER_VERSION : ""),
    error: miss.cause,
    outcome: "it is computed again",
    // Damage is mended by computing again, under `strict` too: else the call would fail for ever.
    strict: callee.options.strict === true && miss.reason === "unavailable",
    cause: causeOfMiss(callee, cache, miss),
    isKnown: miss.isKnown ?? false,
  });
}

/** The result could not be kept. */
export function resultNotKept(callee: Callee, cache: Cache, error: unknown): void {
  report(callee, cache, {
    code: "unwritable",
    sentence: `Cannot keep a result of "${callee.name}" in cache "${cache.name}"`,
    error,
    outcome: "it is returned uncached",
    cause: causeIn(cache, callee, error),
  });
}

/** A metadata class threw. */
export function metadataFailed(callee: Callee, cache: Cache): (metadata: Metadata, error: unknown) => void {
  return (metadata, error) =>
    report(callee, cache, {
      code: "metadata",
      sentence: `Cannot record metadata "${metadata.name}" of "${callee.name}"`,
      error,
      outcome: "the record goes without",
    });
}
