/**
 * Waiting for a lease that somebody else holds, whatever the medium: looking at it again and again, and taking it from a
 * holder who shows no sign of life.
 *
 * @module
 */

import { pause } from "../_pause.ts";

/** A lease as it shows. */
export interface LeaseSight {
  /** Another text after every sign of life, and when somebody else holds it. */
  readonly sign: string;
  /** Whether its last sign of life is so old that nobody need wait for the next one. */
  readonly isStale: boolean;
}

/** How those who wait see a lease, and put an end to it. */
export interface WatchedLease {
  /** How it shows now; `undefined` when nobody holds it. */
  look(): Promise<LeaseSight | undefined> | LeaseSight | undefined;
  /** Takes it from its holder, unless it shows another sign than `seen` did. */
  remove(seen: LeaseSight): Promise<void> | void;
}

/** How often a holder gives a sign of life, in milliseconds. */
export const SIGN_EVERY_MS = 1000;

/** After how long a silence a holder is taken for dead, in milliseconds. Not before, on which holders rely. */
export const SILENT_FOR_MS = 5000;

/** Most of a silence that is believed from one look to the next: who was stopped meanwhile has not heard it. */
const MOST_HEARD_MS = 1000;

const FIRST_DELAY_MS = 10;

/**
 * Waits until a lease was given back, or its holder was silent for {@linkcode SILENT_FOR_MS} and it was taken from him.
 * The silence is measured by the clock of the one who waits, and no two clocks are compared.
 *
 * @param lease How it is seen and removed. When either fails, the wait is over: a lease promises nothing.
 * @param options `longestDelayMs` is how far apart two looks may be, at most.
 * @throws (rejects) The signal's reason, when it aborts.
 */
export async function awaitRelease(
  lease: WatchedLease,
  options: { readonly signal: AbortSignal | undefined; readonly longestDelayMs: number },
): Promise<void> {
  const { signal, longestDelayMs } = options;
  signal?.throwIfAborted();
  try {
    let seen = await lease.look();
    // Only at the first look: afterwards it may be this machine that has slept, and the holder with it.
    if (seen?.isStale) return await lease.remove(seen);
    let seenAt = performance.now();
    let silentMs = 0;
    for (
      let delayMs = FIRST_DELAY_MS;
      seen !== undefined;
      delayMs = Math.min(delayMs * 1.5, longestDelayMs)
    ) {
      // The process stays alive for it: it is in the middle of a call.
      await pause(delayMs, signal);
      const next = await lease.look();
      const nextAt = performance.now();
      silentMs = next?.sign === seen.sign ? silentMs + Math.min(nextAt - seenAt, MOST_HEARD_MS) : 0;
      [seen, seenAt] = [next, nextAt];
      if (seen !== undefined && silentMs >= SILENT_FOR_MS) return await lease.remove(seen);
    }
  } catch {
    signal?.throwIfAborted();
  }
}
