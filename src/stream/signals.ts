/**
 * The signals that a call was given: they end the reading of a stream as they would end its source.
 *
 * @module
 */

import type { Feed } from "./types.ts";

/** The signals among the arguments of a call, and among the options that one of them may be. */
export function signalsOf(args: readonly unknown[]): readonly AbortSignal[] {
  return args.flatMap((argument) => {
    if (typeof argument !== "object" || argument === null || isSignal(argument)) return [argument];
    if (Object.getPrototypeOf(argument) !== Object.prototype) return [];
    // No getter is run: it may throw, and the function is the one to ask it.
    return Object.values(Object.getOwnPropertyDescriptors(argument)).map(({ value }): unknown => value);
  }).filter(isSignal);
}

function isSignal(value: unknown): value is AbortSignal {
  return value instanceof AbortSignal;
}

/** Whether one of them has aborted. */
export function hasAborted(signals: readonly AbortSignal[]): boolean {
  return signals.some(({ aborted }) => aborted);
}

/** A feed that fails when one of the signals aborts, or has. */
export function abortable(feed: Feed, signals: readonly AbortSignal[]): Feed {
  if (signals.length === 0) return feed;
  let failure: { readonly reason: unknown } | undefined;
  const abort = ({ reason }: AbortSignal): void => {
    failure ??= { reason };
    void feed.close(reason).catch(() => {});
  };
  const onAbort = (event: Event): void => abort(event.target as AbortSignal);
  for (const signal of signals) {
    if (signal.aborted) abort(signal);
    signal.addEventListener("abort", onAbort, { once: true });
  }
  const leave = (): void => {
    for (const signal of signals) signal.removeEventListener("abort", onAbort);
  };
  return {
    async next() {
      try {
        const next = await feed.next();
        if (next.done) leave();
        if (failure === undefined) return next;
      } catch (error) {
        leave();
        if (failure === undefined) throw error;
      }
      throw failure.reason;
    },
    async close(reason) {
      leave();
      await feed.close(reason);
    },
  };
}
