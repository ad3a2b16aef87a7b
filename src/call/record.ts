/**
 * The call record: what is kept of a call beside its value, and its stored form. A record names its format and
 * version; one of an unknown version is not read, which makes its call a miss.
 *
 * @module
 */

import type { CallIndex } from "../storage/types.ts";
import type { JsonObject } from "../metadata/types.ts";
import type { StreamForm } from "../stream/types.ts";

/** Version of the stored form of records. */
export const RECORD_VERSION = 1;

/** A call, ready to be looked up: who is called, and with which arguments (by digest). */
export interface Call {
  /** Digest of everything below; the call's key in the calls storage. */
  readonly key: string;
  /** Name of the function. */
  readonly name: string;
  /** Where `fleche()` was called, portable; `undefined` where unknown. */
  readonly module: string | undefined;
  /** The version given to `fleche()`. */
  readonly version: string | number | undefined;
  /** Digest of the normalised source, under `hashCode`. */
  readonly code: string | undefined;
  /** Argument name → digest, in the order of the parameters. */
  readonly arguments: Readonly<Record<string, string>>;
}

/** What is kept of a call that has been made. */
export interface CallRecord extends Omit<Call, "key"> {
  /** Small arguments as the codec wrote them, so that a record can be read without the values: name → bytes. */
  readonly inline: Readonly<Record<string, Uint8Array>>;
  /** Digest of the result; its key in the values storage. */
  readonly result: string;
  /** Size of the stored value in bytes, before any wrapper; `undefined` where it was not known. */
  readonly size: number | undefined;
  /** Name of the codec that wrote the value; of a streamed one `bytes` or `cbor-sequence`. */
  readonly codec: string;
  /** What a streamed result is, beside its bytes; `undefined` for every other value. */
  readonly form?: StreamForm | undefined;
  /** When the record was made: seconds since the epoch. */
  readonly time: number;
  /** Metadata by namespace. */
  readonly metadata: Readonly<Record<string, JsonObject>>;
}

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * The stored form of a record: plain data for whichever codec the calls storage has. Version and result come first, where
 * {@linkcode peekResult} finds them; a form stands before the result, so that it does not and the form is seen.
 */
export function recordToData(record: CallRecord): Record<string, unknown> {
  const { form, result } = record;
  const data: Record<string, unknown> = {
    fleche: RECORD_VERSION,
    ...(form === undefined ? {} : { form }),
    result,
  };
  for (const [field, value] of Object.entries(record)) if (value !== undefined) data[field] = value;
  return data;
}

/** How a record begins in CBOR after its first byte, the map's length: `"fleche": 1, "result":` and a text of 64 bytes. */
const CBOR_HEAD: Uint8Array = new TextEncoder().encode("\x66fleche\x01\x66result\x78\x40");
const text = new TextDecoder();
const CBOR_HEAD_END = 1 + CBOR_HEAD.length;

/**
 * The result's digest from the first bytes of a record in CBOR: a hit needs no more of it, and decoding the rest would cost
 * as much again as everything else on the way of a small hit.
 *
 * @returns The fields that {@linkcode resultOf} reads; `undefined` when the bytes begin otherwise and must be decoded.
 */
export function peekResult(
  bytes: Uint8Array,
): { readonly fleche: number; readonly result: string } | undefined {
  if (bytes.length < CBOR_HEAD_END + 64) return undefined;
  for (let index = 0; index < CBOR_HEAD.length; index++) {
    if (bytes[index + 1] !== CBOR_HEAD[index]) return undefined;
  }
  return { fleche: RECORD_VERSION, result: text.decode(bytes.subarray(CBOR_HEAD_END, CBOR_HEAD_END + 64)) };
}

/** What a storage may index of a record. */
export function recordIndex(record: CallRecord): CallIndex {
  const { name, module, version, code, result, time, metadata } = record;
  return { name, module, version, code, result, time, metadata, arguments: Object.entries(record.arguments) };
}

/** What a hit needs of a record. */
export interface RecordHead {
  /** The result's digest. */
  readonly result: string;
  /** For a streamed result: its form, not checked yet. */
  readonly form?: unknown;
}

/**
 * The head of a record, straight from its stored form.
 *
 * @returns `"version"` for a record of a version that this module does not read, `"damaged"` for what is no record.
 */
export function resultOf(data: unknown): RecordHead | "version" | "damaged" {
  if (typeof data !== "object" || data === null || !("fleche" in data)) return "damaged";
  if (data.fleche !== RECORD_VERSION) return "version";
  if (!("result" in data) || typeof data.result !== "string" || data.result.length !== 64) return "damaged";
  return data as RecordHead;
}

function isRecordOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is Record<string, T> {
  return typeof value === "object" && value !== null && Object.values(value).every(isItem);
}

const isDigest = (value: unknown): value is string => typeof value === "string" && DIGEST.test(value);
const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array;
const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null;
const isOptional = (value: unknown, ...types: string[]): boolean =>
  value === undefined || types.includes(typeof value);

/**
 * Reads the stored form of a record, every field of it checked.
 *
 * @returns `"version"` for a record of a version that this module does not read, `"damaged"` for what is no record.
 */
export function recordFromData(data: unknown): CallRecord | "version" | "damaged" {
  const head = resultOf(data);
  if (typeof head === "string") return head;
  const {
    name,
    module,
    version,
    code,
    arguments: digests,
    inline,
    result,
    size,
    codec,
    form,
    time,
    metadata,
  } = head as
    & Partial<Record<keyof CallRecord, unknown>>
    & { readonly result: string };
  const whole = isDigest(result) && typeof name === "string" && isOptional(module, "string") &&
    isOptional(version, "string", "number") &&
    (code === undefined || isDigest(code)) && isRecordOf(digests, isDigest) && isRecordOf(inline, isBytes) &&
    isOptional(size, "number") && typeof codec === "string" && isOptional(form, "object") &&
    typeof time === "number" &&
    isRecordOf(metadata, isObject);
  if (!whole) return "damaged";
  return {
    name,
    module,
    version,
    code,
    arguments: digests,
    inline,
    result,
    size,
    codec,
    ...(form === undefined ? {} : { form }),
    time,
    metadata,
  } as CallRecord;
}
