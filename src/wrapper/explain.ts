/**
 * Whether a call would be a hit, and why not: what `f.fleche.explain(...)` gives. Runs nothing.
 *
 * @module
 */

import { builtin } from "../_runtime.ts";
import type { Cache } from "../cache/cache.ts";
import { lookup, lookupRecord, type Miss } from "../cache/lookup.ts";
import {
  type KeyDifference,
  type KeyedArgument,
  type NearestCall,
  nearestCall,
} from "../cache/nearest_call.ts";
import { isSmall } from "../call/inline_arguments.ts";
import type { CallRecord } from "../call/record.ts";
import type { CallMissReason, StoragePart } from "../events/types.ts";
import type { Active } from "../scope/active.ts";
import { VoidStorage } from "../storage/void_storage.ts";
import { signalsOf } from "../stream/signals.ts";
import { discardStream, isStream } from "../stream/stream_kind.ts";
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
    message: sentence(callee.name, miss),
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
    const since = record === undefined ? "" : ` since ${timeOf(record)}`;
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

function timeOf({ time }: { readonly time: number }): string {
  return Number.isFinite(time) ? new Date(time * 1000).toISOString() : "an unknown time";
}

const STATES: Readonly<Record<Exclude<CallMissReason, "uncached" | "refresh">, string>> = {
  absent: "is not there",
  damaged: "is damaged",
  version: "is of another format version",
  refused: "is not signed with a known key",
  unavailable: "cannot be read",
};

function sentence(name: string, miss: Omit<ExplainedMiss, "hit" | "message">): string {
  const { reason, key, part, cause, nearest } = miss;
  const because = cause === undefined ? "" : `: ${cause instanceof Error ? cause.message : String(cause)}`;
  if (reason === "uncached") {
    return `A call of "${name}" would run uncached${because || ": its cache keeps nothing"}`;
  }
  if (reason === "refresh") {
    return `A call of "${name}" would run its function, whatever is kept: it is told to`;
  }
  const begin = `A call of "${name}" would be a miss: `;
  if (reason !== "absent" || part === "values") {
    return `${begin}its ${part === "values" ? "value" : "record"} ${STATES[reason]} (key ${key})${because}`;
  }
  const others = nearest === undefined
    ? "no other call of that name is"
    : `the nearest call that is, of ${timeOf(nearest)}, differs in ${
      listOf(nearest.differs.map(differenceText))
    }`;
  return `${begin}nothing is kept under its key (${key}); ${others}`;
}

function listOf(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

function differenceText(difference: KeyDifference): string {
  switch (difference.part) {
    case "argument": {
      const { name, given, stored } = difference;
      return `argument "${name}" (${argumentText(stored)} there, ${argumentText(given)} here)`;
    }
    case "order":
      return `the order of its parameters (${difference.stored.join(", ")} there, ${
        difference.given.join(", ")
      } here)`;
    case "code":
      return "the function's code";
    default:
      return `${difference.part} (${partText(difference.stored)} there, ${partText(difference.given)} here)`;
  }
}

function partText(part: string | number | undefined): string {
  return part === undefined ? "none" : textOf(part);
}

function argumentText(argument: KeyedArgument | undefined): string {
  if (argument === undefined) return "none";
  const { digest, value } = argument;
  const isText = "value" in argument && (typeof value !== "object" || isSmall(value));
  return isText ? textOf(value) : `digest ${digest.slice(0, 8)}…`;
}

/** A value on part of a line. Calls nothing of the value's own. */
function textOf(value: unknown): string {
  const { inspect } = builtin("node:util");
  const text = inspect(value, {
    customInspect: false,
    depth: 2,
    breakLength: Infinity,
    maxArrayLength: 8,
    maxStringLength: 60,
  });
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
