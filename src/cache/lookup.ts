/**
 * From a key to a result: the record, then the value that it names. Synchronous where both storages have a short way and
 * the entries are small, a promise otherwise. Nothing here throws: what cannot be read is a miss with its reason.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import { type CallRecord, peekResult, recordFromData, type RecordHead, resultOf } from "../call/record.ts";
import { cborCodec } from "../codec/cbor/cbor_codec.ts";
import type { Codec, MaybePromise } from "../codec/types.ts";
import { CodecError, IntegrityError, type MissReason } from "../errors.ts";
import type { Storage } from "../storage/types.ts";
import type { StreamReading } from "../stream/types.ts";
import type { Cache } from "./cache.ts";

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

const ABSENT: Miss = { hit: false, reason: "absent" };

type Decoder = Pick<Codec, "decode">;

/** Reads of a record in CBOR no more than a hit needs. */
const cborHead: Decoder = {
  decode: (body) => (body instanceof Uint8Array ? peekResult(body) : undefined) ?? cborCodec.decode(body),
};

/** How a storage's bytes are written and read. */
export function codecOf(storage: Storage): Codec {
  return storage.codec ?? cborCodec;
}

/**
 * The result kept for a call.
 *
 * @param key The call's key.
 * @param reading How a streamed result is read.
 * @returns At once where both storages have a short way and the entries are small.
 */
export function lookup(cache: Cache, key: string, reading?: StreamReading): MaybePromise<Lookup> {
  const codec = codecOf(cache.calls);
  const record = readValue(cache.calls, codec === cborCodec ? cborHead : codec, key);
  return record instanceof Promise
    ? record.then((found) => valueOf(cache, found, reading))
    : valueOf(cache, record, reading);
}

function valueOf(cache: Cache, record: Lookup, reading: StreamReading | undefined): MaybePromise<Lookup> {
  if (!record.hit) return record;
  const head = resultOf(record.value);
  if (typeof head === "string") return { hit: false, reason: head };
  return head.form === undefined
    ? readValue(cache.values, codecOf(cache.values), head.result)
    : readStream(cache, head, reading);
}

/** A streamed result: found, and its first bytes checked; the rest is read by whoever reads it. */
async function readStream(
  cache: Cache,
  head: RecordHead,
  reading: StreamReading | undefined,
): Promise<Lookup> {
  try {
    const { restoreStored } = await loadCode(() => import("../stream/restore_stored.ts"));
    const body = await cache.values.get(head.result);
    if (body === undefined) return ABSENT;
    const value = await restoreStored(head.form, body, reading);
    return value === undefined ? { hit: false, reason: "version" } : hitOf(value);
  } catch (cause) {
    return missOf(cause);
  }
}

/** The whole record of a call; `undefined` when there is none that can be read. */
export async function lookupRecord(cache: Cache, key: string): Promise<CallRecord | undefined> {
  const found = await readValue(cache.calls, codecOf(cache.calls), key);
  const record = found.hit ? recordFromData(found.value) : "damaged";
  return typeof record === "string" ? undefined : record;
}

/** Damaged bytes are the entry's fault and worth computing again; anything else is the storage's. */
export function missOf(cause: unknown): Miss {
  const damaged = cause instanceof CodecError || cause instanceof IntegrityError;
  return { hit: false, reason: damaged ? "damaged" : "unavailable", cause };
}

function hitOf(value: unknown): Hit {
  return { hit: true, value };
}

function readValue(storage: Storage, decoder: Decoder, key: string): MaybePromise<Lookup> {
  try {
    if (storage.small !== undefined) {
      const bytes = storage.small.get(key);
      if (bytes === "absent") return ABSENT;
      if (bytes !== "large") {
        const value = decoder.decode(bytes);
        return value instanceof Promise ? value.then(hitOf, missOf) : hitOf(value);
      }
    }
  } catch (cause) {
    return missOf(cause);
  }
  return readLarge(storage, decoder, key);
}

async function readLarge(storage: Storage, decoder: Decoder, key: string): Promise<Lookup> {
  try {
    const body = await storage.get(key);
    if (body === undefined) return ABSENT;
    const whole = body.size !== undefined && body.size <= MOST_WHOLE_BYTES;
    return hitOf(await decoder.decode(whole ? await body.bytes() : body.stream()));
  } catch (cause) {
    return missOf(cause);
  }
}
