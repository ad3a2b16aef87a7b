/**
 * Errors of the built-in classes, made empty: what they own is put on them as it is read.
 *
 * @module
 */

const ERRORS: ReadonlyArray<new (message?: string) => Error> = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

/** What a new error may own: what it says, and what Bun adds of the place where it was made, which is here. */
const OWN = [
  "message",
  "stack",
  "errors",
  "error",
  "suppressed",
  "line",
  "column",
  "sourceURL",
  "originalLine",
  "originalColumn",
];

/** An error of that class that owns nothing; `undefined` when there is no such built-in class. */
export function emptyError(name: string): Error | undefined {
  const error = newError(name);
  for (const own of OWN) if (error !== undefined) Reflect.deleteProperty(error, own);
  return error;
}

function newError(name: string): Error | undefined {
  if (name === "AggregateError") return new AggregateError([]);
  if (name === "SuppressedError" && typeof SuppressedError === "function") {
    return new SuppressedError(undefined, undefined);
  }
  const Class = ERRORS.find((each) => each.name === name);
  return Class === undefined ? undefined : new Class();
}
