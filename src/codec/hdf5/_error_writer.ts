/**
 * Errors into nodes: a dict of what they hide from enumeration and, behind it, of their own properties.
 *
 * @module
 */

// `as` here: the object was found to be an Error.

import { onlyStrings } from "../_own_properties.ts";
import { ERROR_CLASSES } from "./_errors.ts";
import { HIDDEN, KIND } from "./_format.ts";
import type { Place, ValueWriter } from "./_value_writer.ts";

/** What errors own without showing it. Engines add more (`line`, `column`): of this process, not of the error. */
const HIDDEN_KEYS = ["message", "name", "stack", "cause", "errors", "error", "suppressed"];

/**
 * Writes an error of a built-in class.
 *
 * @returns The node's address; `undefined` when the object is of no such class.
 */
export function writeError(writer: ValueWriter, object: object, place: Place): number | undefined {
  const prototype: unknown = Object.getPrototypeOf(object);
  const name = [...ERROR_CLASSES].find(([, each]) => each.prototype === prototype)?.[0];
  if (name === undefined) return undefined;
  if (!Error.isError(object)) {
    writer.refuse(place.depth, `it has the prototype of ${name} but is no error; new ${name}(…) would work`);
  }
  onlyStrings(writer, object, place.depth);
  const hidden = HIDDEN_KEYS.filter((key) =>
    Object.hasOwn(object, key) && !Object.prototype.propertyIsEnumerable.call(object, key)
  );
  return writer.properties(object, place, {
    keys: [...hidden, ...Object.keys(object)],
    attributes: { [KIND]: name, [HIDDEN]: hidden.length },
  });
}
