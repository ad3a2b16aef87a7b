/**
 * What stands for a function that was kept: its name and its source, never run by reading it.
 *
 * @module
 */

/**
 * A function that was kept, as text. It becomes a function again only where `trust_code` says so: its source is then
 * evaluated in the global scope, so what it captured is gone and what it says is done.
 */
export class StoredFunction {
  /** Its name; empty for an anonymous one. */
  readonly name: string;
  /** Its source, as `Function.prototype.toString` gives it. */
  readonly source: string;

  /**
   * Tells a function.
   *
   * @param name Its name.
   * @param source Its source.
   */
  constructor(name: string, source: string) {
    this.name = name;
    this.source = source;
  }
}

/**
 * The function that a source says, in the global scope.
 *
 * @throws {SyntaxError} When the source is that of no function, class or method.
 */
export function reviveFunction({ name, source }: StoredFunction): unknown {
  let made: unknown;
  try {
    made = (0, eval)(`"use strict"; (${source}\n)`);
  } catch {
    // Methods are functions only within an object.
    made = Object.values((0, eval)(`"use strict"; ({ ${source}\n})`) as object)[0];
  }
  if (typeof made !== "function") throw new SyntaxError(`the source of "${name}" is no function`);
  if (made.name !== name) Object.defineProperty(made, "name", { value: name, configurable: true });
  return made;
}
