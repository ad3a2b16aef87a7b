/**
 * Random schedules of one streamed call: sources that fail, readers that join late, lag and cancel, storages that fail. What
 * may come of each is known beforehand; whatever else comes is a fault.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Cache, fleche, type Storage } from "../../mod.ts";
import { FaultyStorage } from "../../src/testing/mod.ts";
import { setImmediate } from "node:timers";
import { random } from "../_random.ts";
import { warningsOf } from "../_warnings.ts";

/** What one schedule does. */
export interface Schedule {
  readonly seed: number;
  /** Sizes of the chunks, in bytes. */
  readonly chunks: readonly number[];
  /** Which chunk the source fails instead of giving; `undefined` when it does not. */
  readonly failsAt: number | undefined;
  /** Whether the stream is a byte stream or an async generator of byte arrays. */
  readonly isGenerator: boolean;
  readonly onCancel: "abort" | "finish";
  readonly spool: boolean;
  /** Which operation of the values storage fails: the n-th of its kind; `undefined` when none does. */
  readonly fault: { readonly operation: "draft" | "write" | "finish"; readonly at: number } | undefined;
  readonly readers: readonly Reader[];
}

interface Reader {
  /** How many turns of the event loop it waits before it calls. */
  readonly joinsAfter: number;
  /** How many turns it waits between two chunks, at most. */
  readonly pace: number;
  /** After how many chunks it cancels; `undefined` when it reads to the end. */
  readonly cancelsAfter: number | undefined;
  /** Whether it brings its own memory. */
  readonly isByob: boolean;
}

/** The schedule of a seed. */
export function scheduleOf(seed: number): Schedule {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const sometimes = (chance: number): boolean => next() < chance;
  const sizes = [1, 7, 1000, 4096, 65_536, 262_144, 262_145, 700_000];
  const chunks = Array.from({ length: below(14) }, () => sizes[below(sizes.length)] ?? 1);
  const isGenerator = sometimes(0.3);
  const operations = ["draft", "write", "finish"] as const;
  return {
    seed,
    chunks,
    failsAt: sometimes(0.25) ? below(chunks.length + 1) : undefined,
    isGenerator,
    onCancel: sometimes(0.5) ? "abort" : "finish",
    spool: sometimes(0.4),
    fault: sometimes(0.25) ? { operation: operations[below(3)] ?? "write", at: 1 + below(4) } : undefined,
    readers: Array.from({ length: 1 + below(6) }, () => ({
      joinsAfter: sometimes(0.5) ? 0 : below(40),
      pace: below(4),
      cancelsAfter: sometimes(0.3) ? below(chunks.length + 1) : undefined,
      isByob: !isGenerator && sometimes(0.3),
    })),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The bytes of chunk `index`: no two alike. */
function chunkOf({ chunks, seed }: Schedule, index: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(chunks[index] ?? 0);
  for (let at = 0; at < chunk.length; at++) chunk[at] = seed + 31 * index + at * 7 + (at >> 8);
  return chunk;
}

const failure = new Error("the source failed");

/** What became of one execution. */
interface Execution {
  given: number;
  ended: "unread" | "open" | "done" | "failed" | "cancelled";
}

/** Runs a schedule over a storage and checks all that came of it. */
export async function runSchedule(schedule: Schedule, open: () => Storage): Promise<void> {
  const { chunks, failsAt, isGenerator, onCancel, spool, fault, readers, seed } = schedule;
  const inner = open();
  const values = fault === undefined ? inner : new FaultyStorage({
    inner,
    failAt: fault.at,
    operations: [fault.operation],
    error: Object.assign(new Error("No space left on device"), { code: "ENOSPC" }),
  });
  const cache = new Cache({ values, calls: open() });
  const executions: Execution[] = [];
  const expected = chunks.map((_, index) => chunkOf(schedule, index));
  const whole = joined(expected);
  const pauses = random(seed + 1);
  async function* generate(execution: Execution): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    execution.ended = "open";
    try {
      for (let index = 0; index <= chunks.length; index++) {
        if (pauses() < 0.3) await turn();
        if (index === failsAt) {
          execution.ended = "failed";
          throw failure;
        }
        if (index === chunks.length) break;
        execution.given++;
        yield new Uint8Array(expected[index] ?? []);
      }
      execution.ended = "done";
    } finally {
      if (execution.ended === "open") execution.ended = "cancelled";
    }
  }
  const source = (_: number): unknown => {
    const execution: Execution = { given: 0, ended: "unread" };
    executions.push(execution);
    const items = generate(execution);
    return isGenerator ? items : ReadableStream.from(items);
  };
  const cached = fleche(source, { name: `scheduled ${seed}`, cache, stream: { onCancel, spool } });

  const outcomes = await warned(fault !== undefined, () =>
    Promise.all(readers.map(async (reader) => {
      for (let left = reader.joinsAfter; left > 0; left--) await turn();
      const stream = await cached(seed) as AsyncIterable<Uint8Array>;
      // Where no draft can be begun, the source itself is what comes back.
      const isByob = reader.isByob && fault?.operation !== "draft";
      return await read(stream, { ...reader, isByob }, random(seed + 2));
    })));

  for (const { bytes, end } of outcomes) {
    const isPrefix = bytes.length <= whole.length && equal(bytes, whole.subarray(0, bytes.length));
    assert.ok(isPrefix, `wrong bytes were delivered (${bytes.length} of ${whole.length}, ${end})`);
    if (end === "done") assert.equal(bytes.length, whole.length, "a result ended too early");
    if (failsAt === undefined) assert.notEqual(end, "failed");
  }
  // Whatever runs in the background has ended once nothing changes any more.
  for (let quiet = 0, last = -1; quiet < 10; quiet++) {
    await turn();
    const given = executions.reduce((sum, each) => sum + each.given, 0);
    if (given !== last) quiet = 0;
    last = given;
  }
  for (const execution of executions) assert.notEqual(execution.ended, "open", "a source was left open");
  const isKept = await cached.contains(seed);
  const isWhole = outcomes.some(({ end }) => end === "done");
  if (isWhole && fault === undefined) assert.ok(isKept, "what was read to its end is kept");
  if (isKept) assert.ok(executions.some(({ ended }) => ended === "done"), "what is kept ended well");
  // Each execution but the last ended without a result: it failed, or everybody had cancelled.
  const isCancelled = outcomes.some(({ end }) => end !== "done");
  if (!isCancelled && fault === undefined) assert.equal(executions.length, 1, "one execution was enough");
  if (!isKept) return assert.deepEqual(await Array.fromAsync(inner.keys()), [], "a part was kept");
  const ran = executions.length;
  const all = { joinsAfter: 0, pace: 0, cancelsAfter: undefined, isByob: false };
  const hit = await read(await cached(seed) as AsyncIterable<Uint8Array>, all, () => 0);
  assert.equal(executions.length, ran, "what is kept is a hit");
  assert.ok(hit.end === "done" && equal(hit.bytes, whole), "a hit gave something else");
}

async function warned<T>(expected: boolean, body: () => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined;
  const warnings = await warningsOf(async () => {
    result = { value: await body() };
  });
  if (!expected) assert.deepEqual(warnings, []);
  assert.ok(result !== undefined);
  return result.value;
}

async function read(
  stream: AsyncIterable<Uint8Array>,
  { pace, cancelsAfter, isByob }: Reader,
  next: () => number,
): Promise<{ bytes: Uint8Array; end: "done" | "failed" | "cancelled" }> {
  const parts: Uint8Array[] = [];
  const pull = puller(stream, isByob);
  try {
    for (let count = 0; count !== cancelsAfter; count++) {
      for (let left = Math.floor(next() * (pace + 1)); left > 0; left--) await turn();
      const part = await pull.next();
      if (part === undefined) return { bytes: joined(parts), end: "done" };
      parts.push(part);
    }
    await pull.cancel();
    return { bytes: joined(parts), end: "cancelled" };
  } catch (error) {
    assert.equal(error, failure);
    return { bytes: joined(parts), end: "failed" };
  }
}

interface Puller {
  next(): Promise<Uint8Array | undefined>;
  cancel(): Promise<unknown>;
}

function puller(stream: AsyncIterable<Uint8Array>, isByob: boolean): Puller {
  if (!(stream instanceof ReadableStream)) {
    const iterator = stream[Symbol.asyncIterator]();
    return {
      next: async () => (await iterator.next()).value,
      cancel: async () => await iterator.return?.(),
    };
  }
  if (!isByob) {
    const reader = stream.getReader();
    return { next: async () => (await reader.read()).value, cancel: () => reader.cancel() };
  }
  const reader = stream.getReader({ mode: "byob" });
  return {
    async next() {
      const { done, value } = await reader.read(new Uint8Array(50_000));
      return done ? undefined : value;
    },
    cancel: () => reader.cancel(),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
