/**
 * Errors into nodes: a dict of what they hide from enumeration and, behind it, of their own properties.
 *
 * @module
 */

import { errorContent } from "../_errors.ts";
import { HIDDEN, KIND } from "./_format.ts";
import type { Place, ValueWriter } from "./_value_writer.ts";

/**
 * Writes an error of a built-in class.
 *
 * @returns The node's address; `undefined` when the object is of no such class.
 */
export function writeError(writer: ValueWriter, object: object, place: Place): number | undefined {
  const error = errorContent(object, writer, place.depth);
  if (error === undefined) return undefined;
  return writer.properties(object, place, {
    keys: [...error.hidden, ...error.shown],
    attributes: { [KIND]: error.name, [HIDDEN]: error.hidden.length },
  });
}
