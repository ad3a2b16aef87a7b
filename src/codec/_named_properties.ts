/**
 * Whether arrays and typed arrays have properties beside their elements. Listing the keys of a long one costs many
 * times its encoding, and the runtimes differ in what is cheap instead.
 *
 * @module
 */

import { builtin, runtimeName } from "../_runtime.ts";

/** Up to so many elements, listing the keys is cheap in both runtimes. */
const LISTED_LENGTH = 16;

/** What {@linkcode inspectedLength} makes of each element: nothing. */
const INSPECT_OPTIONS = {
  maxArrayLength: 0,
  depth: 0,
  customInspect: false,
  colors: false,
  breakLength: Infinity,
} as const;

/**
 * Whether an array without holes has properties that are no elements.
 *
 * @param array An array that has been looked through for holes.
 */
export function hasNamedProperties(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length <= LISTED_LENGTH) return Object.keys(array).length !== length;
  // V8 lists values, unlike keys, at the speed of a copy; Bun inspects faster still.
  if (runtimeName() !== "bun") return Object.values(array).length !== length;
  return inspected(array) !== `[ ... ${length} more items ]` && Object.keys(array).length !== length;
}

/** Whether a typed array has properties that are no elements. */
export function hasNamedPropertiesBesideBytes(view: object, length: number): boolean {
  if (length > LISTED_LENGTH) {
    const text = inspected(view);
    if (/^\w+\(\d+\) (?:\[Uint8Array\] )?\[ \.\.\. \d+ more items \]$/.test(text)) return false;
  }
  return Object.keys(view).length !== length;
}

function inspected(value: object): string {
  return builtin("node:util").inspect(value, INSPECT_OPTIONS);
}
