/**
 * Reading one entry of a storage as a value: synchronously where the storage has a short way and the entry is small,
 * as a promise otherwise. Nothing here throws: what cannot be read is a miss with its reason.
 *
 * @module
 */

import type { Codec, MaybePromise } from "../codec/types.ts";
import { CodecError, IntegrityError, type MissReason } from "../errors.ts";
import type { Storage } from "../storage/types.ts";

/** A value that was found. */
export interface Hit {
  /** Tells the two apart. */
  readonly hit: true;
  /** The value, a fresh copy. */
  readonly value: unknown;
}

/** Why there is none, and the error behind it where there is one. */
export interface Miss {
  /** Tells the two apart. */
  readonly hit: false;
  /** Why. */
  readonly reason: MissReason;
  /** The error behind it. */
  readonly cause?: unknown;
}

/** What a lookup gives. */
export type Lookup = Hit | Miss;

/** A body of at most this many bytes is read whole: one step instead of a stream's many. */
const MOST_WHOLE_BYTES = 256 * 1024;

/** The commonest miss. */
export const ABSENT: Miss = { hit: false, reason: "absent" };

/** Damaged bytes are the entry's fault and worth recomputing; anything else is the storage's. */
function missOf(cause: unknown): Miss {
  const damaged = cause instanceof CodecError || cause instanceof IntegrityError;
  return { hit: false, reason: damaged ? "damaged" : "unavailable", cause };
}

function hitOf(value: unknown): Hit {
  return { hit: true, value };
}

/** Applies `next` to a value that is there at once or later. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Bytes to value, at once or later. */
export type Decode = Codec["decode"];

/**
 * Reads the value stored under a key.
 *
 * @param storage Where.
 * @param decode How it is read.
 * @param key Its key.
 * @returns At once for a small entry of a storage that declares `small`.
 */
export function readValue(storage: Storage, decode: Decode, key: string): MaybePromise<Lookup> {
  try {
    if (storage.small !== undefined) {
      const bytes = storage.small.get(key);
      if (bytes === "absent") return ABSENT;
      if (bytes !== "large") {
        const value = decode(bytes);
        return value instanceof Promise ? value.then(hitOf, missOf) : hitOf(value);
      }
    }
  } catch (cause) {
    return missOf(cause);
  }
  return readLarge(storage, decode, key);
}

async function readLarge(storage: Storage, decode: Decode, key: string): Promise<Lookup> {
  try {
    const body = await storage.get(key);
    if (body === undefined) return ABSENT;
    const small = body.size !== undefined && body.size <= MOST_WHOLE_BYTES;
    return hitOf(await decode(small ? await body.bytes() : body.stream()));
  } catch (cause) {
    return missOf(cause);
  }
}
