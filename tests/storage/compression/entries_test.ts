import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Codec } from "../../../src/codec/types.ts";
import { IntegrityError } from "../../../src/errors.ts";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { compressions } from "../../../src/storage/compression/compression.ts";
import { Memory } from "../../../src/storage/memory.ts";
import type { CallIndex, Leases, PutOptions, Storage, StoredBody } from "../../../src/storage/types.ts";
import { assertGolden } from "../../_golden.ts";
import { noise } from "../file/_entries.ts";
import { bodiesOf, drained, entropy, KIB, MIB, mixture, prose } from "./_bodies.ts";
import { mannered, takenApart, undo } from "./_entry.ts";

const timeout = 60_000;

async function stored(inner: Storage, key = "key"): Promise<Uint8Array<ArrayBuffer>> {
  const body = await inner.get(key);
  assert.ok(body);
  return await body.bytes();
}

for (const compression of compressions) {
  test(
    `CompressedStorage writes ${compression} as specified, at once and as a stream`,
    { timeout },
    async () => {
      for (const size of [0, 1, 5000, 65_536, 65_537, 262_144, 262_145, 2_500_000]) {
        for (const body of bodiesOf(size)) {
          for (const given of [body, new Blob([body]).stream()]) {
            const inner = new Memory();
            await new CompressedStorage({ compression, inner }).put("key", given);
            const parts = takenApart(await stored(inner));
            assert.equal(parts.code, compressions.indexOf(compression) + 1);
            assert.equal(parts.blockBits, compression === "brotli" ? 20 : 18);
            assert.equal(parts.size, BigInt(size));
            const blocks = parts.frames.map(({ bytes, plain }) => plain ? bytes : undo[compression]?.(bytes));
            assert.deepEqual(new Uint8Array(Buffer.concat(blocks.map((block) => block ?? body))), body);
          }
        }
      }
    },
  );

  test(
    `CompressedStorage gives one entry of ${compression} for a body, however it is cut`,
    { timeout },
    async () => {
      const body = mixture(6 * MIB + 11);
      const entries: Uint8Array[] = [];
      for (const size of [10_007, 256 * KIB, 10 * MIB]) {
        const inner = new Memory();
        const storage = new CompressedStorage({ compression, inner });
        let at = 0;
        await storage.put(
          "key",
          new ReadableStream({
            pull(controller) {
              if (at >= body.length) return controller.close();
              controller.enqueue(body.slice(at, at + size));
              at += size;
            },
          }),
        );
        entries.push(await stored(inner));
      }
      const inner = new Memory();
      await new CompressedStorage({ compression, inner }).put("key", body);
      for (const entry of entries) assert.deepEqual(entry, await stored(inner));
    },
  );

  test(`CompressedStorage reads ${compression} whatever it is configured for now`, { timeout }, async () => {
    const inner = new Memory();
    for (const body of [noise(100), prose(400_000), entropy(400_000)]) {
      await new CompressedStorage({ compression, inner }).put("key", body);
      for (const other of compressions) {
        const storage = new CompressedStorage({ compression: other, inner });
        assert.deepEqual(await (await storage.get("key"))?.bytes(), body);
      }
    }
  });

  test(`CompressedStorage knows the size of every body of ${compression}`, { timeout }, async () => {
    const inner = new Memory();
    const storage = new CompressedStorage({ compression, inner });
    for (const size of [0, 1, 70_000, 3 * MIB]) {
      for (const body of bodiesOf(size)) {
        await storage.put("key", new Blob([body]).stream());
        assert.equal((await storage.get("key"))?.size, size);
      }
    }
  });

  test(`CompressedStorage delivers ${compression} in bounded chunks`, { timeout }, async () => {
    const storage = new CompressedStorage({ compression, inner: new Memory() });
    await storage.put("key", new Uint8Array(20 * MIB));
    let size = 0;
    for await (const chunk of (await storage.get("key"))?.stream() ?? []) {
      assert.ok(chunk.length <= 256 * KIB, `${chunk.length} bytes`);
      size += chunk.length;
    }
    assert.equal(size, 20 * MIB);
  });
}

test("CompressedStorage reads over storages that give chunks of any size and do not tell the size", {
  timeout,
}, async () => {
  const memory = new Memory();
  const body = mixture(1_500_000);
  await new CompressedStorage({ compression: "zstd", inner: memory }).put("key", body);
  await new CompressedStorage({ compression: "zstd", inner: memory }).put("small", body.slice(0, 500));
  for (const tellsSize of [true, false]) {
    for (const chunkSize of [97, 100_000, 10 * MIB]) {
      const inner = mannered(memory, { tellsSize, chunkSize });
      const storage = new CompressedStorage({ compression: "zstd", inner });
      const found = await storage.get("key");
      assert.equal(found?.size, body.length);
      assert.deepEqual(await found?.bytes(), body);
      assert.deepEqual(
        await drained((await storage.get("small"))?.stream() ?? new ReadableStream()),
        body.slice(0, 500),
      );
    }
  }
});

test("CompressedStorage finds an entry by one small read of the inner storage, a very long one by two", {
  timeout,
}, async () => {
  const memory = new Memory();
  await new CompressedStorage({ compression: "gzip", inner: memory }).put("key", prose(20 * MIB));
  const reads: (number | undefined)[] = [];
  const inner = mannered(memory, {
    tellsSize: true,
    chunkSize: MIB,
    onRead: (range) => reads.push((range?.end ?? Infinity) - (range?.start ?? 0)),
  });
  await new CompressedStorage({ compression: "gzip", inner }).get("key");
  assert.deepEqual(reads, [64 * KIB]);
  // 9000 blocks: an index of 72,000 bytes.
  const block = new Uint8Array(MIB);
  let left = 9000 / 4;
  await new CompressedStorage({ compression: "zstd", inner: memory }).put(
    "key",
    new ReadableStream({
      pull: (controller) => left-- > 0 ? controller.enqueue(block) : controller.close(),
    }),
  );
  reads.length = 0;
  await new CompressedStorage({ compression: "gzip", inner }).get("key");
  assert.deepEqual(reads, [64 * KIB, 9000 * 8 + 20]);
});

test(
  "CompressedStorage gives the entry that has replaced the one that was found, whole",
  { timeout },
  async () => {
    for (
      const renewed of [prose(2 * MIB), entropy(2 * MIB, 3), entropy(100_000, 4), prose(10), new Uint8Array()]
    ) {
      // Bodies of this inner storage are those that are there when they are read, as they are in files.
      const memory = new Memory();
      const inner = mannered(memory, { tellsSize: true, chunkSize: MIB });
      const late: Storage = {
        ...inner,
        async get(key) {
          const found = await inner.get(key);
          return found && {
            size: found.size ?? 0,
            stream: (range) => {
              const through = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
              memory.get(key).then((now) => now?.stream(range).pipeTo(through.writable).catch(() => {}));
              return through.readable;
            },
            bytes: async () => await (await memory.get(key))?.bytes() ?? new Uint8Array(),
          };
        },
      };
      const storage = new CompressedStorage({ compression: "gzip", inner: late });
      await storage.put("key", entropy(2 * MIB));
      const found = await storage.get("key");
      await storage.put("key", renewed);
      assert.deepEqual(await drained(found?.stream() ?? new ReadableStream()), renewed);
    }
  },
);

test(
  "CompressedStorage passes on the inner storage's own errors, and its damage as damage",
  { timeout },
  async () => {
    const failure = new Error("the disk is gone");
    const kept = new Memory();
    await new CompressedStorage({ compression: "gzip", inner: kept }).put("key", entropy(MIB));
    const reading = async (reason: unknown): Promise<unknown> => {
      const inner = mannered(kept, { tellsSize: true, chunkSize: 1000, failure: { reason, after: 600_000 } });
      return await (await new CompressedStorage({ compression: "gzip", inner }).get("key"))?.bytes();
    };
    await assert.rejects(() => reading(failure), failure);
    const damage = new IntegrityError("key", 600_000, "the stored bytes are damaged");
    await assert.rejects(
      () => reading(damage),
      (error) => error instanceof IntegrityError && error.offset === 512 * KIB && error.cause === damage,
    );
  },
);

test("CompressedStorage forwards the codec, the leases and the call index, and has a short way and drafts where inner has them", async () => {
  const codec: Codec = { name: "none", encode: () => new Uint8Array(), decode: () => undefined };
  const leases: Leases = { take: () => Promise.resolve(undefined), wait: () => Promise.resolve() };
  const seen: (PutOptions | undefined)[] = [];
  const memory = new Memory();
  const inner: Storage = {
    codec,
    leases,
    put: (key, body, options) => {
      seen.push(options);
      return memory.put(key, body);
    },
    get: (key): Promise<StoredBody | undefined> => memory.get(key),
    has: (key) => memory.has(key),
    delete: (key) => memory.delete(key),
    keys: (options) => memory.keys(options),
    [Symbol.asyncDispose]: () => memory[Symbol.asyncDispose](),
  };
  const storage = new CompressedStorage({ compression: "gzip", inner });
  assert.equal(storage.codec, codec);
  assert.equal(storage.leases, leases);
  assert.equal(storage.small, undefined);
  assert.equal(storage.draft, undefined);
  const index: CallIndex = {
    name: "f",
    module: undefined,
    version: undefined,
    code: undefined,
    arguments: [],
    result: "0",
    time: 0,
    metadata: {},
  };
  await storage.put("small", noise(10), { index });
  await storage.put("large", noise(100_000), { index });
  assert.deepEqual(seen.map((options) => options?.index), [index, index]);
  const over = new CompressedStorage({ compression: "gzip", inner: memory });
  assert.notEqual(over.small, undefined);
  assert.notEqual(over.draft, undefined);
  assert.equal(over.leases, undefined);
});

test("CompressedStorage refuses an unknown compression, an inner that is no storage and a ratio below 1", () => {
  const inner = new Memory();
  // @ts-expect-error no such compression
  assert.throws(() => new CompressedStorage({ compression: "lzma", inner }), {
    name: "TypeError",
    message: 'Cannot use compression "lzma": expected one of gzip, deflate, deflate-raw, brotli, zstd',
  });
  // @ts-expect-error no storage
  assert.throws(() => new CompressedStorage({ compression: "gzip", inner: {} }), TypeError);
  for (const maxRatio of [0.5, 0, -1, NaN]) {
    assert.throws(() => new CompressedStorage({ compression: "gzip", inner, maxRatio }), RangeError);
  }
});

test("CompressedStorage reads the entries that it has always written", async () => {
  const lines: string[] = [];
  for (const compression of compressions) {
    const inner = new Memory();
    await new CompressedStorage({ compression, inner }).put("key", prose(100));
    lines.push(`${compression} ${Buffer.from(await stored(inner)).toString("hex")}`);
  }
  if (process.env["FLECHE_GOLDEN"] === "write") {
    assertGolden("compressed_entries.txt", lines.join("\n") + "\n");
  }
  const kept = readFileSync(new URL("../../golden/compressed_entries.txt", import.meta.url), "utf8").trim();
  const names: string[] = [];
  for (const line of kept.split("\n")) {
    const [name = "", hex = ""] = line.split(" ");
    const inner = new Memory();
    await inner.put("key", Buffer.from(hex, "hex"));
    const storage = new CompressedStorage({ compression: "gzip", inner });
    assert.deepEqual(await (await storage.get("key"))?.bytes(), prose(100), name);
    names.push(name);
  }
  assert.deepEqual(names, compressions);
});
