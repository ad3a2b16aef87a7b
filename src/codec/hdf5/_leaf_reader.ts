/**
 * Datasets into values: primitives, bytes, and numpy's arrays.
 *
 * @module
 */

// `as` here: the name of a numeric type, put together from what it is.

import { type ByteView, viewConstructor } from "../_byte_view.ts";
import type { NumericType } from "./_datatype_writer.ts";
import { decodeText } from "./_file_bytes.ts";
import { BIG_INTEGER, SURROGATES } from "./_format.ts";
import { malformed } from "./_malformed.ts";
import type { Dataset, ElementKind, ElementType, Hdf5Node } from "./_node.ts";
import { ARRAY_CLASSES, NAMED_TYPES } from "./_typed_arrays.ts";

/** Contents that are leaves. */
const LEAVES: ReadonlyMap<string, (node: Hdf5Node) => unknown> = new Map<string, (node: Hdf5Node) => unknown>(
  [
    ["NoneItem", () => null],
    ["Str", readTextOf],
    ["Bool", (node) => one(node, ["boolean", "integer"]).getUint8(0) !== 0],
    ["Long", readInteger],
    ["Float", readFloat],
    ["Bytes", readBytes],
    ["Bytearray", (node) => datasetOf(node, ["integer"]).bytes()],
  ],
);

/** Whether a content is that of a leaf: a primitive, or bytes. */
export function isLeafContent(content: string): boolean {
  return LEAVES.has(content);
}

/**
 * The primitive or the bytes that a node is.
 *
 * @param content What it is to Python, one that {@linkcode isLeafContent}.
 */
export function readLeaf(node: Hdf5Node, content: string): unknown {
  const read = LEAVES.get(content) ?? malformed(`content of type "${content}" is not known`, node.offset);
  return read(node);
}

/** The text that a node is. */
export function readTextOf(node: Hdf5Node): string {
  const dataset = datasetOf(node, ["variable text", "fixed text", "opaque"]);
  if (node.attributes.get(SURROGATES) === true) return readUtf16(node, dataset.bytes());
  const text = decodeText(dataset.text(), node.offset);
  return dataset.type.kind === "fixed text" ? text.replace(/\0+$/, "") : text;
}

function readUtf16(node: Hdf5Node, bytes: Uint8Array): string {
  const isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
  const hasMark = isBigEndian || (bytes[0] === 0xff && bytes[1] === 0xfe);
  if (!hasMark || bytes.length % 2 === 1) malformed("a text is not UTF-16", node.offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  for (let at = 2; at < bytes.length;) {
    const units: number[] = [];
    for (; at < bytes.length && units.length < 4096; at += 2) units.push(view.getUint16(at, !isBigEndian));
    parts.push(String.fromCharCode(...units));
  }
  return parts.join("");
}

/** An integer, as a number where that is safe. */
function readInteger(node: Hdf5Node): number | bigint {
  const integer = readBigInteger(node);
  const isSafe = integer >= Number.MIN_SAFE_INTEGER && integer <= Number.MAX_SAFE_INTEGER;
  return isSafe ? Number(integer) : integer;
}

/** An integer, as a bigint. */
export function readBigInteger(node: Hdf5Node): bigint {
  if (node.attributes.get(BIG_INTEGER) === true) {
    const digits = decodeText(datasetOf(node, ["variable text", "fixed text"]).text(), node.offset);
    if (!/^-?\d+$/.test(digits)) malformed("an integer is not valid", node.offset);
    return BigInt(digits);
  }
  const view = one(node, ["integer"]);
  const { size = 0, signed = false } = node.dataset?.type ?? {};
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = value << 8n | BigInt(view.getUint8(i));
  return signed ? BigInt.asIntN(size * 8, value) : value;
}

function readFloat(node: Hdf5Node): number {
  const view = one(node, ["float"]);
  switch (view.byteLength) {
    case 2:
      return view.getFloat16(0, true);
    case 4:
      return view.getFloat32(0, true);
    default:
      return view.getFloat64(0, true);
  }
}

/** The two parts of a complex number. */
export function readComplex(node: Hdf5Node): readonly [real: number, imaginary: number] {
  const bytes = datasetOf(node, ["float"]).bytes();
  if (bytes.length !== 16) malformed("a complex number is not valid", node.offset);
  const view = new DataView(bytes.buffer);
  return [view.getFloat64(0, true), view.getFloat64(8, true)];
}

function readBytes(node: Hdf5Node): Uint8Array<ArrayBuffer> {
  const dataset = datasetOf(node, ["opaque", "variable text"]);
  return dataset.type.kind === "opaque" ? dataset.bytes() : new Uint8Array(dataset.text());
}

function one(node: Hdf5Node, kinds: readonly ElementKind[]): DataView {
  const { shape, type, ...dataset } = datasetOf(node, kinds);
  if (shape?.length !== 0) malformed("a single element is missing", node.offset);
  return new DataView(dataset.bytes().buffer, 0, type.size);
}

function datasetOf(node: Hdf5Node, kinds: readonly ElementKind[]): Dataset {
  const { dataset } = node;
  if (dataset === undefined || !kinds.includes(dataset.type.kind)) {
    malformed("a dataset is not of the type that it should be", node.offset);
  }
  return dataset;
}

/**
 * The typed array that a node, an array of numpy's, becomes.
 *
 * @param kind What it was to JavaScript: the name of a class, with `.shape` behind it if it had one.
 */
export function readArray(node: Hdf5Node, kind: string | undefined): object {
  const { dataset, offset } = node;
  if (dataset === undefined || dataset.shape === undefined) malformed("an array is missing", offset);
  const name = numericType(dataset.type) ?? malformed("an array is of another type than numbers", offset);
  const [said, ...mark] = kind?.split(".") ?? [];
  const isClamped = name === "uint8" && said === "Uint8ClampedArray";
  if (said !== undefined && said !== ARRAY_CLASSES[name] && !isClamped) {
    malformed("an array is of two types", offset);
  }
  const className = isClamped ? "Uint8ClampedArray" : ARRAY_CLASSES[name];
  const constructor = viewConstructor(className) ?? malformed(`this runtime has no ${className}`, offset);
  const array: ByteView = new constructor(dataset.bytes().buffer);
  if (kind !== undefined && mark[0] !== "shape") return array;
  Object.assign(array, { shape: [...dataset.shape] });
  if (NAMED_TYPES.includes(name)) Object.assign(array, { dtype: name });
  return array;
}

function numericType({ kind, size, signed }: ElementType): NumericType | undefined {
  const bits = size * 8;
  switch (kind) {
    case "integer":
      return `${signed ? "" : "u"}int${bits}` as NumericType;
    case "float":
      return `float${bits}` as NumericType;
    case "complex":
      return `complex${bits}` as NumericType;
    case "boolean":
      return "bool";
    default:
      return undefined;
  }
}
