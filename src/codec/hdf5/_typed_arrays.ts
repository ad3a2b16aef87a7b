/**
 * Typed arrays and numpy's arrays: which becomes which. A typed array can say the shape, and for booleans and complex
 * numbers the type, of the numpy array that it stands for, by properties of its own.
 *
 * @module
 */

// `as` here: a typed array is taken for what its prototype says.

import { builtin } from "../../_runtime.ts";
import { viewConstructor } from "../_byte_view.ts";
import { className, type Refuser } from "../_refusal.ts";
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

/** HDF5 has no more dimensions. */
const MOST_DIMENSIONS = 32;

/** Up to so many elements, listing the keys is cheap. */
const LISTED_LENGTH = 100;

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
  const { shape, dtype } = object as { readonly shape?: unknown; readonly dtype?: unknown };
  const hasShape = Object.hasOwn(object, "shape");
  const hasType = Object.hasOwn(object, "dtype");
  if (!hasShape && !hasType) return { type, shape: undefined };
  const { length } = object as ArrayLike<unknown>;
  if (!isShape(shape)) {
    refuser.refuse(
      depth,
      "its shape is not an array of at most 32 integers; the lengths of its dimensions would work",
    );
  }
  const named = hasType ? NAMED_TYPES.find((each) => each === dtype) : type;
  if (named === undefined || ARRAY_CLASSES[named] !== className(object) && hasType) {
    refuser.refuse(
      depth,
      `its dtype ${String(dtype)} is not one of a ${className(object)}; leaving it out would work`,
    );
  }
  const parts = named.startsWith("complex") ? 2 : 1;
  if (shape.reduce((product, extent) => product * extent, parts) !== length) {
    refuser.refuse(depth, `its shape (${shape.join(", ")}) does not have its ${length} elements`);
  }
  if (named === "bool" && (object as Uint8Array).some((element) => element > 1)) {
    refuser.refuse(depth, "its dtype is bool and an element is neither 0 nor 1");
  }
  if (!hasOnly(object, length, hasType ? ["shape", "dtype"] : ["shape"])) {
    refuser.refuse(
      depth,
      `its named properties on a ${className(object)} would be lost; an object that has both would work`,
    );
  }
  return { type: named, shape };
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= MOST_DIMENSIONS &&
    value.every((extent) => Number.isSafeInteger(extent) && extent >= 0) &&
    Object.keys(value).length === value.length;
}

/** Whether a typed array has these properties, and no others beside its elements. */
function hasOnly(view: object, length: number, names: readonly string[]): boolean {
  if (length > LISTED_LENGTH) {
    // Listing the keys of a long array costs many times its encoding.
    const text = builtin("node:util").inspect(view, {
      maxArrayLength: 0,
      depth: 0,
      customInspect: false,
      breakLength: Infinity,
    });
    const [, own = ""] = /^\w+\(\d+\) \[ \.\.\. \d+ more items, (.*) \]$/.exec(text) ?? [];
    const listed = own.split(", ").map((each) => each.replace(/: (?:\[Array\]|'\w+'|\[\])$/, ""));
    if (listed.length === names.length && listed.every((each) => names.includes(each))) return true;
  }
  return Object.keys(view).length === length + names.length;
}
