/** `onProgress`: what is told of a stream, and when. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, fleche, Memory, type StreamProgress } from "../../mod.ts";
import { warningsOf } from "../_warnings.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory() });
const drain = async (stream: AsyncIterable<unknown>): Promise<void> => void await Array.fromAsync(stream);
const chunks = (count: number, size: number) =>
  ReadableStream.from(Array.from({ length: count }, () => new Uint8Array(size)));

function watched(options: { readonly fails?: boolean } = {}) {
  const events: StreamProgress[] = [];
  const f = fleche((count: number) => {
    if (!options.fails) return chunks(count, 1000);
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(new Uint8Array(1000)),
      pull: (controller) => controller.error(new Error("half way")),
    });
  }, { name: "watched", cache: memory(), onProgress: (event) => void events.push(event) });
  return { f, events };
}

test("onProgress is told at the beginning and, once and last, at the end", async () => {
  const { f, events } = watched();
  await drain(await f(5000));
  assert.equal(events.filter(({ done }) => done).length, 1);
  const last = events.at(-1);
  assert.deepEqual({ ...last, elapsedMs: 0 }, {
    name: "watched",
    key: await f.digest(5000),
    from: "function",
    bytes: 5_000_000,
    elapsedMs: 0,
    expectedBytes: undefined,
    done: true,
    outcome: "complete",
  });
  for (const [at, event] of events.slice(1).entries()) {
    const before = events[at] ?? event;
    assert.ok(event.bytes >= before.bytes && event.elapsedMs >= before.elapsedMs);
  }
});

test("onProgress is told at most ten times a second", async () => {
  const { f, events } = watched();
  const begun = performance.now();
  await drain(await f(20_000));
  const tenths = (performance.now() - begun) / 100;
  assert.ok(events.length <= tenths + 2, `${events.length} events in ${tenths} tenths of a second`);
});

test("onProgress of a hit knows the size, that of a rerun the size of the last record", async () => {
  const { f, events } = watched();
  await drain(await f(3));
  events.length = 0;
  await drain(await f(3));
  assert.deepEqual(
    events.map(({ from, expectedBytes }) => [from, expectedBytes]),
    events.map(() => ["cache", 3000]),
  );
  assert.equal(events.at(-1)?.bytes, 3000);
  events.length = 0;
  await drain(await f.rerun(3));
  assert.ok(events.every(({ from, expectedBytes }) => from === "function" && expectedBytes === 3000));
});

test("onProgress is told the end of a stream that fails, and of one that is cancelled, on a miss and on a hit", async () => {
  const failing = watched({ fails: true });
  await assert.rejects(async () => await drain(await failing.f(1)), /half way/);
  const outcomes = (events: readonly StreamProgress[]) =>
    events.filter(({ done }) => done).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes(failing.events), ["failed"]);
  const { f, events } = watched();
  await (await f(3)).cancel();
  assert.deepEqual(outcomes(events), ["cancelled"]);
  await drain(await f(3));
  events.length = 0;
  await (await f(3)).cancel();
  assert.deepEqual(outcomes(events), ["cancelled"]);
  await drain(await f(3));
  assert.equal(outcomes(events).at(-1), "complete");
});

test("what onProgress throws is a warning, and the stream goes on", async () => {
  const f = fleche(() => chunks(3, 1000), {
    name: "progress that throws",
    cache: memory(),
    onProgress: () => {
      throw new RangeError("boom");
    },
  });
  const warnings = await warningsOf(async () => await drain(await f()));
  assert.match(warnings.join(), /Cannot tell the progress of "progress that throws": .*boom/);
  assert.equal(warnings.length, 1);
  assert.equal(await f.contains(), true);
});

test("what an async onProgress rejects with is the same warning, and nobody's unhandled rejection", async () => {
  const f = fleche(() => chunks(3, 1000), {
    name: "progress that rejects",
    cache: memory(),
    onProgress: async () => await Promise.reject(new RangeError("boom")),
  });
  const warnings = await warningsOf(async () => {
    await drain(await f());
    await new Promise((resolve) => setTimeout(resolve));
  });
  assert.match(warnings.join(), /Cannot tell the progress of "progress that rejects": .*boom/);
  assert.equal(warnings.length, 1);
});
