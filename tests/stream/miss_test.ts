/** A streamed result while it is computed: pace, cancelling, failing, following. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, CacheError, fleche, type FlecheOptions, Memory, type Storage } from "../../mod.ts";
import { collectGarbage } from "../_garbage.ts";
import { warningsOf } from "../_warnings.ts";

const memory = (values: Storage = new Memory()): Cache => new Cache({ values, calls: new Memory() });
const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

/** A source that counts what is asked of it. */
class Source {
  given = 0;
  cancelled: unknown[] = [];
  readonly count: number;
  readonly size: number;

  constructor(count: number = 20, size: number = 1000) {
    this.count = count;
    this.size = size;
  }

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      pull: (controller) => {
        if (this.given === this.count) return controller.close();
        controller.enqueue(new Uint8Array(this.size).fill(++this.given));
      },
      cancel: (reason) => void this.cancelled.push(reason),
    }, { highWaterMark: 0 });
  }
}

function cachedStream(source: Source, options: Partial<FlecheOptions> = {}) {
  return fleche(() => source.stream(), { name: "streamed", cache: memory(), ...options });
}

const drain = async (stream: AsyncIterable<Uint8Array>): Promise<number> => {
  let size = 0;
  for await (const chunk of stream) size += chunk.length;
  return size;
};

test("the source is asked for a chunk when its reader asks for one", async () => {
  const source = new Source();
  const reader = (await cachedStream(source)()).getReader();
  await later();
  assert.ok(source.given <= 1, "at most the chunk that tells bytes from items");
  await reader.read();
  await reader.read();
  await later();
  assert.equal(source.given, 2);
  await reader.cancel();
});

test("spool lets the source run ahead of its reader", async () => {
  const source = new Source();
  const f = cachedStream(source, { stream: { spool: true } });
  const stream = await f();
  await later();
  assert.equal(source.given, 20);
  assert.equal(await f.contains(), true, "kept before it is read");
  assert.equal(await drain(stream), 20_000);
});

test("cancelling cancels the source with the reason and keeps nothing", async () => {
  const source = new Source();
  const values = new Memory();
  const f = cachedStream(source, { cache: memory(values) });
  const reader = (await f()).getReader();
  await reader.read();
  await reader.cancel("enough");
  assert.deepEqual(source.cancelled, ["enough"]);
  assert.deepEqual(await Array.fromAsync(values.keys()), []);
  assert.equal(await drain(await f()), 19_000, "the next call runs the function again");
});

test("an exception in the caller's loop cancels the source", async () => {
  const source = new Source();
  const f = cachedStream(source);
  await assert.rejects(async () => {
    for await (const _ of await f()) throw new RangeError("mine");
  }, /mine/);
  assert.equal(source.cancelled.length, 1);
  assert.equal(await f.contains(), false);
});

test("onCancel finish reads the rest in the background and keeps it", async () => {
  const source = new Source();
  const f = cachedStream(source, { stream: { onCancel: "finish" } });
  const reader = (await f()).getReader();
  await reader.read();
  await reader.cancel();
  await later();
  assert.deepEqual(source.cancelled, []);
  assert.equal(await f.contains(), true);
  assert.equal(await drain(await f()), 20_000);
});

test("the source's error reaches the caller, and nothing is kept", async () => {
  const values = new Memory();
  const failure = new RangeError("half way");
  const f = fleche(async function* () {
    yield await Promise.resolve(new Uint8Array(10));
    throw failure;
  }, { name: "failing", cache: memory(values) });
  const generator = await f();
  await generator.next();
  await assert.rejects(generator.next(), (error) => error === failure);
  assert.deepEqual(await Array.fromAsync(values.keys()), []);
});

test("a source that fails before its first chunk fails in its reader's hands", async () => {
  const f = fleche(() =>
    new ReadableStream({
      pull() {
        throw new RangeError("at once");
      },
    }), { name: "failing at once", cache: memory() });
  const stream = await f();
  await assert.rejects(Array.fromAsync(stream), /at once/);
});

test("a generator is closed when its reader returns early, also before the first item", async () => {
  let closed = 0;
  const f = fleche(async function* () {
    try {
      yield await Promise.resolve(1);
      yield 2;
    } finally {
      closed++;
    }
  }, { name: "closed", cache: memory() });
  const generator = await f();
  await generator.next();
  assert.deepEqual(await generator.return(undefined), { done: true, value: undefined });
  assert.equal(closed, 1);
  assert.deepEqual(await generator.next(), { done: true, value: undefined });
  const unread = await f();
  await unread.return(undefined);
  await assert.rejects((await f()).throw(new RangeError("thrown in")), /thrown in/);
  assert.equal(await f.contains(), false);
  assert.deepEqual(await Array.fromAsync(await f()), [1, 2]);
});

test("callers of one key follow one execution, late ones from its beginning, each at its own pace", async () => {
  const source = new Source();
  const f = cachedStream(source);
  const first = (await f()).getReader();
  await first.read();
  const [second, third] = [await f(), await f()];
  assert.equal(await drain(second), 20_000, "nobody waits for the first");
  assert.equal(await f.contains(), true);
  assert.equal(await drain(third), 20_000);
  let size = 1000;
  for (let next = await first.read(); !next.done; next = await first.read()) size += next.value.length;
  assert.equal(size, 20_000);
  assert.equal(source.given, 20);
});

test("the execution goes on when the first caller cancels with others waiting", async () => {
  const source = new Source();
  const f = cachedStream(source);
  const first = (await f()).getReader();
  const second = await f();
  await first.read();
  await first.cancel();
  assert.equal(await drain(second), 20_000);
  assert.deepEqual(source.cancelled, []);
  assert.equal(source.given, 20);
});

test("followers get items of their own", async () => {
  const f = fleche(async function* () {
    yield await Promise.resolve({ list: [1] });
  }, { name: "own items", cache: memory() });
  const [one, two] = await Promise.all([f(), f()]);
  const [first] = await Array.fromAsync(one);
  first?.list.push(2);
  assert.deepEqual(await Array.fromAsync(two), [{ list: [1] }]);
  assert.deepEqual(await Array.fromAsync(await f()), [{ list: [1] }]);
});

test("when the source fails all followers fail", async () => {
  const f = fleche(async function* () {
    yield await Promise.resolve(1);
    throw new RangeError("for all");
  }, { name: "fails for all", cache: memory() });
  const streams = await Promise.all([f(), f(), f()]);
  for (const stream of streams) await assert.rejects(Array.fromAsync(stream), /for all/);
});

test("a follower's signal ends its own stream alone", async () => {
  const source = new Source();
  const f = fleche((_: AbortSignal | undefined) => source.stream(), {
    name: "followed",
    cache: memory(),
    key: () => 1,
  });
  const controller = new AbortController();
  const first = await f(undefined);
  const second = (await f(controller.signal)).getReader();
  await second.read();
  controller.abort(new Error("only me"));
  await assert.rejects(async () => {
    for (;;) if ((await second.read()).done) break;
  }, /only me/);
  assert.equal(await drain(first), 20_000);
});

test("a stream that is dropped unread, or half read, is closed with the garbage", async () => {
  const source = new Source();
  const f = cachedStream(source);
  await (async () => {
    const reader = (await f()).getReader();
    await reader.read();
  })();
  for (let turn = 0; turn < 20 && source.cancelled.length === 0; turn++) await collectGarbage();
  assert.equal(source.cancelled.length, 1);
});

test("metadata of a stream is that of its end", async () => {
  const cache = memory();
  const source = new Source();
  const f = fleche(() => source.stream(), {
    name: "described",
    cache,
    metadata: [{ name: "given", after: () => ({ given: source.given }) }],
  });
  const key = await f.digest();
  await drain(await f());
  const record = await cache.record(key);
  assert.deepEqual(record?.metadata["given"], { given: 20 });
  assert.equal(record?.size, 20_000);
  assert.equal(record?.codec, "bytes");
  assert.deepEqual(record?.form, { kind: "bytes" });
});

test("a storage without drafts gives streams uncached, with a warning, or an error under strict", async () => {
  const values = Object.assign(Object.create(new Memory()) as Memory, { draft: undefined, watch: undefined });
  const source = new Source();
  const f = cachedStream(source, { cache: memory(values) });
  const warnings = await warningsOf(async () => assert.equal(await drain(await f()), 20_000));
  assert.match(warnings.join(), /its values storage takes no streams; it is returned uncached/);
  const strict = cachedStream(new Source(), { cache: memory(values), strict: true });
  await assert.rejects(strict(), (error) => error instanceof CacheError && error.code === "unwritable");
});

test(
  "who calls after a cancelled source that never answers runs the function again",
  { timeout: 10_000 },
  async () => {
    let runs = 0;
    const f = fleche(async function* () {
      runs++;
      yield 1;
      if (runs === 1) await new Promise(() => {});
      yield 2;
    }, { name: "never answers", cache: memory() });
    const first = await f();
    await first.next();
    void first.next();
    void first.return(undefined);
    await later();
    const streams = await Promise.all([f(), f()]);
    for (const stream of streams) assert.deepEqual(await Array.fromAsync(stream), [1, 2]);
    assert.equal(runs, 2);
  },
);

test("the signal of a call ends the stream that it has found", async () => {
  const source = new Source();
  const f = fleche((_: { signal?: AbortSignal }) => source.stream(), {
    name: "ended",
    cache: memory(),
    key: () => 1,
  });
  await drain(await f({}));
  const controller = new AbortController();
  const reader = (await f({ signal: controller.signal })).getReader();
  await reader.read();
  controller.abort(new Error("enough"));
  await assert.rejects(reader.read(), /enough/);
  await assert.rejects(async () => await drain(await f({ signal: controller.signal })), /enough/);
  assert.equal(await drain(await f({})), 20_000);
});

test("a stream that strict refuses to give uncached is cancelled", async () => {
  const values = Object.assign(Object.create(new Memory()) as Memory, { draft: undefined, watch: undefined });
  const cache = memory(values);
  const source = new Source();
  await assert.rejects(cachedStream(source, { cache, strict: true })(), CacheError);
  assert.equal(source.cancelled.length, 1);
  let closed = 0;
  const generate = async function* () {
    try {
      yield await Promise.resolve(1);
    } finally {
      closed++;
    }
  };
  const begun = fleche(async () => {
    const generator = generate();
    await generator.next();
    return generator;
  }, { name: "begun", cache, strict: true });
  await assert.rejects(begun(), CacheError);
  assert.equal(closed, 1);
});
