/**
 * So many bytes a second, and no more.
 *
 * @module
 */

import { pause } from "../_pause.ts";

/** A clock, and waiting by it. */
export interface Clock {
  /** Milliseconds since whenever; never goes back. */
  now(): number;
  /** Rejects with the signal's reason when it aborts. */
  pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

/** The clock of this process. */
export const processClock: Clock = { now: () => performance.now(), pause };

/** For how long nothing may have been read to be made up for at once, in milliseconds. */
const BURST_MS = 100;

/** Shorter pauses are saved up: timers are no more exact than that. */
const SHORTEST_PAUSE_MS = 5;

/** Longer ones are taken in parts: timers have an end. */
const LONGEST_PAUSE_MS = 60_000;

/** A token bucket that lends: what was read is paid for afterwards, by a pause. */
export class ByteRate {
  readonly #bytesPerMs: number;
  readonly #clock: Clock;
  /** When all that was read is paid for. */
  #paidAt: number;

  /**
   * @param bytesPerSecond More than 0.
   * @param clock Whose time it is.
   */
  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#clock = clock;
    this.#paidAt = clock.now();
  }

  /** Some bytes were read. */
  spend(bytes: number): void {
    this.#paidAt = Math.max(this.#paidAt, this.#clock.now() - BURST_MS) + bytes / this.#bytesPerMs;
  }

  /** Waits until they are paid for. */
  async settle(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      const leftMs = this.#paidAt - this.#clock.now();
      if (leftMs < SHORTEST_PAUSE_MS) return;
      await this.#clock.pause(Math.min(leftMs, LONGEST_PAUSE_MS), signal);
    }
  }
}
