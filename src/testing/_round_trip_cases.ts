/**
 * Cases: what is put comes back, byte for byte, whatever its size and however it was cut.
 *
 * @module
 */

import { assertSameBytes, assertThat } from "./_assert.ts";
import { bytesOf, chunked, chunksOf, drain, joined, KIB, MIB, noise, prose } from "./_bodies.ts";
import { type StorageCase, storageCase } from "./storage_case.ts";

const SIZES: readonly number[] = [
  0,
  1,
  2,
  1000,
  60 * KIB,
  64 * KIB - 1,
  64 * KIB,
  64 * KIB + 1,
  256 * KIB,
  256 * KIB + 1,
  2 * MIB + 7,
];

const CUTS: readonly { readonly name: string; readonly size: number; readonly sizes: readonly number[] }[] = [
  { name: "no chunk at all", size: 0, sizes: [1] },
  { name: "one-byte chunks", size: 5000, sizes: [1] },
  { name: "odd chunks", size: 300_001, sizes: [1, 7919, 65_537, 3] },
  { name: "chunks of 64 KiB", size: MIB, sizes: [64 * KIB] },
  { name: "one chunk of 3 MiB", size: 3 * MIB, sizes: [3 * MIB] },
  { name: "chunks without bytes in between", size: 100_000, sizes: [0, 5000, 0, 0, 70_000] },
  { name: "a chunk without bytes first", size: 1, sizes: [0, 1] },
];

/** What is put comes back. */
export const roundTripCases: readonly StorageCase[] = [
  ...SIZES.flatMap((size) => [
    storageCase(`put keeps ${size} bytes given at once`, async (storage) => {
      const expected = noise(size);
      await storage.put("key", expected);
      const body = await storage.get("key");
      assertThat(body !== undefined, "get: expected an entry, found none");
      assertThat(body.size === undefined || body.size === size, `size: ${body.size}, expected ${size}`);
      assertSameBytes(await body.bytes(), expected, "bytes()");
      assertSameBytes(await drain(body.stream()), expected, "stream()");
    }),
    storageCase(`put keeps ${size} bytes given as a stream`, async (storage) => {
      const expected = prose(size);
      await storage.put("key", chunked(expected, [50_000]));
      const body = await storage.get("key");
      assertThat(body !== undefined, "get: expected an entry, found none");
      assertThat(body.size === undefined || body.size === size, `size: ${body.size}, expected ${size}`);
      assertSameBytes(await drain(body.stream()), expected, "stream()");
      assertSameBytes(await body.bytes(), expected, "bytes()");
    }),
  ]),
  ...CUTS.map(({ name, size, sizes }) =>
    storageCase(`put keeps a stream of ${name}`, async (storage) => {
      const expected = noise(size, 5);
      await storage.put("key", chunked(expected, sizes));
      assertSameBytes(await bytesOf(storage.get("key")), expected, "bytes()");
    })
  ),
  storageCase("put keeps a byte stream (type: bytes)", async (storage) => {
    const expected = noise(200_000, 6);
    let at = 0;
    const source = new ReadableStream({
      type: "bytes",
      pull(controller) {
        controller.enqueue(new Uint8Array(expected.subarray(at, at += 30_000)));
        if (at >= expected.length) controller.close();
      },
    });
    await storage.put("key", source);
    assertSameBytes(await bytesOf(storage.get("key")), expected, "bytes()");
  }),
  storageCase("put keeps only the view of a larger buffer", async (storage) => {
    const buffer = noise(10_000, 7);
    await storage.put("key", buffer.subarray(100, 300));
    assertSameBytes(await bytesOf(storage.get("key")), buffer.slice(100, 300), "bytes()");
  }),
  storageCase("put takes a call index and keeps the same bytes", async (storage) => {
    await storage.put("key", noise(300), {
      index: {
        name: "area",
        module: "shapes.ts",
        version: 1,
        code: undefined,
        arguments: [["w", "a".repeat(64)]],
        result: "b".repeat(64),
        time: 1_700_000_000,
        metadata: { runtime: { wall: 0.5 } },
      },
    });
    assertSameBytes(await bytesOf(storage.get("key")), noise(300), "bytes()");
  }),
  storageCase("put copies the body: changing it afterwards changes nothing", async (storage) => {
    for (const size of [10, 100_000, MIB + 1]) {
      const body = noise(size);
      await storage.put("key", body);
      body.fill(0);
      assertSameBytes(await bytesOf(storage.get("key")), noise(size), `${size} bytes`);
    }
  }),
  storageCase(
    "put copies the chunks of a stream: changing them afterwards changes nothing",
    async (storage) => {
      const chunks = Array.from({ length: 20 }, (_, turn) => noise(30_000, turn + 1));
      const expected = joined(chunks);
      await storage.put("key", ReadableStream.from(chunks));
      for (const chunk of chunks) chunk.fill(0);
      assertSameBytes(await bytesOf(storage.get("key")), expected, "bytes()");
    },
  ),
  storageCase("get delivers bytes that are the caller's to change", async (storage) => {
    for (const size of [10, 100_000, MIB + 1]) {
      const expected = noise(size);
      await storage.put("key", expected);
      const body = await storage.get("key");
      assertThat(body !== undefined, "get: expected an entry, found none");
      (await body.bytes()).fill(0);
      assertSameBytes(await body.bytes(), expected, `bytes() of ${size} after bytes() was changed`);
      for (const chunk of await chunksOf(body.stream())) chunk.fill(0);
      assertSameBytes(await drain(body.stream()), expected, `stream() of ${size} after a chunk was changed`);
      assertSameBytes(await bytesOf(storage.get("key")), expected, `${size} bytes, got again`);
    }
  }),
  storageCase(
    "get gives a body whose stream can be had more than once, also at the same time",
    async (storage) => {
      for (const size of [1000, 700_000]) {
        const expected = noise(size);
        await storage.put("key", expected);
        const body = await storage.get("key");
        assertThat(body !== undefined, "get: expected an entry, found none");
        assertSameBytes(await drain(body.stream()), expected, "first stream");
        const [left, right, bytes] = await Promise.all([
          drain(body.stream()),
          drain(body.stream()),
          body.bytes(),
        ]);
        assertSameBytes(left, expected, "left of two streams");
        assertSameBytes(right, expected, "right of two streams");
        assertSameBytes(bytes, expected, "bytes() beside two streams");
      }
    },
  ),
  storageCase("get gives a body whose stream may be cancelled at any time", async (storage) => {
    const expected = noise(MIB + 1);
    await storage.put("key", expected);
    const body = await storage.get("key");
    assertThat(body !== undefined, "get: expected an entry, found none");
    await body.stream().cancel("before the first read");
    const reader = body.stream().getReader();
    await reader.read();
    await reader.cancel("after the first read");
    const pending = body.stream().getReader();
    const read = pending.read();
    await pending.cancel("during a read");
    await read;
    body.stream();
    assertSameBytes(await drain(body.stream()), expected, "stream() after others were cancelled");
    await storage.put("key", noise(3));
    assertSameBytes(await bytesOf(storage.get("key")), noise(3), "after overwriting");
  }),
  storageCase("small agrees with get", async (storage) => {
    const { small } = storage;
    if (small === undefined) return;
    // A storage may load its code on first use; until then "large" sends everybody to get().
    assertThat(
      small.get("key") !== undefined && await storage.get("key") === undefined,
      "get of a missing key: expected none",
    );
    assertThat(small.get("key") === "absent", "small.get of a missing key: expected absent");
    for (const size of SIZES) {
      await storage.put("key", noise(size));
      const found = small.get("key");
      assertThat(found !== "absent", `small.get of ${size} bytes: absent, but it is there`);
      if (found !== "large") assertSameBytes(found, noise(size), `small.get of ${size} bytes`);
      assertSameBytes(await bytesOf(storage.get("key")), noise(size), "get");
    }
    await storage.delete("key");
    assertThat(small.get("key") === "absent", "small.get of a deleted key: expected absent");
  }),
];
