/**
 * When a call ran and what it took. The default chain has it, so that it stays cheap: two clocks and one system call.
 *
 * @module
 */

import { nodeProcess } from "../_runtime.ts";
import type { JsonObject, Metadata } from "./types.ts";

/** What `before` hands to `after`; a type of its own so that nothing is read back from untyped JSON. */
type Start = {
  readonly timestart: number;
  readonly monotonicMs: number;
  readonly user: number | null;
  readonly system: number | null;
};

/**
 * Records when the function ran and what time it took, in the namespace `runtime`.
 *
 * | field | is |
 * | --- | --- |
 * | `timestart`, `timestop` | wall clock at the start and at the end, in seconds since 1970 (UTC), with fractions |
 * | `walltime` | seconds between the two by the monotonic clock: right even when the wall clock was set meanwhile |
 * | `cputime`, `systime` | seconds of processor time in user and in system mode, `null` where the runtime cannot tell |
 *
 * Processor time is that of the whole process without its children: it counts whatever else ran between start and
 * end, and calls that overlap count each other. Needs no permission. Names and units are those of Python's fleche.
 *
 * @example Keep what a call took
 * ```ts
 * import { Runtime } from "@fleche/fleche";
 *
 * const runtime = new Runtime();
 * const started = runtime.before();
 * const { walltime } = runtime.after(started);
 * console.assert(typeof walltime === "number" && walltime >= 0);
 * ```
 */
export class Runtime implements Metadata {
  /** Always `"runtime"`. */
  readonly name: "runtime" = "runtime";

  /**
   * Takes the start of a call.
   *
   * @returns Clocks and processor time, for {@linkcode Runtime.after}.
   */
  before(): JsonObject {
    // Processor time first: its first reading loads Node's `process`, which is no part of the call.
    const { user, system } = processorTime();
    const start: Start = { timestart: Date.now() / 1000, monotonicMs: performance.now(), user, system };
    return start;
  }

  /**
   * Takes the end of a call.
   *
   * @param before What {@linkcode Runtime.before} returned.
   * @returns The entry.
   */
  after(before: JsonObject): JsonObject {
    const stopMs = performance.now();
    const { user, system } = processorTime();
    return {
      timestart: before["timestart"] ?? null,
      timestop: Date.now() / 1000,
      walltime: elapsed(before["monotonicMs"], stopMs, 1000),
      cputime: elapsed(before["user"], user, 1_000_000),
      systime: elapsed(before["system"], system, 1_000_000),
    };
  }
}

function elapsed(start: unknown, stop: number | null, perSecond: number): number | null {
  // Never negative: some systems let processor time step back by a tick when they rebalance it.
  return typeof start === "number" && stop !== null ? Math.max(0, stop - start) / perSecond : null;
}

/** Processor time of the process so far, in microseconds. */
function processorTime(): { user: number | null; system: number | null } {
  try {
    return nodeProcess().cpuUsage();
  } catch {
    return { user: null, system: null };
  }
}
