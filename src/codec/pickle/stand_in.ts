/**
 * What is kept in the place of an object that has no digest of its own. Apart from the codec, since it is asked before that is
 * loaded.
 *
 * @module
 */

import { stateOf } from "./register_class.ts";
import { StoredFunction } from "./stored_function.ts";

/** A function's source, a registered class's state; `undefined` for everything else. */
export function standIn(value: object): object | undefined {
  if (typeof value !== "function") return stateOf(value);
  const fn: { readonly name: string } = value;
  return new StoredFunction(fn.name, Function.prototype.toString.call(value));
}
