/**
 * Whether a call would be a hit, and why not: what `f.fleche.explain(...)` gives. Runs nothing.
 *
 * @module
 */

import type { Cache } from "../cache/cache.ts";
import { lookup, lookupRecord, type Miss } from "../cache/lookup.ts";
import { type NearestCall, nearestCall } from "../cache/nearest_call.ts";
import type { CallRecord } from "../call/record.ts";
import type { CallMissReason, StoragePart } from "../events/types.ts";
import type { Active } from "../scope/active.ts";
import { VoidStorage } from "../storage/void_storage.ts";
import { signalsOf } from "../stream/signals.ts";
import { discardStream, isStream } from "../stream/stream_kind.ts";
import { missText, timeText } from "./_explanation_text.ts";
import { type Callee, type PreparedCall, toCall } from "./callee.ts";

/** The call would be a hit. */
export interface ExplainedHit {
  /** Tells the two apart. */
  readonly hit: true;
  /** Its key. */
  readonly key: string;
  /** What is kept of it beside the value; `undefined` when that went while it was looked at. */
  readonly record: CallRecord | undefined;
  /** The same as a sentence, for people. */
  readonly message: string;
}

/** The call would run its function. */
export interface ExplainedMiss {
  /** Tells the two apart. */
  readonly hit: false;
  /** Its key; `undefined` where it has none. */
  readonly key: string | undefined;
  /** Why it would. */
  readonly reason: CallMissReason;
  /** Which of its entries is not there, or cannot be given: its record in `"calls"`, or its value in `"values"`. */
  readonly part?: StoragePart;
  /**
   * The error behind it, where there is one: a `DigestError` tells by `path` and `reason` which argument cannot be
   * part of a key.
   */
  readonly cause?: unknown;
  /** Where nothing is kept under its key: the nearest call of that name that is kept. */
  readonly nearest?: NearestCall;
  /** All of it as a sentence, for people. */
  readonly message: string;
}

/** Whether a call would be a hit, and why not. */
export type Explanation = ExplainedHit | ExplainedMiss;

/** What is explained. */
export interface ExplainedCall {
  readonly callee: Callee;
  readonly active: Active;
  /** Works out the key; rejects where the call has none. */
  readonly prepare: () => Promise<PreparedCall>;
  readonly args: readonly unknown[];
}

/**
 * Explains a call: reads what the call itself would read, and where nothing is kept compares the key with those of all calls of
 * that name.
 *
 * @throws (rejects) The reason of a signal among the arguments, and what listing the calls fails with.
 */
export async function explain({ callee, active, prepare, args }: ExplainedCall): Promise<Explanation> {
  const { cache } = active;
  const told = (miss: Omit<ExplainedMiss, "hit" | "message">): ExplainedMiss => ({
    hit: false,
    ...miss,
    message: missText(callee.name, miss),
  });
  if (cache.values instanceof VoidStorage) return told({ key: undefined, reason: "uncached" });
  let prepared: PreparedCall;
  try {
    prepared = await prepare();
  } catch (cause) {
    return told({ key: undefined, reason: "uncached", cause });
  }
  const { key } = prepared;
  if (active.refresh) return told({ key, reason: "refresh" });

  const found = await lookup(cache, key);
  if (found.hit) {
    if (isStream(found.value)) await discardStream(found.value);
    const record = await lookupRecord(cache, key);
    const since = record === undefined ? "" : ` since ${timeText(record.time)}`;
    const message = `A call of "${callee.name}" would be a hit: its result is kept${since} (key ${key})`;
    return { hit: true, key, record, message };
  }
  return told({ key, ...await whyMissed(cache, prepared, { found, args }) });
}

async function whyMissed(
  cache: Cache,
  prepared: PreparedCall,
  { found, args }: { readonly found: Miss; readonly args: readonly unknown[] },
): Promise<Omit<ExplainedMiss, "hit" | "message" | "key">> {
  const { hit: _, ...why } = found;
  if (why.reason !== "absent" || why.part !== "calls") return why;
  const signals = [...signalsOf(args)];
  const nearest = await nearestCall(cache, toCall(prepared), {
    values: new Map(prepared.bound),
    signal: signals.length === 0 ? undefined : AbortSignal.any(signals),
  });
  return nearest === undefined ? why : { ...why, nearest };
}
