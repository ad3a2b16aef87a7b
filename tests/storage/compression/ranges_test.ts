import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { compressions } from "../../../src/storage/compression/compression.ts";
import { Memory } from "../../../src/storage/memory.ts";
import type { ByteRange } from "../../../src/storage/types.ts";
import { drained, KIB, MIB, mixture, prose } from "./_bodies.ts";
import { mannered } from "./_entry.ts";

const timeout = 60_000;

for (const compression of compressions) {
  test(`CompressedStorage gives any part of a body of ${compression}`, { timeout }, async () => {
    const bodies = [0, 1, 256 * KIB, 2 * MIB, 3 * MIB + 5].map((size) => mixture(size));
    const storage = new CompressedStorage({ compression, inner: new Memory() });
    const found = await Promise.all(bodies.map(async (body, at) => {
      await storage.put(`${at}`, new Blob([body]).stream());
      const stored = await storage.get(`${at}`);
      assert.ok(stored);
      return stored;
    }));
    // Borders of blocks, and what stands beside them.
    const offset = fc.oneof(
      fc.nat(4 * MIB),
      fc.tuple(fc.nat(16), fc.integer({ min: -2, max: 2 })).map(([block, by]) =>
        Math.max(0, block * 256 * KIB + by)
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(bodies.length - 1), offset, offset, async (which, left, right) => {
        const [start, end] = [Math.min(left, right), Math.max(left, right)];
        const body = bodies[which] ?? new Uint8Array();
        const part = async (range: ByteRange): Promise<Uint8Array> =>
          await drained(found[which]?.stream(range) ?? new ReadableStream());
        assert.deepEqual(await part({ start, end }), body.slice(start, end));
        assert.deepEqual(await part({ start }), body.slice(start));
        assert.deepEqual(await part({ end }), body.slice(0, end));
      }),
      { numRuns: 30 },
    );
  });
}

test(
  "CompressedStorage reads no more of the inner storage than the blocks that a part lies in",
  { timeout },
  async () => {
    const memory = new Memory();
    await new CompressedStorage({ compression: "gzip", inner: memory }).put("key", prose(20 * MIB));
    const reads: ByteRange[] = [];
    const inner = mannered(memory, {
      tellsSize: true,
      chunkSize: MIB,
      onRead: (range) => reads.push(range ?? {}),
    });
    const found = await new CompressedStorage({ compression: "gzip", inner }).get("key");
    reads.length = 0;
    const start = 10 * MIB - 1;
    await drained(found?.stream({ start, end: start + 2 }) ?? new ReadableStream());
    const [{ start: from = 0, end: to = Infinity } = {}, ...others] = reads;
    const entrySize = (await memory.get("key"))?.size ?? 0;
    assert.deepEqual(others, []);
    assert.ok(to - from < entrySize / 30, `${to - from} of ${entrySize}`);
  },
);

test("CompressedStorage gives byte streams of parts", { timeout }, async () => {
  const storage = new CompressedStorage({ compression: "zstd", inner: new Memory() });
  const body = prose(MIB);
  await storage.put("key", body);
  const reader = (await storage.get("key"))?.stream({ start: 300_000 }).getReader({ mode: "byob" });
  const { value } = await reader?.read(new Uint8Array(1000)) ?? {};
  assert.deepEqual(value, body.slice(300_000, 301_000));
  await reader?.cancel();
});

test("CompressedStorage refuses what is no range", { timeout }, async () => {
  const storage = new CompressedStorage({ compression: "zstd", inner: new Memory() });
  for (const size of [10, MIB]) {
    await storage.put("key", prose(size));
    const found = await storage.get("key");
    for (const range of [{ start: -1 }, { end: -1 }, { start: 1.5 }, { start: 5, end: 4 }, { start: NaN }]) {
      assert.throws(() => found?.stream(range), RangeError);
    }
  }
});

test("CompressedStorage lets go of the inner stream when a part is cancelled", { timeout }, async () => {
  const memory = new Memory();
  await new CompressedStorage({ compression: "zstd", inner: memory }).put("key", mixture(5 * MIB));
  let open = 0;
  const inner = mannered(memory, { tellsSize: true, chunkSize: 10_000 });
  const counted = {
    ...inner,
    async get(key: string) {
      const found = await inner.get(key);
      return found && {
        ...found,
        stream(range?: ByteRange) {
          open++;
          const reader = found.stream(range).getReader();
          const over = (): void => void open--;
          return new ReadableStream<Uint8Array<ArrayBuffer>>({
            async pull(controller) {
              const { done, value } = await reader.read();
              if (!done) return controller.enqueue(value);
              over();
              controller.close();
            },
            async cancel(reason) {
              over();
              await reader.cancel(reason);
            },
          }, { highWaterMark: 0 });
        },
      };
    },
  };
  const found = await new CompressedStorage({ compression: "zstd", inner: counted }).get("key");
  assert.equal(open, 0);
  for (const reads of [0, 1, 3]) {
    const reader = found?.stream({ start: 70_000 }).getReader();
    for (let read = 0; read < reads; read++) await reader?.read();
    await reader?.cancel();
    assert.equal(open, 0, `after ${reads} reads`);
  }
  const reader = found?.stream().getReader();
  const pending = reader?.read();
  await reader?.cancel();
  await pending;
  assert.equal(open, 0, "cancelled while reading");
});
