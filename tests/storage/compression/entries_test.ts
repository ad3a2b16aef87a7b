import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import * as zlib from "node:zlib";
import fc from "fast-check";
import type { Codec } from "../../../src/codec/types.ts";
import { IntegrityError } from "../../../src/errors.ts";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { compressions } from "../../../src/storage/compression/compression.ts";
import { Memory } from "../../../src/storage/memory.ts";
import type { CallIndex, PutOptions, Storage, StoredBody } from "../../../src/storage/types.ts";
import { FaultyStorage } from "../../../src/testing/mod.ts";
import { noise } from "../file/_entries.ts";

const timeout = 60_000;
const MIB = 1024 * 1024;

/** What every compression is undone by, independently of the storage. */
const undo: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  "deflate-raw": zlib.inflateRawSync,
  brotli: zlib.brotliDecompressSync,
  zstd: (bytes) => {
    const blocks: Uint8Array[] = [];
    for (let rest = Buffer.from(bytes); rest.length > 0;) {
      assert.equal(rest.readUInt32LE(0), 0x184d2a50);
      assert.equal(rest.readUInt32LE(4), 4);
      const end = 12 + rest.readUInt32LE(8);
      blocks.push(zlib.zstdDecompressSync(rest.subarray(12, end)));
      rest = rest.subarray(end);
    }
    return Buffer.concat(blocks);
  },
};

const zeros = (size: number): Uint8Array => new Uint8Array(size);

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
      for (const size of [0, 1, 5000, 65_536, 65_537, 400_000]) {
        for (const body of [noise(size), zeros(size)]) {
          for (const given of [body, new Blob([new Uint8Array(body)]).stream()]) {
            const inner = new Memory();
            await new CompressedStorage({ compression, inner }).put("key", given);
            const entry = await stored(inner);
            const code = compressions.indexOf(compression) + 1;
            assert.deepEqual([...entry.subarray(0, 8)], [0x66, 0x6c, 0x65, 0x63, 0x7a, 1, code, 0]);
            assert.equal(new DataView(entry.buffer).getBigUint64(entry.length - 8), BigInt(size));
            assert.deepEqual(
              new Uint8Array(undo[compression]?.(entry.subarray(8, -8)) ?? []),
              new Uint8Array(body),
              `${size} bytes`,
            );
          }
        }
      }
    },
  );

  test(`CompressedStorage reads ${compression} whatever it is configured for now`, { timeout }, async () => {
    const inner = new Memory();
    for (const size of [100, 400_000]) {
      const body = noise(size);
      await new CompressedStorage({ compression, inner }).put("key", body);
      for (const other of compressions) {
        const storage = new CompressedStorage({ compression: other, inner });
        assert.deepEqual(await (await storage.get("key"))?.bytes(), body);
      }
    }
  });

  test(
    `CompressedStorage meets damaged ${compression} with a miss or an IntegrityError`,
    { timeout },
    async () => {
      for (const body of [noise(300), zeros(300), zeros(3 * MIB), noise(MIB)]) {
        const inner = new Memory();
        const storage = new CompressedStorage({ compression, inner });
        await storage.put("key", body);
        const entry = await stored(inner);
        const read = async (bytes: Uint8Array): Promise<Uint8Array | undefined> => {
          await inner.put("key", bytes);
          try {
            return await (await storage.get("key"))?.bytes();
          } catch (error) {
            assert.ok(error instanceof IntegrityError, `unexpected ${error}`);
            return undefined;
          }
        };
        const position = fc.nat(entry.length - 1);
        await fc.assert(
          fc.asyncProperty(position, async (length) => {
            assert.equal(await read(entry.subarray(0, length)), undefined, `cut to ${length}`);
          }),
          { numRuns: 25 },
        );
        await fc.assert(
          fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
            const flipped = new Uint8Array(entry);
            flipped[at] = (flipped[at] ?? 0) ^ mask;
            // Which bytes these are is the inner storage's to know; here no other error may come.
            await read(flipped);
          }),
          { numRuns: 25 },
        );
        assert.deepEqual(await read(entry), new Uint8Array(body));
      }
    },
  );

  test(`CompressedStorage delivers ${compression} in bounded chunks`, { timeout }, async () => {
    const storage = new CompressedStorage({ compression, inner: new Memory() });
    await storage.put("key", zeros(20 * MIB));
    let size = 0;
    for await (const chunk of (await storage.get("key"))?.stream() ?? []) {
      assert.ok(chunk.length <= 256 * 1024, `${chunk.length} bytes`);
      size += chunk.length;
    }
    assert.equal(size, 20 * MIB);
  });
}

test(
  "CompressedStorage misses an entry of an unknown header, version or compression",
  { timeout },
  async () => {
    const inner = new Memory();
    const storage = new CompressedStorage({ compression: "gzip", inner });
    for (const size of [100, 200_000]) {
      await storage.put("key", noise(size));
      const entry = await stored(inner);
      for (const [at, byte] of [[0, 0], [4, 0], [5, 0], [5, 2], [6, 0], [6, 6], [6, 255], [7, 1]] as const) {
        const other = new Uint8Array(entry);
        other[at] = byte;
        await inner.put("key", other);
        assert.equal(await storage.get("key"), undefined, `byte ${at} is ${byte}`);
      }
      await inner.put("key", noise(size, 3));
      assert.equal(await storage.get("key"), undefined, "not compressed at all");
    }
    for (const length of [0, 1, 7, 8, 15]) {
      await inner.put("key", noise(length));
      assert.equal(await storage.get("key"), undefined, `${length} bytes`);
      assert.equal(storage.small?.get("key"), "absent");
    }
  },
);

test("CompressedStorage does not believe a size that is not there", { timeout }, async () => {
  const inner = new Memory();
  const storage = new CompressedStorage({ compression: "gzip", inner });
  await storage.put("key", zeros(1000));
  const entry = await stored(inner);
  for (const claimed of [0n, 999n, 1001n, 2n ** 20n, 2n ** 40n, 2n ** 64n - 1n]) {
    const bytes = new Uint8Array(entry);
    new DataView(bytes.buffer).setBigUint64(bytes.length - 8, claimed);
    await inner.put("key", bytes);
    const outcome = await storage.get("key").then((body) => body?.bytes()).catch((error: Error) =>
      error.name
    );
    assert.ok(outcome === undefined || outcome === "IntegrityError", `${claimed}`);
  }
});

test(
  "CompressedStorage passes on the inner storage's own errors, and its damage as damage",
  { timeout },
  async () => {
    const failure = new Error("the disk is gone");
    const kept = new Memory();
    await new CompressedStorage({ compression: "gzip", inner: kept }).put("key", noise(MIB));
    const failing = (error: unknown, failAt: number): Storage =>
      new CompressedStorage({
        compression: "gzip",
        inner: new FaultyStorage({ inner: kept, error, failAt, operations: ["read"], afterBytes: 300_000 }),
      });
    await assert.rejects(async () => await (await failing(failure, 2).get("key"))?.bytes(), failure);
    const damage = new IntegrityError("key", 300_000, "the stored bytes are damaged");
    await assert.rejects(
      async () => await (await failing(damage, 2).get("key"))?.bytes(),
      (error) => error instanceof IntegrityError && error !== damage && error.offset < MIB,
    );
  },
);

test("CompressedStorage forwards the codec and the call index, and has a short way where inner has one", async () => {
  const codec: Codec = { name: "none", encode: () => new Uint8Array(), decode: () => undefined };
  const seen: (PutOptions | undefined)[] = [];
  const memory = new Memory();
  const inner: Storage = {
    codec,
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
  assert.equal(storage.small, undefined);
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
  assert.notEqual(new CompressedStorage({ compression: "gzip", inner: memory }).small, undefined);
});

test("CompressedStorage refuses an unknown compression and an inner that is no storage", () => {
  const inner = new Memory();
  // @ts-expect-error no such compression
  assert.throws(() => new CompressedStorage({ compression: "lzma", inner }), {
    name: "TypeError",
    message: 'Cannot use compression "lzma": expected one of gzip, deflate, deflate-raw, brotli, zstd',
  });
  // @ts-expect-error no storage
  assert.throws(() => new CompressedStorage({ compression: "gzip", inner: {} }), TypeError);
});
