/**
 * What stands for the objects of Python that JavaScript has no type for: inert, to be looked at, and written back as it
 * was read.
 *
 * @module
 */

/** How a Python object is made: it is the global itself, the global is called, or it is made by its class's `__new__`. */
export type PickleObjectKind = "global" | "call" | "new";

/** What a {@linkcode PickleObject} is made of. */
export interface PickleObjectParts {
  /** Module of the class or function, as `decimal`. */
  readonly module: string;
  /** Its name there, as `Decimal`. */
  readonly name: string;
  /** How the object is made of it. */
  readonly kind: PickleObjectKind;
  /** The arguments. */
  readonly args?: readonly unknown[];
  /** The arguments by name, where there are some: a plain object. */
  readonly kwargs?: unknown;
  /** What is called, where that is no global itself. */
  readonly callee?: PickleObject;
}

/**
 * A Python object, told and not made: which class or function would be called, with which arguments, and the state that
 * would be put on it. Reading imports nothing and calls nothing.
 *
 * `Decimal("1.10")` is `{ module: "decimal", name: "Decimal", kind: "call", args: ["1.10"] }`; a UUID has its number in
 * `state`; a list or dict of a class of its own has its elements in `items` or `entries`.
 */
export class PickleObject {
  /** Module of the class or function, as `decimal`. */
  readonly module: string;
  /** Its name there, as `Decimal`. */
  readonly name: string;
  /** How the object is made of it. */
  readonly kind: PickleObjectKind;
  /** The arguments; none for a global. */
  readonly args: readonly unknown[];
  /** The state, often a plain object of attributes; `undefined` where there is none. */
  state: unknown = undefined;
  /** The arguments by name, where there are some. */
  declare readonly kwargs?: unknown;
  /** What is called, where that is no global itself; `module` and `name` are then empty. */
  declare readonly callee?: PickleObject;
  /** What puts the state on the object, where that is not the object's own affair: a global that is called with both. */
  declare setter?: PickleObject;
  /** The elements of what is a list (or set) and more. */
  declare items?: unknown[];
  /** The entries of what is a dict and more: keys and values. */
  declare entries?: [key: unknown, value: unknown][];

  /**
   * Tells an object.
   *
   * @param parts What it is made of.
   */
  constructor(parts: PickleObjectParts) {
    this.module = parts.module;
    this.name = parts.name;
    this.kind = parts.kind;
    this.args = parts.args ?? [];
    if (parts.kwargs !== undefined) this.kwargs = parts.kwargs;
    if (parts.callee !== undefined) this.callee = parts.callee;
  }
}
