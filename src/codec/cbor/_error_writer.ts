/**
 * Errors into CBOR items: their class by name, then what they hide from enumeration, then their own properties.
 *
 * @module
 */

// `as` here: the first line makes sure that the object is an Error.

import { onlyStrings } from "../_own_properties.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** What errors own without showing it. Engines add more (`line`, `column`): of this process, not of the error. */
const HIDDEN = ["message", "name", "stack", "cause", "errors", "error", "suppressed"];

/**
 * Writes an error of a built-in class as `[class, hidden properties, shown properties]`.
 *
 * @returns Whether it is done; else the rest of it is left for later.
 * @param options The error's `name` of class, and the `depth` that it stands in.
 */
export function writeError(
  writer: ValueWriter,
  object: object,
  options: { readonly depth: number; readonly name: string },
): boolean {
  const { depth, name } = options;
  if (!Error.isError(object)) {
    writer.refuse(depth, `it has the prototype of ${name} but is no error; new ${name}(…) would work`);
  }
  onlyStrings(writer, object, depth);
  const error = object as Error & Record<string, unknown>;
  const hidden = HIDDEN.filter((key) =>
    Object.hasOwn(error, key) && !Object.prototype.propertyIsEnumerable.call(error, key)
  );
  writer.generic(name, 2);
  const writeShown = (): boolean => writer.properties(error, Object.keys(error), depth);
  return writer.properties(error, hidden, depth) ? writeShown() : writer.pause(writeShown);
}
