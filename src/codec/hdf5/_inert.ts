/**
 * What Python's objects become that are no plain data: inert descriptions, never the objects themselves.
 *
 * @module
 */

/** An object of Python's, told and not made. */
export interface InertObject {
  /** The module of its class or function. */
  readonly module: string;
  /** The name there. */
  readonly name: string;
  /** What it would be called with; `undefined` when it is the class or function itself. */
  readonly args: readonly unknown[] | undefined;
  /** What would be set on it afterwards. */
  readonly state: unknown;
}

/** Makes a description; its `args` and `state` may be filled in later, where they lead back to it. */
export function inertObject(
  module: string,
  name: string,
): { -readonly [K in keyof InertObject]: InertObject[K] } {
  return { module, name, args: undefined, state: undefined };
}
