/**
 * Errors into CBOR items: their class by name, then what they hide from enumeration, then their own properties.
 *
 * @module
 */

import type { ErrorContent } from "../_errors.ts";
import type { ValueWriter } from "./_value_writer.ts";

/**
 * Writes an error of a built-in class as `[class, hidden properties, shown properties]`.
 *
 * @param depth How many objects it stands in.
 * @returns Whether it is done; else the rest of it is left for later.
 */
export function writeError(writer: ValueWriter, error: ErrorContent, depth: number): boolean {
  const { name, hidden, shown, properties } = error;
  writer.generic(name, 2);
  const writeShown = (): boolean => writer.properties(properties, shown, depth);
  return writer.properties(properties, hidden, depth) ? writeShown() : writer.pause(writeShown);
}
