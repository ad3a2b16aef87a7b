import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { IntegrityError } from "../../../src/errors.ts";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { compressions } from "../../../src/storage/compression/compression.ts";
import { Memory } from "../../../src/storage/memory.ts";
import { bodiesOf, drained, entropy, KIB, MIB, mixture, prose } from "./_bodies.ts";
import { type EntryParts, mannered, putTogether, takenApart } from "./_entry.ts";

// The inner storage is `Memory`, which checks nothing.
const timeout = 120_000;

async function entryOf(compression: typeof compressions[number], body: Uint8Array): Promise<Uint8Array> {
  const inner = new Memory();
  await new CompressedStorage({ compression, inner }).put("key", body);
  return await (await inner.get("key"))?.bytes() ?? new Uint8Array();
}

/** What reading an entry gives, in every way; `undefined` for a miss and for an `IntegrityError`. */
async function read(entry: Uint8Array, tellsSize = true): Promise<Uint8Array | undefined> {
  const memory = new Memory();
  await memory.put("key", entry);
  const storage = new CompressedStorage({
    compression: "gzip",
    inner: tellsSize ? memory : mannered(memory, { tellsSize, chunkSize: MIB }),
  });
  const small = storage.small?.get("key");
  let whole: Uint8Array | undefined;
  try {
    const found = await storage.get("key");
    if (found === undefined) {
      assert.ok(small === undefined || typeof small === "string");
      return undefined;
    }
    whole = await drained(found.stream());
  } catch (error) {
    assert.ok(error instanceof IntegrityError && error.key === "key", `unexpected ${error}`);
  }
  if (small instanceof Uint8Array) assert.deepEqual(new Uint8Array(small), whole);
  return whole;
}

for (const compression of compressions) {
  test(
    `CompressedStorage misses a small entry of ${compression} with any byte flipped`,
    { timeout },
    async () => {
      for (const body of [new Uint8Array(), ...bodiesOf(300)]) {
        const entry = await entryOf(compression, body);
        for (let at = 0; at < entry.length; at++) {
          for (const mask of [1, 0x80, 0xff]) {
            const flipped = new Uint8Array(entry);
            flipped[at] = (flipped[at] ?? 0) ^ mask;
            assert.equal(await read(flipped), undefined, `byte ${at}`);
          }
        }
        assert.deepEqual(await read(entry), body);
      }
    },
  );

  test(`CompressedStorage misses a small entry of ${compression} that is cut off or has bytes behind`, {
    timeout,
  }, async () => {
    for (const body of bodiesOf(300)) {
      const entry = await entryOf(compression, body);
      for (let length = 0; length < entry.length; length++) {
        assert.equal(await read(entry.subarray(0, length)), undefined, `cut to ${length}`);
        assert.equal(await read(entry.subarray(length + 1)), undefined, `without the first ${length + 1}`);
      }
      for (const more of [1, 7, 8, 20, 1000]) {
        const longer = new Uint8Array(entry.length + more);
        longer.set(entry);
        assert.equal(await read(longer), undefined, `${more} bytes behind`);
        longer.fill(0).set(entry, more);
        assert.equal(await read(longer), undefined, `${more} bytes in front`);
      }
    }
  });

  test(`CompressedStorage delivers no wrong byte of a large entry of ${compression} that was damaged`, {
    timeout,
  }, async () => {
    const body = mixture(2 * MIB + 77);
    const entry = await entryOf(compression, body);
    const position = fc.nat(entry.length - 1);
    await fc.assert(
      fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const flipped = new Uint8Array(entry);
        flipped[at] = (flipped[at] ?? 0) ^ mask;
        assert.equal(await read(flipped), undefined);
      }),
      { numRuns: 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        position,
        async (length) => assert.equal(await read(entry.subarray(0, length)), undefined),
      ),
      { numRuns: 25 },
    );
  });

  test(`CompressedStorage names the block of ${compression} that was damaged, after all that stands before`, {
    timeout,
  }, async () => {
    const body = mixture(4 * MIB);
    const entry = await entryOf(compression, body);
    const { frames, blockBits } = takenApart(entry);
    let offset = 0;
    for (const [number, { bytes }] of frames.entries()) {
      const flipped = new Uint8Array(entry);
      flipped[offset + bytes.length - 1] = (flipped[offset + bytes.length - 1] ?? 0) ^ 1;
      offset += bytes.length;
      const inner = new Memory();
      await inner.put("key", flipped);
      const found = await new CompressedStorage({ compression: "gzip", inner }).get("key");
      let delivered = 0;
      await assert.rejects(async () => {
        for await (const chunk of found?.stream() ?? []) {
          assert.deepEqual(chunk, body.subarray(delivered, delivered + chunk.length));
          delivered += chunk.length;
        }
      }, (error) => error instanceof IntegrityError && error.offset === number * 2 ** blockBits);
      assert.equal(delivered, number * 2 ** blockBits);
    }
  });

  test(`CompressedStorage refuses frames of ${compression} that hold more or less than their block`, {
    timeout,
  }, async () => {
    for (const size of [1000, 256 * KIB - 1]) {
      const parts = takenApart(await entryOf(compression, prose(size)));
      assert.deepEqual(await read(putTogether(parts)), prose(size));
      for (const claimed of [0n, 1n, BigInt(size - 1), BigInt(size + 1), BigInt(2 * size), 1n << 20n]) {
        assert.equal(await read(putTogether({ ...parts, size: claimed })), undefined, `${claimed}`);
      }
    }
  });

  test(`CompressedStorage is not filled by a bomb of ${compression}`, { timeout }, async () => {
    // 64 MiB in a frame that says it holds a block.
    const [frame] = takenApart(await entryOf(compression, new Uint8Array(256 * KIB))).frames;
    assert.ok(frame);
    const zlib = await import("node:zlib");
    const bomb = {
      gzip: zlib.gzipSync,
      deflate: zlib.deflateSync,
      "deflate-raw": zlib.deflateRawSync,
      brotli: (bytes: Uint8Array) =>
        zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
      zstd: zlib.zstdCompressSync,
    }[compression](new Uint8Array(64 * MIB));
    const code = compressions.indexOf(compression) + 1;
    const parts = { code, blockBits: 18, size: BigInt(256 * KIB), frames: [{ bytes: bomb, plain: false }] };
    assert.equal(await read(putTogether(parts)), undefined);
    const short = {
      code,
      blockBits: 20,
      size: BigInt(MIB),
      frames: [{ bytes: bomb.subarray(0, 200_000), plain: false }],
    };
    assert.equal(await read(putTogether(short)), undefined);
  });
}

const gzipOf = async (size: number): Promise<EntryParts> => takenApart(await entryOf("gzip", mixture(size)));

test(
  "CompressedStorage misses an entry of an unknown version, compression or block size",
  { timeout },
  async () => {
    for (const size of [100, 1_000_000]) {
      const parts = await gzipOf(size);
      for (const code of [0, 6, 255]) assert.equal(await read(putTogether({ ...parts, code })), undefined);
      for (const blockBits of [0, 15, 21, 30, 31, 32, 64, 255]) {
        assert.equal(await read(putTogether({ ...parts, blockBits })), undefined, `${blockBits} bits`);
      }
      assert.equal(await read(mixture(size)), undefined, "not compressed at all");
    }
  },
);

test("CompressedStorage misses an entry whose sizes do not add up", { timeout }, async () => {
  const parts = await gzipOf(1_000_000);
  const [first, second, ...others] = parts.frames;
  assert.ok(first && second);
  const wrong: Record<string, Partial<EntryParts>> = {
    "a frame missing": { frames: parts.frames.slice(1) },
    "a frame more": { frames: [...parts.frames, first] },
    "an empty frame": { frames: [{ bytes: new Uint8Array(), plain: false }, second, ...others] },
    "a frame longer than its block": {
      frames: [{ bytes: entropy(256 * KIB), plain: false }, second, ...others],
    },
    "a plain block that is too long": {
      frames: [{ bytes: entropy(256 * KIB + 1), plain: true }, second, ...others],
    },
    "a plain block that is too short": {
      frames: [{ bytes: entropy(256 * KIB - 1), plain: true }, second, ...others],
    },
    "more blocks than fit": { size: 1n << 40n },
    "more blocks than may be": { size: 1n << 53n },
    "the greatest size": { size: (1n << 64n) - 1n },
  };
  for (const [what, change] of Object.entries(wrong)) {
    for (const tellsSize of [true, false]) {
      assert.equal(await read(putTogether({ ...parts, ...change }), tellsSize), undefined, what);
    }
  }
  assert.deepEqual(await read(putTogether(parts)), mixture(1_000_000));
});

test("CompressedStorage finds frames that have changed places", { timeout }, async () => {
  const parts = await gzipOf(2 * MIB);
  const entry = putTogether(parts);
  const swapped = putTogether({ ...parts, frames: parts.frames.toReversed() });
  const indexSize = 8 * parts.frames.length + 20;
  const mixed = new Uint8Array(entry);
  mixed.set(swapped.subarray(0, -indexSize));
  assert.equal(await read(mixed), undefined);
});

test("CompressedStorage survives any footer", { timeout }, async () => {
  const parts = await gzipOf(300_000);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(255),
      fc.nat(40),
      fc.oneof(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), fc.bigInt({ min: 0n, max: 1n << 22n })),
      fc.array(fc.record({ bytes: fc.uint8Array({ maxLength: 40 }), plain: fc.boolean() }), { maxLength: 5 }),
      async (code, blockBits, size, frames) => {
        await read(putTogether({ code, blockBits, size, frames }));
        await read(putTogether({ ...parts, size }));
      },
    ),
    { numRuns: 200 },
  );
});

test(
  "CompressedStorage survives an inner storage whose sizes are not those of its bodies",
  { timeout },
  async () => {
    const body = mixture(MIB);
    const entry = await entryOf("zstd", body);
    for (const size of [0, 20, entry.length - 1, entry.length + 1, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      const memory = new Memory();
      await memory.put("key", entry);
      const inner = mannered(memory, { tellsSize: true, chunkSize: MIB });
      const lying = {
        ...inner,
        async get(key: string) {
          const found = await inner.get(key);
          return found && { size, stream: found.stream, bytes: found.bytes };
        },
      };
      const found = await new CompressedStorage({ compression: "zstd", inner: lying }).get("key");
      const whole = await found?.bytes();
      if (whole !== undefined) assert.deepEqual(whole, body);
    }
  },
);

test(
  "CompressedStorage refuses what is longer than maxRatio allows, with one warning",
  { timeout },
  async (t) => {
    const inner = new Memory();
    const writer = new CompressedStorage({ compression: "zstd", inner });
    const warn = t.mock.method(console, "warn", () => {});
    for (const size of [10_000, 40 * MIB]) {
      await writer.put("zeros", new Uint8Array(size));
      const entrySize = (await inner.get("zeros"))?.size ?? 1;
      const open = (maxRatio: number): CompressedStorage =>
        new CompressedStorage({ compression: "gzip", inner, maxRatio });
      const before = warn.mock.callCount();
      assert.equal((await open(size / entrySize).get("zeros"))?.size, size);
      assert.equal(warn.mock.callCount(), before);
      const strict = open(size / entrySize - 0.01);
      assert.equal(await strict.get("zeros"), undefined);
      assert.equal(strict.small?.get("zeros"), "absent");
    }
    assert.equal(warn.mock.callCount(), 1);
    assert.match(String(warn.mock.calls[0]?.arguments[0]), /"zeros".*maxRatio/);
  },
);

test("CompressedStorage refuses nothing by default that it has written", { timeout }, async () => {
  for (const compression of compressions) {
    const storage = new CompressedStorage({ compression, inner: new Memory() });
    await storage.put("zeros", new Uint8Array(20 * MIB));
    assert.equal((await storage.get("zeros"))?.size, 20 * MIB, compression);
  }
});
