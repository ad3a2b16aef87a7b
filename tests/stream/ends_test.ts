/** Streamed results at their edges: who joins, leaves or aborts at the very moment when something else happens. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { Cache, CborFile, CompressedStorage, fleche, Memory, type Storage } from "../../mod.ts";
import { FaultyStorage } from "../../src/testing/mod.ts";
import { random } from "../_random.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";
import { WatchedStorage } from "./_watched_storage.ts";

const memory = (values: Storage = new Memory()): Cache => new Cache({ values, calls: new Memory() });

const drain = async (stream: AsyncIterable<Uint8Array>): Promise<number> => {
  let size = 0;
  for await (const chunk of stream) size += chunk.length;
  return size;
};

/** A stream of ten chunks of 100 bytes. */
function tens(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(Array.from({ length: 10 }, (_, at) => new Uint8Array(100).fill(at)));
}

test("who joins while the last reader cancels gets the whole result, whenever it is", async () => {
  for (let steps = 0; steps < 60; steps++) {
    const f = fleche(tens, { name: `joins after ${steps} steps`, cache: memory() });
    const first = (await f()).getReader();
    await first.read();
    const cancelled = first.cancel();
    for (let left = steps; left > 0; left--) await undefined;
    const second = await f();
    assert.equal(await drain(second), 1000, `after ${steps} steps`);
    await cancelled;
  }
});

test("who joins and then another cancels at once gets the whole result, whenever it is", async () => {
  for (let steps = 0; steps < 60; steps++) {
    const f = fleche(tens, { name: `cancels after ${steps} steps`, cache: memory() });
    const first = (await f()).getReader();
    await first.read();
    const second = f();
    for (let left = steps; left > 0; left--) await undefined;
    await first.cancel();
    assert.equal(await drain(await second), 1000, `after ${steps} steps`);
  }
});

test("who joins while the source ends gets the whole result, whenever it is", async () => {
  for (let steps = 0; steps < 120; steps++) {
    let runs = 0;
    const f = fleche(() => (runs++, tens()), { name: `ends after ${steps} steps`, cache: memory() });
    const drained = drain(await f());
    for (let left = 3 * steps; left > 0; left--) await undefined;
    assert.equal(await drain(await f()), 1000, `after ${3 * steps} steps`);
    assert.equal(await drained, 1000);
    assert.equal(runs, 1);
  }
});

test("who gave up waiting for a stream does not keep its source open", { timeout: 5000 }, async () => {
  const given = Promise.withResolvers<void>();
  let isCancelled = false;
  const f = fleche(async (_?: AbortSignal) => {
    await given.promise;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => void (isCancelled = true),
    }, { highWaterMark: 0 });
  }, { name: "gave up waiting", cache: memory(), key: () => 1 });
  const controller = new AbortController();
  const first = f();
  const second = f(controller.signal);
  await new Promise((resolve) => setTimeout(resolve, 5));
  controller.abort(new Error("no patience"));
  await assert.rejects(second, /no patience/);
  given.resolve();
  await (await first).cancel();
  assert.equal(isCancelled, true);
});

test(
  "who comes with a signal that has aborted is rejected, and does not join",
  { timeout: 5000 },
  async () => {
    const given = Promise.withResolvers<void>();
    let isCancelled = false;
    const f = fleche(async (signal?: AbortSignal) => {
      signal?.throwIfAborted();
      await given.promise;
      return new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull: (controller) => controller.enqueue(new Uint8Array(10)),
        cancel: () => void (isCancelled = true),
      }, { highWaterMark: 0 });
    }, { name: "has aborted", cache: memory(), key: () => 1 });
    const first = f();
    const aborted = AbortSignal.abort(new Error("long ago"));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await assert.rejects(f(aborted), /long ago/);
    given.resolve();
    const stream = await first;
    await assert.rejects(f(aborted), /long ago/);
    await stream.cancel();
    assert.equal(isCancelled, true);
  },
);

test(
  "empty byte arrays among items reach every reader once when nothing can be kept",
  { timeout: 5000 },
  async () => {
    const items = [
      new Uint8Array(1),
      new Uint8Array(0),
      new Uint8Array(0),
      "x",
      new Uint8Array(0),
      new Uint8Array(3),
    ];
    const values = new FaultyStorage({
      inner: new Memory(),
      operations: ["write"],
      failAt: 1,
      andAfter: true,
      error: new Error("full"),
    });
    const f = fleche(async function* () {
      for (const item of items) yield await Promise.resolve(item);
    }, { name: "empty items", cache: memory(values) });
    await warningsOf(async () => {
      const [one, two] = await Promise.all([f(), f()]);
      const read = async (stream: AsyncIterable<unknown>, pace: number): Promise<unknown[]> => {
        const got: unknown[] = [];
        for await (const item of stream) {
          got.push(item);
          if (got.length > 10) break;
          for (let left = pace; left > 0; left--) await new Promise((resolve) => setTimeout(resolve, 0));
        }
        return got;
      };
      assert.deepEqual(await Promise.all([read(one, 0), read(two, 2)]), [items, items]);
    });
  },
);

const large = { text: "x".repeat(3_000_000) };

test("an item that is being read when its reader returns is the end, not an error, for a follower", async () => {
  const f = fleche(async function* () {
    for (let at = 0; at < 5; at++) yield await Promise.resolve(large);
  }, { name: "returns meanwhile", cache: memory() });
  const first = await f();
  const second = await f();
  await first.next();
  const pending = second.next();
  await second.return(undefined);
  const { done, value } = await pending;
  assert.ok(done || value === undefined || value.text.length === 3_000_000);
  await first.return(undefined);
});

test("an item that is being read when its reader returns is the end, not an error, on a hit", async () => {
  const f = fleche(async function* () {
    for (let at = 0; at < 5; at++) yield await Promise.resolve(large);
  }, { name: "returns on a hit", cache: memory() });
  await Array.fromAsync(await f());
  for (let steps = 0; steps < 40; steps++) {
    const found = await f();
    const pending = found.next();
    for (let left = steps; left > 0; left--) await undefined;
    await found.return(undefined);
    await pending;
  }
});

test("a follower whose signal aborts while it reads a large item gets the signal's reason", async () => {
  for (let steps = 0; steps < 40; steps += 2) {
    const f = fleche(async function* (_?: AbortSignal) {
      for (let at = 0; at < 5; at++) yield await Promise.resolve(large);
    }, { name: `aborts after ${steps} steps`, cache: memory(), key: () => 1 });
    const controller = new AbortController();
    const first = await f();
    const second = await f(controller.signal);
    await first.next();
    const outcome = Array.fromAsync(second);
    for (let left = steps; left > 0; left--) await undefined;
    controller.abort(new Error("only me"));
    await assert.rejects(outcome, /only me/, `after ${steps} steps`);
    await first.return(undefined);
  }
});

test("a result that cannot even be begun is given as it is, and its draft is abandoned", async () => {
  const inner = new Memory();
  let open = 0;
  const values = Object.assign(Object.create(inner) as Memory, {
    draft: async () => {
      const draft = await inner.draft();
      open++;
      const abandon = draft.abandon.bind(draft);
      return Object.assign(draft, { abandon: () => (open--, abandon()) });
    },
    small: inner.small,
    watch: undefined,
  });
  const broken = {
    [Symbol.asyncIterator]: (): AsyncIterator<number> => {
      throw new RangeError("cannot begin");
    },
  };
  const f = fleche(() => broken, { name: "cannot begin", cache: memory(values) });
  let result: unknown;
  await warningsOf(async () => result = await f());
  assert.equal(result, broken);
  assert.equal(open, 0);
});

test("a reader that is behind loses no item when the storage fails", async () => {
  const values = new FaultyStorage({
    inner: new Memory(),
    operations: ["write"],
    failAt: 4,
    error: new Error("full"),
  });
  const f = fleche(async function* () {
    for (let at = 0; at < 6; at++) yield await Promise.resolve({ at });
  }, { name: "behind when it fails", cache: memory(values), stream: { spool: true } });
  await warningsOf(async () => {
    const items = await f();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const got = await Array.fromAsync(items, ({ at }) => at);
    assert.deepEqual(got, [0, 1, 2, 3, 4, 5]);
  });
});

test("who reads while the entry is being opened for him gets each byte once", async () => {
  const inner = new Memory();
  const opening = Promise.withResolvers<void>();
  const slow = Object.assign(Object.create(inner) as Memory, {
    watch: undefined,
    draft: () => inner.draft(),
    get: async (key: string) => {
      opening.resolve();
      await new Promise((resolve) => setTimeout(resolve, 5));
      return await inner.get(key);
    },
  });
  const bytes = new Uint8Array(3_000_000).map((_, at) => at >> 8);
  const f = fleche(() => new Blob([bytes]).stream(), {
    name: "opened for him",
    cache: memory(slow),
    stream: { spool: true },
  });
  const streams = await Promise.all([f(), f(), f()]);
  await opening.promise;
  await Promise.all(streams.map(async (stream) => {
    let at = 0;
    for await (const chunk of stream) {
      assert.equal(Buffer.compare(chunk, bytes.subarray(at, at += chunk.length)), 0);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.equal(at, bytes.length);
  }));
});

test("a source that never answers again does not hold the draft of a stream that everybody has cancelled", {
  timeout: 5000,
}, async () => {
  const values = new WatchedStorage(new Memory(), undefined);
  const f = fleche(async function* () {
    yield 1;
    await new Promise<never>(() => {});
  }, { name: "never again", cache: memory(values) });
  const items = await f();
  assert.deepEqual(await items.next(), { done: false, value: 1 });
  const next = items.next();
  for (let left = 20; left > 0; left--) await undefined; // The source is asked, and does not answer.
  assert.equal(values.openDrafts, 1);
  void items.return(undefined);
  assert.deepEqual(await next, { done: true, value: undefined });
  for (let left = 20; left > 0; left--) await undefined;
  assert.equal(values.openDrafts, 0);
});

for (const compressed of [false, true]) {
  const kind = compressed ? "compressed files" : "files";
  const open = (root: string): Storage => {
    const inner = new CborFile({ root });
    return compressed ? new CompressedStorage({ compression: "gzip", inner }) : inner;
  };
  const next = random(1);
  const bytes = new Uint8Array(3_000_000).map(() => next() * 256);
  const large = () => new Blob([bytes]).stream();

  test(`a found stream in ${kind} is given to its end when its entry is removed before anybody reads`, () =>
    withTemporaryDirectory(async (root) => {
      const values = open(root);
      const f = fleche(large, { name: `removed ${kind}`, cache: memory(values) });
      assert.equal(await drain(await f()), 3_000_000);
      const found = await f();
      for await (const key of values.keys()) await values.delete(key);
      assert.equal(await drain(found), 3_000_000);
      assert.equal(await drain(await f()), 3_000_000, "computed again");
    }));

  test(`a stream in ${kind} whose entry is removed after it was found is computed, without a warning`, () =>
    withTemporaryDirectory(async (root) => {
      const values = open(root);
      const get = values.get.bind(values);
      let isRemoving = false;
      values.get = async (key, options) => {
        const body = await get(key, options);
        if (isRemoving) await values.delete(key);
        return body;
      };
      let runs = 0;
      const f = fleche(() => (runs++, large()), { name: `gone ${kind}`, cache: memory(values) });
      await drain(await f());
      isRemoving = true;
      const warnings = await warningsOf(async () => assert.equal(await drain(await f()), 3_000_000));
      assert.deepEqual(warnings, []);
      assert.equal(runs, 2);
    }));
}
