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
  /** How long the function took, in seconds; for a streamed result, until its end. */
  readonly elapsed: number;
  /** When the record was made: seconds since the epoch. */
  readonly time: number;
  /** Metadata by namespace. */
  readonly metadata: Readonly<Record<string, JsonObject>>;
}

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * The stored form of a record: plain data for whichever codec the calls storage has. Version, result and time taken come first,
 * where {@linkcode peekResult} finds them; a form stands before the result, so that it does not and the form is seen.
 */
export function recordToData(record: CallRecord): Record<string, unknown> {
  const { form, result, elapsed } = record;
  const data: Record<string, unknown> = {
    fleche: RECORD_VERSION,
    ...(form === undefined ? {} : { form }),
    result,
    elapsed,
  };
  for (const [field, value] of Object.entries(record)) if (value !== undefined) data[field] = value;
  return data;
}

/** A text of CBOR as bytes; each character is one. */
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const text = new TextDecoder();

/** How a record begins in CBOR after its first byte, the map's length: `"fleche": 1, "result":` and a text of 64 bytes … */
const CBOR_HEAD = bytesOf("\x66fleche\x01\x66result\x78\x40");
const RESULT_AT = 1 + CBOR_HEAD.length;
/** … `"elapsed":` and a double, which most times are. */
const CBOR_ELAPSED = bytesOf("\x67elapsed\xfb");
const ELAPSED_AT = RESULT_AT + 64 + CBOR_ELAPSED.length;

/**
 * What a hit needs of a record, from the first bytes of one in CBOR: decoding the rest would cost as much again as everything
 * else on the way of a small hit.
 *
 * @returns The fields that {@linkcode resultOf} reads; `undefined` when the bytes begin otherwise and must be decoded.
 */
export function peekResult(
  bytes: Uint8Array,
): { readonly fleche: number; readonly result: string; readonly elapsed: number } | undefined {
  if (bytes.length < ELAPSED_AT + 8) return undefined;
  for (let index = 0; index < CBOR_HEAD.length; index++) {
    if (bytes[index + 1] !== CBOR_HEAD[index]) return undefined;
  }
  for (let index = 0; index < CBOR_ELAPSED.length; index++) {
    if (bytes[RESULT_AT + 64 + index] !== CBOR_ELAPSED[index]) return undefined;
  }
  return {
    fleche: RECORD_VERSION,
    result: text.decode(bytes.subarray(RESULT_AT, RESULT_AT + 64)),
    elapsed: doubleAt(bytes, ELAPSED_AT),
  };
}

const doubleBytes = new Uint8Array(8);
const doubleView = new DataView(doubleBytes.buffer);

/** A DataView of each record would cost more than the copy. */
function doubleAt(bytes: Uint8Array, position: number): number {
  for (let index = 0; index < 8; index++) doubleBytes[index] = bytes[position + index] ?? 0;
  return doubleView.getFloat64(0);
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
  /** How long the function took, in seconds. */
  readonly elapsed: number;
  /** For a streamed result: its form, not checked yet. */
  readonly form?: unknown;
  /** For a streamed result: the name of its codec, not checked yet. */
  readonly codec?: unknown;
  /** For a streamed result: how long its stored value is in bytes, not checked yet. */
  readonly size?: unknown;
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
  if (!("elapsed" in data) || !isDuration(data.elapsed)) return "damaged";
  return data as RecordHead;
}

/** An object of names, as every codec gives one: no array, no Map, no instance, whose names say nothing. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isRecordOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is Record<string, T> {
  return isPlain(value) && Object.values(value).every(isItem);
}

const isDuration = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value < Infinity;
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
    elapsed,
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
    elapsed,
    time,
    metadata,
  } as CallRecord;
}
