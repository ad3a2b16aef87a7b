/**
 * numpy's arrays and scalars as typed arrays (in C order, with their `shape`) and numbers.
 *
 * @module
 */

// `as` here: parts of a state that are checked on the way.

import { type ByteView, viewConstructor } from "../_byte_view.ts";
import { shaped } from "../_nd_array.ts";
import { PickleObject } from "../pickle_object.ts";

/** How elements of one dtype are held. */
interface Layout {
  /** Class of the typed array. */
  readonly className: string;
  /** Bytes of an element of that array. */
  readonly bytes: number;
  /** How many of these one element of numpy's takes. */
  readonly width: number;
  /** What numpy calls them, where the class does not say it. */
  readonly dtype?: string;
}

const LAYOUTS: ReadonlyMap<string, Layout> = new Map<string, Layout>([
  ["b1", { className: "Uint8Array", bytes: 1, width: 1, dtype: "bool" }],
  ["u1", { className: "Uint8Array", bytes: 1, width: 1 }],
  ["i1", { className: "Int8Array", bytes: 1, width: 1 }],
  ["u2", { className: "Uint16Array", bytes: 2, width: 1 }],
  ["i2", { className: "Int16Array", bytes: 2, width: 1 }],
  ["u4", { className: "Uint32Array", bytes: 4, width: 1 }],
  ["i4", { className: "Int32Array", bytes: 4, width: 1 }],
  ["u8", { className: "BigUint64Array", bytes: 8, width: 1 }],
  ["i8", { className: "BigInt64Array", bytes: 8, width: 1 }],
  ["f2", { className: "Float16Array", bytes: 2, width: 1 }],
  ["f4", { className: "Float32Array", bytes: 4, width: 1 }],
  ["f8", { className: "Float64Array", bytes: 8, width: 1 }],
  ["c8", { className: "Float32Array", bytes: 4, width: 2, dtype: "complex64" }],
  ["c16", { className: "Float64Array", bytes: 8, width: 2, dtype: "complex128" }],
]);

/** numpy's own bound. Turning the order of an array round takes time for each of its dimensions. */
const MOST_DIMENSIONS = 64;

/** The memory of arrays that were made: Python's pickles share short bytes that are equal, its arrays share nothing. */
const taken = new WeakSet<ArrayBufferLike>();

/** The array that `ndarray.__setstate__` makes of what `_reconstruct` gave; `undefined` for what no typed array holds. */
export function arrayFromState(made: PickleObject): object | undefined {
  if (made.module !== "numpy.core.multiarray" || made.name !== "_reconstruct" || !Array.isArray(made.state)) {
    return undefined;
  }
  const [type] = made.args;
  if (!(type instanceof PickleObject) || type.module !== "numpy" || type.name !== "ndarray") return undefined;
  const [version, shape, dtype, isFortran, content] = made.state as unknown[];
  return version === 1 ? arrayOf(content, dtype, shape, isFortran === true) : undefined;
}

/** `numpy.core.numeric._frombuffer(buffer, dtype, shape, order)`, which protocol 5 has. */
export function arrayFromBuffer([content, dtype, shape, order]: readonly unknown[]): object | undefined {
  return arrayOf(content, dtype, shape, order === "F");
}

/** `numpy.core.multiarray.scalar(dtype, bytes)`: a number, a bigint or a boolean. */
export function scalarOf([dtype, content]: readonly unknown[]): unknown {
  const array = arrayOf(content, dtype, [], false) as (ByteView & ArrayLike<unknown>) | undefined;
  const layout = layoutOf(dtype)?.layout;
  if (array === undefined || layout === undefined || layout.width !== 1) return undefined;
  const [element] = Array.from(array);
  if (layout.dtype === "bool") return element !== 0;
  if (layout.dtype !== undefined) return undefined;
  return typeof element === "bigint" && Number.isSafeInteger(Number(element)) ? Number(element) : element;
}

function arrayOf(content: unknown, dtype: unknown, shape: unknown, isFortran: boolean): object | undefined {
  const found = layoutOf(dtype);
  if (found === undefined || !(content instanceof Uint8Array) || !isShape(shape)) return undefined;
  const { layout, isBigEndian } = found;
  const View = viewConstructor(layout.className);
  const itemBytes = layout.bytes * layout.width;
  const count = shape.reduce((product, each) => product * each, 1);
  if (View === undefined || count * itemBytes !== content.length) return undefined;
  // Bytes that the pickle gave are this array's own; they are copied only where they stand within others.
  const isFree = content.byteLength === content.buffer.byteLength && !taken.has(content.buffer);
  let bytes = isFree ? content : content.slice();
  if (isFortran && shape.length > 1) bytes = inRowOrder(bytes, shape, itemBytes);
  if (isBigEndian) bytes = turnedRound(bytes, layout.bytes);
  taken.add(bytes.buffer);
  const view = new View(bytes.buffer as ArrayBuffer);
  return shaped(view, layout.dtype === undefined ? { shape } : { shape, dtype: layout.dtype });
}

function isShape(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape) && shape.length <= MOST_DIMENSIONS &&
    shape.every((each) => Number.isSafeInteger(each) && each >= 0);
}

/** What `numpy.dtype(name, align, copy)` with its state says; `undefined` for what has no class of typed arrays. */
function layoutOf(dtype: unknown): { readonly layout: Layout; readonly isBigEndian: boolean } | undefined {
  if (!(dtype instanceof PickleObject) || dtype.module !== "numpy" || dtype.name !== "dtype") {
    return undefined;
  }
  const [name] = dtype.args;
  const [, order, subarray, , fields, , , , unit] = Array.isArray(dtype.state) ? dtype.state : [];
  if (typeof name !== "string" || (subarray ?? null) !== null || (fields ?? null) !== null) return undefined;
  const isBigEndian = order === ">";
  if (name === "M8" || name === "m8") {
    const unitText = timeUnit(unit);
    if (unitText === undefined) return undefined;
    const text = `${name === "M8" ? "datetime" : "timedelta"}64[${unitText}]`;
    return { layout: { className: "BigInt64Array", bytes: 8, width: 1, dtype: text }, isBigEndian };
  }
  const layout = LAYOUTS.get(name);
  return layout === undefined ? undefined : { layout, isBigEndian };
}

/** The unit of dates, as `ns`, out of the metadata: `({}, (b"ns", 1, 1, 1))`. */
function timeUnit(metadata: unknown): string | undefined {
  const parts: unknown = Array.isArray(metadata) ? metadata[1] : undefined;
  const [name, count, ...others] = Array.isArray(parts) ? parts : [];
  if (!(name instanceof Uint8Array) || !Number.isSafeInteger(count) || others.some((each) => each !== 1)) {
    return undefined;
  }
  const text = new TextDecoder().decode(name);
  return /^[A-Za-z]+$/.test(text) ? `${count === 1 ? "" : count}${text}` : undefined;
}

/** Elements from column order, in which the first index runs fastest, to row order, in which the last does. */
function inRowOrder(bytes: Uint8Array, shape: readonly number[], itemBytes: number): Uint8Array {
  const turned = new Uint8Array(bytes.length);
  const steps: number[] = [];
  let step = itemBytes;
  for (const length of shape) {
    steps.push(step);
    step *= length;
  }
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < bytes.length; to += itemBytes) {
    turned.set(bytes.subarray(from, from + itemBytes), to);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += steps[axis] as number;
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      from -= (steps[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return turned;
}

function turnedRound(bytes: Uint8Array, size: number): Uint8Array {
  const turned = bytes.slice();
  for (let at = 0; at < turned.length; at += size) turned.subarray(at, at + size).reverse();
  return turned;
}
