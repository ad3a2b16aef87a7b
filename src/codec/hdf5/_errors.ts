/**
 * The built-in classes of errors, by name, and how an error of each is made without anything in it.
 *
 * @module
 */

// `as` here: a pair, which would be taken for a list.

interface ErrorClass {
  readonly prototype: object;
  readonly make: () => Error;
}

function plainClasses(): [string, ErrorClass][] {
  return [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError]
    .map((Class) => [Class.name, { prototype: Class.prototype, make: () => new Class() }]);
}

/** The classes that the runtime has. */
export const ERROR_CLASSES: ReadonlyMap<string, ErrorClass> = new Map([
  ...plainClasses(),
  ["AggregateError", { prototype: AggregateError.prototype, make: (): Error => new AggregateError([]) }],
  ...typeof SuppressedError === "function"
    ? [["SuppressedError", {
      prototype: SuppressedError.prototype,
      make: (): Error => new SuppressedError(undefined, undefined),
    }] as [string, ErrorClass]]
    : [],
]);
