/**
 * Long work that never waits for anything lets others have their turn.
 *
 * @module
 */

import { builtin } from "../_runtime.ts";

/** For how long the event loop may be kept from everybody else, in milliseconds. */
const LONGEST_MS = 5;

/** One piece of long work. */
export class Breather {
  #since = performance.now();

  /** Whether {@linkcode Breather.breathe} should be awaited: asked between steps of at most some milliseconds. */
  get isDue(): boolean {
    return performance.now() - this.#since >= LONGEST_MS;
  }

  /** Resolves when whatever was waiting has had its turn. */
  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => builtin("node:timers").setImmediate(resolve));
    this.#since = performance.now();
  }
}
