/**
 * Values that hold no others, as datasets of one element: primitives and bytes.
 *
 * @module
 */

import { EMPTY_BYTES_TYPE, NUMERIC_TYPES, opaque, TEXT_TYPE } from "./_datatype_writer.ts";
import { BIG_INTEGER, CONTENT, CONTENT_TYPE, KIND, KINDS, SURROGATES } from "./_format.ts";
import type { ObjectWriter } from "./_object_writer.ts";

/** What can be written here. */
export type Leaf = null | undefined | boolean | number | bigint | string | symbol | Uint8Array;

const INT64_FIRST = -(2n ** 63n);
const INT64_LAST = 2n ** 63n - 1n;
const UINT64_LAST = 2n ** 64n - 1n;

/** Most bytes that HDF5 lets one element have. */
export const MOST_ELEMENT_BYTES: number = 2 ** 32 - 1;

const scratch = new DataView(new ArrayBuffer(8));
const eightBytes = new Uint8Array(scratch.buffer);

/** Whether a value is one of those that are written here. */
export function isLeaf(value: unknown): value is Leaf {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}

/** What is said of a leaf beside its content, because Python cannot tell it from another; `undefined` for nothing. */
export function kindOf(leaf: Leaf): string | undefined {
  if (leaf === undefined) return KINDS.undefined;
  if (typeof leaf === "bigint") return KINDS.bigint;
  return typeof leaf === "symbol" ? KINDS.symbol : undefined;
}

/**
 * Writes a primitive or bytes.
 *
 * @param leaf A registered symbol, if it is a symbol; at most {@linkcode MOST_ELEMENT_BYTES}, if it is bytes.
 * @returns The dataset's address.
 */
export function writeLeaf(out: ObjectWriter, leaf: Leaf): number {
  return writeObjectLeaf(out, leaf, kindOf(leaf));
}

/**
 * Writes a primitive or bytes for an object that is nothing else.
 *
 * @param kind What the object is to JavaScript.
 * @returns The dataset's address.
 */
export function writeObjectLeaf(out: ObjectWriter, leaf: Leaf, kind: string | undefined): number {
  if (leaf instanceof Uint8Array) return writeBytes(out, leaf, kind);
  return writePrimitive(out, typeof leaf === "symbol" ? Symbol.keyFor(leaf) : leaf, kind);
}

function writePrimitive(
  out: ObjectWriter,
  leaf: Exclude<Leaf, symbol | Uint8Array>,
  kind: string | undefined,
): number {
  if (leaf === null || leaf === undefined) {
    return out.nothing({ [CONTENT_TYPE]: `${CONTENT}NoneItem`, [KIND]: kind });
  }
  switch (typeof leaf) {
    case "boolean":
      return out.scalar(NUMERIC_TYPES.bool, Uint8Array.of(leaf ? 1 : 0), {
        [CONTENT_TYPE]: `${CONTENT}Bool`,
        [KIND]: kind,
      });
    case "number":
      if (Number.isSafeInteger(leaf) && !Object.is(leaf, -0)) return writeInteger(out, BigInt(leaf), kind);
      scratch.setFloat64(0, leaf, true);
      return out.scalar(NUMERIC_TYPES.float64, eightBytes, {
        [CONTENT_TYPE]: `${CONTENT}Float`,
        [KIND]: kind,
      });
    case "bigint":
      return writeInteger(out, leaf, kind);
    case "string":
      return writeText(out, leaf, kind);
  }
}

function writeInteger(out: ObjectWriter, integer: bigint, kind: string | undefined): number {
  const attributes = { [CONTENT_TYPE]: `${CONTENT}Long`, [KIND]: kind };
  if (integer < INT64_FIRST || integer > UINT64_LAST) {
    return out.scalar(TEXT_TYPE, out.text(String(integer)), { ...attributes, [BIG_INTEGER]: true });
  }
  scratch.setBigInt64(0, integer, true);
  return out.scalar(NUMERIC_TYPES[integer > INT64_LAST ? "uint64" : "int64"], eightBytes, attributes);
}

function writeText(out: ObjectWriter, text: string, kind: string | undefined): number {
  const attributes = { [CONTENT_TYPE]: `${CONTENT}Str`, [KIND]: kind };
  if (text.isWellFormed() && !text.includes("\0")) return out.scalar(TEXT_TYPE, out.text(text), attributes);
  // A text of variable length ends at its first NUL; and surrogates have no UTF-8.
  const units = new Uint8Array(2 + text.length * 2);
  const view = new DataView(units.buffer);
  view.setUint16(0, 0xfeff, true);
  for (let i = 0; i < text.length; i++) view.setUint16(2 + i * 2, text.charCodeAt(i), true);
  return out.scalar(opaque(units.length), units, { ...attributes, [SURROGATES]: true });
}

function writeBytes(out: ObjectWriter, bytes: Uint8Array, kind: string | undefined): number {
  const attributes = { [CONTENT_TYPE]: `${CONTENT}Bytes`, [KIND]: kind };
  if (bytes.length === 0) return out.scalar(EMPTY_BYTES_TYPE, out.text(""), attributes);
  return out.scalar(opaque(bytes.length), bytes, attributes);
}
