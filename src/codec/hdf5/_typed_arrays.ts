/**
 * Typed arrays and numpy's arrays: which becomes which. A typed array can say the shape, and for booleans and complex
 * numbers the type, of the numpy array that it stands for, by properties of its own.
 *
 * @module
 */

// `as` here: a typed array is taken for what its prototype says.

import { viewConstructor } from "../_byte_view.ts";
import { arrayContent } from "../_nd_array.ts";
import type { Refuser } from "../_refusal.ts";
import type { NumericType } from "./_datatype_writer.ts";

/** The typed array whose elements a numpy array's are, or whose elements make them up. */
export const ARRAY_CLASSES: Readonly<Record<NumericType, string>> = {
  int8: "Int8Array",
  uint8: "Uint8Array",
  int16: "Int16Array",
  uint16: "Uint16Array",
  int32: "Int32Array",
  uint32: "Uint32Array",
  int64: "BigInt64Array",
  uint64: "BigUint64Array",
  float16: "Float16Array",
  float32: "Float32Array",
  float64: "Float64Array",
  bool: "Uint8Array",
  complex64: "Float32Array",
  complex128: "Float64Array",
};

/** Types that `dtype` names: typed arrays do not tell them. */
export const NAMED_TYPES: readonly NumericType[] = ["bool", "complex64", "complex128"];

/** What a typed array is to numpy. */
export interface ArrayForm {
  /** Type of the elements. */
  readonly type: NumericType;
  /** Lengths of the dimensions, as the typed array says them; `undefined` when it says none. */
  readonly shape: readonly number[] | undefined;
}

let types: ReadonlyMap<object, NumericType> | undefined;

/** The numpy type of a typed array's elements, by its prototype; `undefined` for other objects, and Buffers. */
export function elementType(prototype: object): NumericType | undefined {
  types ??= knownTypes();
  return types.get(prototype);
}

function knownTypes(): Map<object, NumericType> {
  const found = new Map<object, NumericType>([[Uint8ClampedArray.prototype, "uint8"]]);
  for (const [type, name] of Object.entries(ARRAY_CLASSES) as [NumericType, string][]) {
    const constructor = NAMED_TYPES.includes(type) ? undefined : viewConstructor(name);
    if (constructor !== undefined) found.set(constructor.prototype, type);
  }
  return found;
}

/**
 * What a typed array says that it is to numpy.
 *
 * @param type Type of its elements.
 * @throws {CodecError} By `refuser`, when what it says is not right, or it has other properties of its own.
 */
export function arrayForm(
  refuser: Refuser,
  object: object,
  options: { readonly type: NumericType; readonly depth: number },
): ArrayForm {
  const { type, depth } = options;
  const { shape, dtype } = arrayContent(object, refuser, depth);
  const named = dtype === undefined ? type : NAMED_TYPES.find((each) => each === dtype);
  if (named === undefined) {
    refuser.refuse(depth, `its dtype ${dtype} is none that HDF5 has; leaving it out would work`);
  }
  return { type: named, shape };
}
