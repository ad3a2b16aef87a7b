/**
 * Which value a record names, and if it does not say so, why: the difference between a record that names nothing and one that
 * cannot be read now is that between garbage and somebody's result.
 *
 * @module
 */

import { peekResult, recordFromData, resultOf } from "../call/record.ts";
import { cborCodec } from "../codec/cbor/cbor_codec.ts";
import { CodecError, IntegrityError } from "../errors.ts";
import { looksSealed } from "../storage/sealed/seal_mark.ts";
import type { Health, Storage, StorageOptions, StoredBody } from "../storage/types.ts";
import { isDigest } from "./_digest_filter.ts";
import { isTooLong } from "./_record_size.ts";
import { checkEntry } from "./_walk.ts";
import { codecOf } from "./lookup.ts";

/** What an entry of a calls storage says. */
export type RecordHead =
  /** It names a value. `whole`: everything else in it is as it should be. */
  | { readonly says: "value"; readonly result: string; readonly whole: boolean }
  /** It is gone, or damaged: nobody will find a value by it. */
  | { readonly says: "nothing"; readonly health: "absent" | "damaged" }
  /** Its bytes are as they were put and no record that this version reads. */
  | { readonly says: "other" }
  /** It may name a value. */
  | {
    readonly says: "unknown";
    readonly kind: "newer" | "refused" | "unreadable";
    readonly cause?: unknown;
  };

/** Larger ones are looked into before they are read: of ours they are not. */
const LARGEST_USUAL_BYTES = 256 * 1024;

/** How often an entry is read again that is not to be found and yet is whole: somebody puts it again and again. */
const MOST_ATTEMPTS = 5;

/**
 * Reads the head of a record.
 *
 * @param options `whole` looks at the whole record and not just at what a hit needs. `gently` leaves a damaged one where it is;
 *   else reading sets it aside, as it does for every call.
 * @throws (rejects) The signal's reason, when it aborts; nothing else.
 */
export async function readRecordHead(
  calls: Storage,
  key: string,
  options: StorageOptions & { readonly whole?: boolean; readonly gently?: boolean } = {},
): Promise<RecordHead> {
  const { signal, whole = false, gently = false } = options;
  const heeding = signal === undefined ? {} : { signal };
  try {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      if (gently && calls.upkeep !== undefined) {
        const head = headOf(await checkEntry(calls, key, heeding));
        if (head !== undefined) return head;
      }
      const body = await bytesOf(calls, key, heeding);
      if (body !== undefined) return await decodeHead(calls, body, whole);
      const head = headOf(await checkEntry(calls, key, heeding));
      if (head !== undefined) return head;
    }
    return { says: "unknown", kind: "unreadable" };
  } catch (cause) {
    signal?.throwIfAborted();
    return { says: "unknown", kind: "unreadable", cause };
  }
}

function headOf(health: Health): RecordHead | undefined {
  switch (health) {
    case "absent":
    case "damaged":
      return { says: "nothing", health };
    case "newer":
    case "refused":
      return { says: "unknown", kind: health };
    default:
      return undefined;
  }
}

async function bytesOf(
  calls: Storage,
  key: string,
  options: StorageOptions,
): Promise<Uint8Array<ArrayBuffer> | StoredBody | undefined> {
  const small = calls.small?.get(key);
  return small instanceof Uint8Array ? small : await calls.get(key, options);
}

async function decodeHead(
  calls: Storage,
  body: Uint8Array<ArrayBuffer> | StoredBody,
  whole: boolean,
): Promise<RecordHead> {
  const codec = codecOf(calls);
  const isCbor = codec === cborCodec;
  try {
    if (!(body instanceof Uint8Array) && isTooLong(body)) return { says: "other" };
    if (isCbor && !(body instanceof Uint8Array) && (body.size ?? Infinity) > LARGEST_USUAL_BYTES) {
      // Where values lie among the records: none of them is read whole in vain.
      const start = new Uint8Array(await new Response(body.stream({ end: 9 })).arrayBuffer());
      if (!beginsAsRecord(start)) return { says: "other" };
    }
    const bytes = body instanceof Uint8Array ? body : body.stream();
    const peeked = isCbor && !whole && bytes instanceof Uint8Array ? peekResult(bytes) : undefined;
    const data = peeked ?? await codec.decode(bytes);
    const head = resultOf(data);
    if (head === "version") return { says: "unknown", kind: "newer" };
    if (head === "damaged" || !isDigest(head.result)) return { says: "other" };
    return { says: "value", result: head.result, whole: !whole || typeof recordFromData(data) !== "string" };
  } catch (error) {
    if (error instanceof IntegrityError) return { says: "nothing", health: "damaged" };
    if (!(error instanceof CodecError)) throw error;
    return await isSealed(body) ? { says: "unknown", kind: "refused" } : { says: "other" };
  }
}

/** Whether an entry that is no record is one for those who have its key. */
async function isSealed(body: Uint8Array | StoredBody): Promise<boolean> {
  if (body instanceof Uint8Array) return looksSealed(body);
  return (body.size ?? Infinity) <= LARGEST_USUAL_BYTES && looksSealed(await body.bytes());
}

/** Whether bytes begin as those of a record in CBOR: a map of up to 23 fields, the first of which is `fleche`. */
function beginsAsRecord(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & 0xe0) === 0xa0 && new TextDecoder().decode(bytes.subarray(1, 8)) === "\x66fleche";
}
