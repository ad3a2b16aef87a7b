/**
 * A miss: the function runs, and what it gives is kept.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import { type Description, keep } from "../cache/keep.ts";
import { inlineArguments } from "../call/inline_arguments.ts";
import { finishMetadata, startMetadata } from "../metadata/collect.ts";
import { type Active, runDescribing } from "../scope/active.ts";
import { discardStream, isBlob, isStream } from "../stream/stream_kind.ts";
import type { CallEvents } from "./call_events.ts";
import { type Callee, type PreparedCall, toCall } from "./callee.ts";
import type { Flight } from "./flights.ts";
import { watchComputed } from "./progress.ts";
import { argumentsChanged, metadataFailed, resultNotKept } from "./report.ts";

/** A call whose key is known. */
export interface Trip {
  /** Who is called. */
  readonly callee: Callee;
  /** Under what. */
  readonly active: Active;
  /** On whom. */
  readonly receiver: unknown;
  /** With what. */
  readonly args: readonly unknown[];
  /** The same, digested. */
  readonly prepared: PreparedCall;
  /** Told what becomes of it. */
  readonly events: CallEvents;
}

/**
 * Runs the function and keeps its result.
 *
 * @param flight Told when the result is kept, or is a stream that others can follow.
 */
export async function compute(trip: Trip, flight?: Flight): Promise<unknown> {
  const { callee, active, receiver, args, prepared, events } = trip;
  const { cache } = active;
  const call = toCall(prepared);
  const inline = await inlineArguments(prepared.bound);
  const chain = active.isDescribing ? [] : [...active.metadata(), ...callee.options.metadata ?? []];
  const started = await runDescribing(chain, () => startMetadata(chain, call, metadataFailed(callee, cache)));

  const watch = await watchComputed(callee, cache, call.key);

  // The caller may have changed them since the key was made: what the function sees is then another call's. Nothing may be
  // waited for between this and the function.
  if (!callee.isUnchanged(prepared, receiver, args)) {
    argumentsChanged(callee, cache);
    return await events.runUncached(receiver, args);
  }
  const begun = performance.now();
  let result: unknown;
  try {
    result = await callee.run(receiver, args);
  } catch (error) {
    events.miss({ runMs: performance.now() - begun, failed: true });
    throw error;
  }
  const answered = performance.now();
  const runMs = answered - begun;
  const describe = async (elapsedMs: number): Promise<Description> => {
    const metadata = await runDescribing(chain, () => finishMetadata(started, metadataFailed(callee, cache)));
    return { inline, elapsed: elapsedMs / 1000, metadata };
  };

  const unkept = (error: unknown): void => resultNotKept(callee, cache, error);
  try {
    const wanted = await callee.options.cacheIf?.(result as never) ?? true;
    events.miss(wanted ? { runMs } : { runMs, reason: "uncached" });
    if (!wanted) return result;
    if (isStream(result)) {
      const { stream } = callee.options;
      const { recordResult } = await loadCode(() => import("./record_result.ts"));
      return await recordResult(result, {
        ...stream,
        cache,
        call,
        flight,
        watch,
        describe: () => describe(performance.now() - begun),
        kept: (kept) => events.put(kept, answered),
        unkept,
      });
    }
    if (isBlob(result)) {
      const { keepBlob } = await loadCode(() => import("../cache/keep_stream.ts"));
      events.put(await keepBlob(cache, call, result, await describe(runMs)), answered);
    } else {
      events.put(await keep(cache, call, result, await describe(runMs)), answered);
    }
    flight?.land("kept");
  } catch (error) {
    try {
      unkept(error);
      // Not told yet when cacheIf threw.
      events.miss({ runMs });
    } catch (refusal) {
      events.miss({ runMs, failed: true });
      // Nobody is given it.
      if (isStream(result)) await discardStream(result);
      throw refusal;
    }
  }
  return result;
}
