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
import { CacheError, CodecError, IntegrityError, type MissReason } from "../errors.ts";
import type { StoragePart } from "../events/types.ts";
import { looksSealed } from "../storage/sealed/seal_mark.ts";
import type { Storage, StoredBody } from "../storage/types.ts";
import type { StreamReading } from "../stream/types.ts";
import { isTooLong } from "./_record_size.ts";
import type { Cache } from "./cache.ts";
import { faultOf } from "./faults.ts";

/** A value that was found. */
export interface Hit {
  /** Tells the two apart. */
  readonly hit: true;
  /** The value, a fresh copy. */
  readonly value: unknown;
  /** Size of its stored form in bytes, where it is known. */
  readonly bytes: number | undefined;
  /** How long the function took that made it, in seconds. */
  readonly elapsed: number;
}

/** Why there is none, and the error behind it where there is one. */
export interface Miss {
  /** Tells the two apart. */
  readonly hit: false;
  /** Why. */
  readonly reason: MissReason;
  /** Whose entry was not there, or could not be read: the record is in the one storage, its value in the other. */
  readonly part: StoragePart;
  /** The error behind it. */
  readonly cause?: unknown;
  /** Whether the storage has warned of it itself. */
  readonly isKnown?: boolean;
}

/** What a lookup gives. */
export type Lookup = Hit | Miss;

/** A body of at most this many bytes is read whole: one step instead of a stream's many. */
const MOST_WHOLE_BYTES = 256 * 1024;

type Decoder = Pick<Codec, "decode">;

/** What an entry is, which says how long it may be. */
type Kind = "record" | "value";

/** Reads of a record in CBOR no more than a hit needs. */
const cborHead: Decoder = {
  decode: (body) => (body instanceof Uint8Array ? peekResult(body) : undefined) ?? cborCodec.decode(body),
};

/** How a storage's bytes are written and read. */
export function codecOf(storage: Storage): Codec {
  return storage.codec ?? cborCodec;
}

/** An entry that was read and decoded: a hit, once the record has said the rest. */
interface Read {
  readonly hit: true;
  readonly value: unknown;
  readonly bytes: number | undefined;
  elapsed: number;
}

/** Why a storage gives nothing. */
type Unread = Omit<Miss, "part">;

const ABSENT: Unread = { hit: false, reason: "absent" };

/**
 * The result kept for a call.
 *
 * @param key The call's key.
 * @param reading How a streamed result is read.
 * @returns At once where both storages have a short way and the entries are small.
 */
export function lookup(cache: Cache, key: string, reading?: StreamReading): MaybePromise<Lookup> {
  const codec = codecOf(cache.calls);
  const record = readEntry(cache.calls, codec === cborCodec ? cborHead : codec, key, "record");
  // No closure where nothing is waited for: it would cost every hit.
  if (record instanceof Promise) {
    return record.then((found) =>
      found.hit ? valueOf(cache, found.value, reading) : missOf(cache, { ...found, part: "calls", key })
    );
  }
  return record.hit
    ? valueOf(cache, record.value, reading)
    : missOf(cache, { ...record, part: "calls", key });
}

function valueOf(
  cache: Cache,
  record: unknown,
  reading: StreamReading | undefined,
): MaybePromise<Lookup> {
  const head = resultOf(record);
  if (typeof head === "string") return { hit: false, reason: head, part: "calls" };
  if (head.form !== undefined) return readStream(cache, head, reading);
  const value = readEntry(cache.values, codecOf(cache.values), head.result, "value");
  return value instanceof Promise
    ? value.then((found) => resultIn(cache, head, found))
    : resultIn(cache, head, value);
}

/** A value with what its record says of it. */
function resultIn(cache: Cache, { elapsed, result }: RecordHead, found: Read | Unread): Lookup {
  if (!found.hit) return missOf(cache, { ...found, part: "values", key: result });
  found.elapsed = elapsed;
  return found;
}

/** A streamed result: found, and its first bytes checked; the rest is read by whoever reads it. */
async function readStream(
  cache: Cache,
  head: RecordHead,
  reading: StreamReading | undefined,
): Promise<Lookup> {
  const { elapsed, result: key } = head;
  try {
    const { restoreStored } = await loadCode(() => import("../stream/restore_stored.ts"));
    const body = await cache.values.get(key);
    if (body === undefined) return missOf(cache, { ...ABSENT, part: "values", key });
    assertSizeOf(body, head);
    const value = await restoreStored(head, body, reading);
    if (value === undefined) return { hit: false, reason: "version", part: "calls" };
    return { hit: true, value, bytes: body.size, elapsed };
  } catch (cause) {
    return missOf(cache, { ...await unreadIn(cache.values, { key, cause }), part: "values", key });
  }
}

/** The whole record of a call; `undefined` when there is none that can be read. */
export async function lookupRecord(cache: Cache, key: string): Promise<CallRecord | undefined> {
  const found = await readEntry(cache.calls, codecOf(cache.calls), key, "record");
  const record = found.hit ? recordFromData(found.value) : "damaged";
  return typeof record === "string" ? undefined : record;
}

/** What a storage does not give, with what it has said of the entry beside that there is none. */
export function missOf(cache: Cache, { key, ...miss }: Miss & { readonly key: string }): Miss {
  const reason = miss.reason === "absent" ? faultOf(cache, miss.part, key) : undefined;
  // Storages say themselves what they set aside or refuse, and where; of newer versions they say nothing.
  return reason === undefined ? miss : { ...miss, reason, isKnown: reason !== "version" };
}

/** What was removed while it was read is absent, and so is what was set aside, of which its storage tells. */
async function unreadIn(
  storage: Storage,
  { key, cause, bytes }: {
    readonly key: string;
    readonly cause: unknown;
    readonly bytes?: Uint8Array | undefined;
  },
): Promise<Unread> {
  const found = unread(cause, bytes);
  if (found.reason !== "damaged" || await storage.has(key).catch(() => true)) return found;
  return { ...ABSENT, cause };
}

/**
 * Makes sure that a streamed result is as long as its record says. Any bytes are a stream: those of a wrapper that another cache has
 * around the same storage would be delivered too, and all that can tell them is that there are more of them, or fewer.
 *
 * @throws {CodecError} When it is not.
 */
export function assertSizeOf(body: StoredBody, record: { readonly size?: unknown }): void {
  const { size } = record;
  if (size === undefined || body.size === undefined || size === body.size) return;
  throw new CodecError(
    "malformed",
    `Cannot read a stream of ${size} bytes: ${body.size} are kept, perhaps by another cache that compresses or signs what it ` +
      "keeps in the same place",
  );
}

const SEALED = "what is kept is signed or encrypted, and this cache has no secret_key";

/**
 * Damaged bytes are the entry's fault and worth computing again; anything else is the storage's. Bytes of somebody who has a key
 * are no damage.
 *
 * @param bytes Those that could not be decoded, where they are at hand.
 */
export function unread(cause: unknown, bytes?: Uint8Array): Unread {
  if (cause instanceof CodecError && bytes !== undefined && looksSealed(bytes)) {
    return { hit: false, reason: "refused", cause: new CacheError("unreadable", SEALED, { cause }) };
  }
  const damaged = cause instanceof CodecError || cause instanceof IntegrityError;
  return { hit: false, reason: damaged ? "damaged" : "unavailable", cause };
}

function readOf(value: unknown, bytes: number | undefined): Read {
  return { hit: true, value, bytes, elapsed: 0 };
}

function readEntry(storage: Storage, decoder: Decoder, key: string, kind: Kind): MaybePromise<Read | Unread> {
  let bytes: Uint8Array | undefined;
  try {
    if (storage.small !== undefined) {
      const body = storage.small.get(key);
      if (body === "absent") return ABSENT;
      if (body !== "large") {
        const size = body.length;
        // They are lent until the storage is next asked: whoever may answer later, as a codec that is still to be loaded, gets
        // bytes of its own.
        const answersAtOnce = decoder === cborCodec || decoder === cborHead;
        const read = bytes = answersAtOnce ? body : body.slice();
        const value = decoder.decode(read);
        return value instanceof Promise
          ? value.then((value) => readOf(value, size), (cause) => unread(cause, read))
          : readOf(value, size);
      }
    }
  } catch (cause) {
    return unread(cause, bytes);
  }
  return readLarge(storage, decoder, key, kind);
}

async function readLarge(
  storage: Storage,
  decoder: Decoder,
  key: string,
  kind: Kind,
): Promise<Read | Unread> {
  let bytes: Uint8Array | undefined;
  try {
    const body = await storage.get(key);
    if (body === undefined) return ABSENT;
    if (kind === "record" && isTooLong(body)) return { hit: false, reason: "damaged" };
    if (body.size !== undefined && body.size <= MOST_WHOLE_BYTES) bytes = await body.bytes();
    return readOf(await decoder.decode(bytes ?? body.stream()), body.size);
  } catch (cause) {
    return await unreadIn(storage, { key, cause, bytes });
  }
}
