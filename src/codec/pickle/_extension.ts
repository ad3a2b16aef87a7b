/**
 * What cloudpickle and dill write beyond plain pickles. Contract only.
 *
 * @module
 */

import type { ValueWriter } from "./_value_writer.ts";

/** Writes what plain pickles do not hold. */
export interface Extension {
  /** Writes a symbol; `false` when it cannot be. */
  symbol(writer: ValueWriter, symbol: symbol): boolean;
  /**
   * Writes an object or a function.
   *
   * @returns `undefined` when it is of no kind that is known; `false` when it stopped on the way.
   */
  object(writer: ValueWriter, object: object, depth: number): boolean | undefined;
}
