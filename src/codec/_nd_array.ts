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
import type { Refuser } from "./_refusal.ts";

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

/** How many elements of the class one of numpy's takes. */
const WIDTHS: Readonly<Record<string, number>> = { complex64: 2, complex128: 2 };

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
      "its named properties but shape and dtype would be lost; an object that has both would work",
    );
  }
  const width = dtype === undefined ? 1 : typeof dtype === "string" ? WIDTHS[dtype] ?? 1 : NaN;
  if (!isShape(shape) || shape.reduce((product, each) => product * each, width) !== length) {
    refuser.refuse(
      depth,
      "its shape is not that of its elements; lengths whose product is its length would work",
    );
  }
  const bytes = bytesOf(fixedView(view));
  return typeof dtype === "string" ? { bytes, shape, dtype } : { bytes, shape };
}

/** Gives a typed array its dimensions. */
export function shaped<View extends ByteView>(view: View, { shape, dtype }: Shaped): View & Shaped {
  return Object.assign(view, { shape: [...shape], ...dtype === undefined ? {} : { dtype } });
}

function isShape(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape) && shape.every((each) => Number.isSafeInteger(each) && each >= 0);
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
