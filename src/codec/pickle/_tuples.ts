/**
 * Which arrays were Python's tuples. Python tells tuples from lists where they are parts of an object, as in the state of
 * a numpy array, so they are written back as tuples there.
 *
 * @module
 */

/** Out of sight: what is read is an array like any other. */
const tuples = new WeakSet<object>();

/** Remembers arrays as tuples. */
export function keepTuples(arrays: readonly object[]): void {
  for (const array of arrays) tuples.add(array);
}

/** Whether an array was a tuple when it was read. */
export function wasTuple(array: object): boolean {
  return tuples.has(array);
}
