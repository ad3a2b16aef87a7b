/**
 * Typed arrays as numpy pickles its arrays (`ndarray.__reduce__`: an empty array is made, then given version, shape, dtype,
 * order and bytes: https://numpy.org/doc/stable/reference/generated/numpy.ndarray.__setstate__.html). The module is
 * named as in numpy 1, a name that numpy 2 reads as well.
 *
 * @module
 */

import { viewConstructor } from "../_byte_view.ts";
import { arrayContent } from "../_nd_array.ts";
import { TYPED_ARRAY } from "./_format.ts";
import { writeCall, writeGlobal } from "./_global_writer.ts";
import {
  BUILD,
  EMPTY_DICT,
  EMPTY_TUPLE,
  MARK,
  NEWFALSE,
  NEWTRUE,
  NONE,
  REDUCE,
  TUPLE,
  TUPLE1,
  TUPLE2,
  TUPLE3,
} from "./_opcodes.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** Class of the array and what numpy calls its elements: the letter and the size of the kind. */
const DTYPES: readonly (readonly [className: string, dtype: string])[] = [
  ["Uint8Array", "u1"],
  ["Uint8ClampedArray", "u1"],
  ["Int8Array", "i1"],
  ["Uint16Array", "u2"],
  ["Int16Array", "i2"],
  ["Uint32Array", "u4"],
  ["Int32Array", "i4"],
  ["BigUint64Array", "u8"],
  ["BigInt64Array", "i8"],
  ["Float16Array", "f2"],
  ["Float32Array", "f4"],
  ["Float64Array", "f8"],
];

/** What numpy calls the kinds that a `dtype` of an array names. */
const NAMED: ReadonlyMap<string, readonly [className: string, dtype: string]> = new Map([
  ["bool", ["Uint8Array", "b1"]],
  ["complex64", ["Float32Array", "c8"]],
  ["complex128", ["Float64Array", "c16"]],
]);

let classes: ReadonlyMap<object, readonly [className: string, dtype: string]> | undefined;

/** Writes a typed array; `undefined` when it is none, `false` when it stopped on the way. */
export function writeTypedArray(writer: ValueWriter, object: object, depth: number): boolean | undefined {
  classes ??= knownClasses();
  const found = classes.get(Object.getPrototypeOf(object));
  if (found === undefined) return undefined;
  const [className, plainDtype] = found;
  const { bytes, shape, dtype } = arrayContent(object, writer, depth);
  const { out } = writer;
  if (className === "Uint8Array" && shape === undefined) {
    out.bytes(bytes);
    writer.remember(object);
    return true;
  }
  const named = dtype === undefined ? undefined : NAMED.get(dtype) ?? timeDtype(dtype);
  if (dtype !== undefined && named?.[0] !== className) {
    writer.refuse(depth, `its dtype "${dtype}" is none of a ${className}; the array without it would work`);
  }
  const written = named?.[1] ?? plainDtype;
  const size = shape === undefined ? [bytes.length / Number(plainDtype.slice(1))] : shape;
  writeCall(writer, ["numpy.core.multiarray", "_reconstruct"], () => {
    writeGlobal(writer, "numpy", "ndarray");
    out.number(0);
    out.byte(TUPLE1);
    out.bytes(Uint8Array.of(0x62));
  }, TUPLE3);
  out.byte(MARK);
  out.number(1);
  writeShape(writer, size);
  writeDtype(writer, written);
  out.byte(NEWFALSE);
  out.bytes(bytes);
  out.byte(TUPLE);
  out.byte(BUILD);
  if (shape === undefined || className === "Uint8ClampedArray") {
    out.mark(`${TYPED_ARRAY}${className}${shape === undefined ? "" : " shaped"}`);
  }
  writer.remember(object);
  return true;
}

function writeShape({ out }: ValueWriter, shape: readonly number[]): void {
  if (shape.length === 0) return out.byte(EMPTY_TUPLE);
  out.byte(MARK);
  for (const each of shape) out.number(each);
  out.byte(TUPLE);
}

function writeDtype(writer: ValueWriter, dtype: string): void {
  writer.constant(`dtype ${dtype}`, () => {
    const { out } = writer;
    const [, kind = dtype, unit] = /^(M8|m8)\[(.*)\]$/.exec(dtype) ?? [];
    writeGlobal(writer, "numpy", "dtype");
    out.text(kind);
    out.byte(NEWFALSE);
    out.byte(NEWTRUE);
    out.byte(TUPLE3);
    out.byte(REDUCE);
    out.byte(MARK);
    out.number(unit === undefined ? 3 : 4);
    out.text(/1$/.test(kind) ? "|" : "<");
    for (let i = 0; i < 3; i++) out.byte(NONE);
    for (const flag of [-1, -1, 0]) out.number(flag);
    if (unit !== undefined) writeTimeUnit(writer, unit);
    out.byte(TUPLE);
    out.byte(BUILD);
  });
}

/** The unit of dates and times: numpy keeps it as metadata, with how many of it one step is. */
function writeTimeUnit({ out }: ValueWriter, unit: string): void {
  const [, count = "", name = ""] = /^(\d*)(\w+)$/.exec(unit) ?? [];
  out.byte(EMPTY_DICT);
  out.byte(MARK);
  out.bytes(new TextEncoder().encode(name));
  out.number(count === "" ? 1 : Number(count));
  out.number(1);
  out.number(1);
  out.byte(TUPLE);
  out.byte(TUPLE2);
}

/** `datetime64[ns]` and `timedelta64[ns]` as numpy abbreviates them. */
function timeDtype(dtype: string): readonly [className: string, dtype: string] | undefined {
  const [, kind, unit] =
    /^(datetime|timedelta)64\[([1-9]?\d{0,8}(?:[YMWDhms]|[munpfa]s|generic))\]$/.exec(dtype) ?? [];
  if (kind === undefined) return undefined;
  return ["BigInt64Array", `${kind === "datetime" ? "M8" : "m8"}[${unit}]`];
}

function knownClasses(): Map<object, readonly [className: string, dtype: string]> {
  const found = new Map<object, readonly [className: string, dtype: string]>();
  for (const each of DTYPES) {
    const View = viewConstructor(each[0]);
    if (View !== undefined) found.set(View.prototype, each);
  }
  return found;
}
