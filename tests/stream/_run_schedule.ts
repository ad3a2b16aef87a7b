/** Runs a schedule over storages. What may come of it is known beforehand; whatever else comes is a fault. */
import assert from "node:assert/strict";
import { Cache, fleche, type Storage } from "../../mod.ts";
import { FaultyStorage } from "../../src/testing/mod.ts";
import { random } from "../_random.ts";
import { warningsOf } from "../_warnings.ts";
import type { Schedule } from "./_schedule.ts";
import { Aborted, type End, failure, pieceOf, readResult, turn } from "./_schedule_reader.ts";
import { WatchedStorage } from "./_watched_storage.ts";

/** Longest that what runs in the background may take to end, in milliseconds. */
const LONGEST_MS = 10_000;

/** What became of one execution. */
interface Execution {
  ended: "unread" | "open" | "done" | "failed" | "cancelled";
}

/** Runs a schedule and checks all that comes of it. */
export async function runSchedule(
  schedule: Schedule,
  open: (role: "values" | "calls") => Storage,
): Promise<void> {
  const { chunks, failsAt, kind, onCancel, spool, slowness, fault, readers, seed } = schedule;
  const pauses = random(seed + 1);
  const wait = async (turns: number): Promise<void> => {
    for (let left = turns; left > 0; left--) await turn();
  };
  const slow = slowness === 0 ? undefined : () => wait(Math.floor(pauses() * (slowness + 1)));
  const inner = open("values");
  const watched = new WatchedStorage(inner, slow);
  const watchedCalls = new WatchedStorage(open("calls"), slow);
  const isOfValues = fault !== undefined && fault.operation !== "record";
  const cache = new Cache({
    values: isOfValues ? faulty(watched, fault.operation, fault.at) : watched,
    calls: fault?.operation === "record" ? faulty(watchedCalls, "put", 1) : watchedCalls,
  });

  const executions: Execution[] = [];
  async function* generate(execution: Execution, signal: AbortSignal | undefined): AsyncGenerator<unknown> {
    execution.ended = "open";
    try {
      for (let index = 0; index <= chunks.length; index++) {
        if (pauses() < 0.3) await turn();
        signal?.throwIfAborted();
        if (index === failsAt) throw failure;
        if (index < chunks.length) yield pieceOf(schedule, index);
      }
      execution.ended = "done";
    } catch (error) {
      execution.ended = "failed";
      throw error;
    } finally {
      if (execution.ended === "open") execution.ended = "cancelled";
    }
  }
  const source = async (signal?: AbortSignal): Promise<unknown> => {
    await wait(schedule.startsAfter);
    signal?.throwIfAborted();
    const execution: Execution = { ended: "unread" };
    executions.push(execution);
    const pieces = generate(execution, signal);
    if (kind === "byte arrays" || kind === "items") return pieces;
    const stream = ReadableStream.from(pieces);
    return kind === "response" ? new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>) : stream;
  };
  const cached = fleche(source, {
    name: `scheduled ${seed}`,
    cache,
    key: () => seed,
    stream: { onCancel, spool },
  });

  const lasts = readers.map(() => Promise.withResolvers<void>());
  let ends: readonly End[] = [];
  const warnings = await warningsOf(async () => {
    ends = await Promise.all(readers.map(async (reader, index) => {
      await wait(reader.joinsAfter);
      if (reader.joinsWith !== undefined) await lasts[reader.joinsWith]?.promise;
      for (let left = reader.steps; left > 0; left--) await undefined;
      const controller = reader.abortsAfter === undefined ? undefined : new AbortController();
      const aborting = wait(reader.abortsAfter ?? 0).then(() => controller?.abort(new Aborted()));
      // Where no draft can be begun, the source itself is what comes back.
      const isByob = reader.isByob && fault?.operation !== "draft";
      const end = await readResult(cached(controller?.signal), { ...reader, isByob }, {
        schedule,
        next: random(seed + 2),
        onLast: lasts[index]?.resolve ?? (() => {}),
      });
      await aborting;
      return end;
    }));
    await settled(() => {
      const busy = watched.openDrafts + watched.pending + watchedCalls.pending;
      return busy === 0 && executions.every(({ ended }) => ended !== "open");
    });
  });
  if (fault === undefined) assert.deepEqual(warnings, []);

  if (failsAt === undefined) assert.ok(!ends.includes("failed"), "a failure from nowhere");
  if (readers.every(({ abortsAfter }) => abortsAfter === undefined)) {
    assert.ok(!ends.includes("aborted"), "a reason from nowhere");
  }
  const isKept = await cached.contains();
  if (ends.includes("done") && fault === undefined) assert.ok(isKept, "what was read to its end is kept");
  if (isKept) assert.ok(executions.some(({ ended }) => ended === "done"), "what is kept ended well");
  // Each execution but the last ended without a result: it failed, or everybody had cancelled.
  if (ends.every((end) => end === "done") && fault === undefined) {
    assert.equal(executions.length, 1, "one execution was enough");
  }
  if (isKept) {
    const ran = executions.length;
    const all = { pace: 0, stopsAfter: undefined, throws: false, isByob: false };
    assert.equal(await readResult(cached(), all, { schedule, next: () => 0 }), "done", "a hit");
    assert.equal(executions.length, ran, "what is kept is a hit");
  } else if (fault?.operation !== "record") {
    assert.deepEqual(await Array.fromAsync(inner.keys()), [], "a part was kept");
  }
  await cache[Symbol.asyncDispose]();
}

function faulty(inner: Storage, operation: "draft" | "write" | "finish" | "put", failAt: number): Storage {
  const error = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  return new FaultyStorage({ inner, failAt, operations: [operation], error });
}

/** Waits until something holds for some turns on end: whatever runs in the background has ended then. */
async function settled(holds: () => boolean): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  for (let quiet = 0; quiet < 10;) {
    await turn();
    quiet = holds() ? quiet + 1 : 0;
    assert.ok(performance.now() < until, "a source or a draft was left open");
  }
}
