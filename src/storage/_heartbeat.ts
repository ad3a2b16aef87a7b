/**
 * Giving a sign of life, again and again, of whatever is held: so others can tell it from what a dead process left.
 *
 * @module
 */

import { everyUnref } from "../_runtime.ts";

/** Beats as long as something is held, and does not keep the process alive for it. */
export class Heartbeat<Held> {
  readonly #intervalMs: number;
  readonly #giveSign: (held: ReadonlySet<Held>) => void;
  readonly #held = new Set<Held>();
  #stop: (() => void) | undefined;

  /**
   * @param intervalMs How often it beats.
   * @param giveSign Gives the sign of all that is held. Must not throw.
   */
  constructor(intervalMs: number, giveSign: (held: ReadonlySet<Held>) => void) {
    this.#intervalMs = intervalMs;
    this.#giveSign = giveSign;
  }

  /** Begins to give a sign of something. */
  add(held: Held): void {
    this.#held.add(held);
    this.#stop ??= everyUnref(this.#intervalMs, () => this.beat());
  }

  /**
   * Ends it.
   *
   * @returns Whether it was held.
   */
  delete(held: Held): boolean {
    const wasHeld = this.#held.delete(held);
    if (this.#held.size === 0) {
      this.#stop?.();
      this.#stop = undefined;
    }
    return wasHeld;
  }

  /** Gives the sign now. */
  beat(): void {
    this.#giveSign(this.#held);
  }
}
