/**
 * What `onProgress` is told of a stream, and how often.
 *
 * @module
 */

import { warnOnce } from "../_warn.ts";
import type { Cache } from "../cache/cache.ts";
import { lookupRecord } from "../cache/lookup.ts";
import type { StreamOutcome, StreamProgress, StreamWatch } from "../stream/types.ts";
import type { Callee } from "./callee.ts";

/** Shortest time between two events, in milliseconds; the last one never waits. */
const SHORTEST_PAUSE_MS = 100;

/**
 * Watches one stream.
 *
 * @param told What does not change from event to event.
 * @param onProgress The user's own; what it throws, or rejects with, is a warning.
 */
function watchStream(
  told: Pick<StreamProgress, "name" | "key" | "from" | "expectedBytes">,
  onProgress: (progress: StreamProgress) => unknown,
): StreamWatch {
  const begun = performance.now();
  let toldAt = -Infinity;
  let bytes = 0;
  let { expectedBytes } = told;
  const warn = (error: unknown): void =>
    warnOnce(
      `progress ${told.name}`,
      `Cannot tell the progress of "${told.name}": onProgress threw ${error}`,
    );
  const tell = (outcome?: StreamOutcome): void => {
    toldAt = performance.now();
    try {
      const answer = onProgress({
        ...told,
        bytes,
        elapsedMs: toldAt - begun,
        expectedBytes,
        done: outcome !== undefined,
        outcome,
      });
      if (answer instanceof Promise) answer.catch(warn);
    } catch (error) {
      warn(error);
    }
  };
  return {
    onBytes(now, size) {
      bytes = now;
      expectedBytes = size ?? expectedBytes;
      if (performance.now() - toldAt >= SHORTEST_PAUSE_MS) tell();
    },
    onEnd: tell,
  };
}

/** Watches a result that is read back, where somebody wants to know. */
export function watchFound(callee: Callee, key: string): StreamWatch | undefined {
  const { onProgress } = callee.options;
  if (onProgress === undefined) return undefined;
  return watchStream({ name: callee.name, key, from: "cache", expectedBytes: undefined }, onProgress);
}

/** Watches a result that is computed; the record that was kept before tells how long it may become. */
export async function watchComputed(
  callee: Callee,
  cache: Cache,
  key: string,
): Promise<StreamWatch | undefined> {
  const { onProgress } = callee.options;
  if (onProgress === undefined) return undefined;
  const expectedBytes = (await lookupRecord(cache, key))?.size;
  return watchStream({ name: callee.name, key, from: "function", expectedBytes }, onProgress);
}
