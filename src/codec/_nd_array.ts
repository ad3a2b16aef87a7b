/**
 * Typed arrays as arrays of several dimensions: those that come from Python's numpy have their `shape` as a property of
 * their own, and `dtype` where their class does not say it (`bool`, `complex64`, `complex128`, dates).
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says.

import { builtin } from "../_runtime.ts";
import { bytesOf, type ByteView } from "./_byte_view.ts";
import { elementBytes, fixedView, onlyStrings } from "./_own_properties.ts";
import { className, type Refuser } from "./_refusal.ts";

/** A typed array in C order that knows its dimensions. */
export interface Shaped {
  /** Length of each dimension; empty for a single number. */
  readonly shape: readonly number[];
  /** What numpy calls its elements, where the class of the array does not say it. */
  readonly dtype?: string;
}

/** What a typed array holds. */
export interface ArrayContent extends Partial<Shaped> {
  /** Its bytes, not copied. */
  readonly bytes: Uint8Array;
}

/** numpy and HDF5 have no more. */
const MOST_DIMENSIONS = 32;

/** What a `dtype` may be, for arrays of which class, and how many of its elements make up one of numpy's. */
const DTYPES: readonly { readonly name: RegExp; readonly className: string; readonly width: number }[] = [
  { name: /^bool$/, className: "Uint8Array", width: 1 },
  { name: /^complex64$/, className: "Float32Array", width: 2 },
  { name: /^complex128$/, className: "Float64Array", width: 2 },
  { name: /^(?:datetime|timedelta)64\[\d*[A-Za-z]+\]$/, className: "BigInt64Array", width: 1 },
];

/** What is only between the elements and the end of a typed array's inspection, when it is shaped and nothing else. */
const SHAPED_TEXT =
  /^\w+\(\d+\) (?:\[Uint8Array\] )?\[ \.\.\. \d+ more items, shape: \[(?:Array)?\](?:, dtype: '[^']*')? \]$/;

/**
 * What a typed array holds, its dimensions included.
 *
 * @throws {CodecError} By `refuser`, when it has other properties of its own, or a shape that is not its own.
 */
export function arrayContent(view: object, refuser: Refuser, depth: number): ArrayContent {
  if (!Object.hasOwn(view, "shape")) return { bytes: elementBytes(refuser, view, depth) };
  const { length, shape, dtype } = view as ArrayLike<unknown> & { shape?: unknown; dtype?: unknown };
  onlyStrings(refuser, view, depth);
  if (!isOnlyShaped(view, length)) {
    refuser.refuse(
      depth,
      `its named properties on a ${
        className(view)
      } would be lost, shape and dtype apart; an object that has both would work`,
    );
  }
  const known = DTYPES.find(({ name }) => typeof dtype === "string" && name.test(dtype));
  if (Object.hasOwn(view, "dtype") && known?.className !== className(view)) {
    refuser.refuse(
      depth,
      `its dtype ${String(dtype)} is not one of a ${className(view)}; leaving it out would work`,
    );
  }
  if (!isShape(shape)) {
    refuser.refuse(
      depth,
      `its shape is not an array of at most ${MOST_DIMENSIONS} integers; the lengths of its dimensions would work`,
    );
  }
  if (shape.reduce((product, each) => product * each, known?.width ?? 1) !== length) {
    refuser.refuse(depth, `its shape (${shape.join(", ")}) does not have its ${length} elements`);
  }
  if (dtype === "bool" && (view as Uint8Array).some((element) => element > 1)) {
    refuser.refuse(depth, "its dtype is bool and an element is neither 0 nor 1");
  }
  const bytes = bytesOf(fixedView(view));
  return typeof dtype === "string" ? { bytes, shape, dtype } : { bytes, shape };
}

/** Gives a typed array its dimensions. */
export function shaped<View extends ByteView>(view: View, { shape, dtype }: Shaped): View & Shaped {
  return Object.assign(view, { shape: [...shape], ...dtype === undefined ? {} : { dtype } });
}

function isShape(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape) && shape.length <= MOST_DIMENSIONS &&
    shape.every((each) => Number.isSafeInteger(each) && each >= 0) &&
    Object.keys(shape).length === shape.length;
}

function isOnlyShaped(view: object, length: number): boolean {
  if (length <= 16) {
    return Object.keys(view).slice(length).every((key) => key === "shape" || key === "dtype");
  }
  const text = builtin("node:util").inspect(view, {
    maxArrayLength: 0,
    depth: 0,
    customInspect: false,
    colors: false,
    breakLength: Infinity,
  });
  return SHAPED_TEXT.test(text);
}
