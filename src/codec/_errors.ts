/**
 * The built-in classes of errors: which one an error is of, what it hides, and an error of each with nothing in it yet.
 *
 * @module
 */

// `as` here: the object has been found to be an Error.

import { onlyStrings } from "./_own_properties.ts";
import type { Refuser } from "./_refusal.ts";

/** What errors own without showing it. Engines add more (`line`, `column`): of this process, not of the error. */
const HIDDEN = ["message", "name", "stack", "cause", "errors", "error", "suppressed"];

/** What a new error owns: what it says, and what Bun adds of the place where it was made, which is here. */
const OWN = [...HIDDEN, "line", "column", "sourceURL", "originalLine", "originalColumn"];

let makers: ReadonlyMap<string, () => Error> | undefined;
let names: ReadonlyMap<object, string> | undefined;

/** An error, in plain terms. */
export interface ErrorContent {
  /** Name of its built-in class. */
  readonly name: string;
  /** Names of what it hides from enumeration. */
  readonly hidden: readonly string[];
  /** Names of its other properties. */
  readonly shown: readonly string[];
  /** Where both are. */
  readonly properties: Record<string, unknown>;
}

/**
 * What an error holds.
 *
 * @param depth How many objects it stands in.
 * @returns `undefined` when the object is of no built-in class of errors.
 * @throws {CodecError} By `refuser`, when it is no error, or has properties named by symbols.
 */
export function errorContent(object: object, refuser: Refuser, depth: number): ErrorContent | undefined {
  names ??= new Map(
    [...knownMakers()].map(([name, make]) => [Object.getPrototypeOf(make()) as object, name]),
  );
  const name = names.get(Object.getPrototypeOf(object));
  if (name === undefined) return undefined;
  if (!Error.isError(object)) {
    refuser.refuse(depth, `it has the prototype of ${name} but is no error; new ${name}(…) would work`);
  }
  onlyStrings(refuser, object, depth);
  const hidden = HIDDEN.filter((key) =>
    Object.hasOwn(object, key) && !Object.prototype.propertyIsEnumerable.call(object, key)
  );
  return {
    name,
    hidden,
    shown: Object.keys(object),
    properties: object as unknown as Record<string, unknown>,
  };
}

/** An error of that class that owns nothing; `undefined` when there is no such built-in class. */
export function emptyError(name: string): Error | undefined {
  const error = knownMakers().get(name)?.();
  if (error !== undefined) { for (const own of OWN) Reflect.deleteProperty(error, own); }
  return error;
}

function knownMakers(): ReadonlyMap<string, () => Error> {
  if (makers !== undefined) return makers;
  const found = new Map<string, () => Error>([["AggregateError", () => new AggregateError([])]]);
  for (const Class of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]) {
    found.set(Class.name, () => new Class());
  }
  if (typeof SuppressedError === "function") {
    found.set("SuppressedError", () => new SuppressedError(undefined, undefined));
  }
  return makers = found;
}
