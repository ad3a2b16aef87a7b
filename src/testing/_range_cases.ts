/**
 * Cases: parts of bodies. A range gives these bytes and no others, wherever it begins and ends.
 *
 * @module
 */

import { assertSameBytes, assertThat } from "./_assert.ts";
import { chunked, drain, MIB, noise } from "./_bodies.ts";
import type { ByteRange, Storage, StoredBody } from "../storage/types.ts";
import { type StorageCase, storageCase } from "./storage_case.ts";

/** Where chunks may end, in this storage or another. */
const CHUNK = 262_144;

const BAD: readonly ByteRange[] = [
  { start: -1 },
  { end: -1 },
  { start: 0.5 },
  { end: 1.5 },
  { start: NaN },
  { end: NaN },
  { start: Infinity },
  { end: -Infinity },
  { start: 5, end: 4 },
  { start: 2 ** 53 },
];

/** Ranges over a body of this size: at its ends, in its middle, beyond it, and where its chunks meet. */
function rangesOf(size: number): ByteRange[] {
  const chunkEnds = [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK].filter((edge) => edge < size);
  const edges = [0, 1, ...chunkEnds, size - 1, size, size + 1, size + MIB].filter((edge) => edge >= 0);
  const ranges: ByteRange[] = [
    {},
    ...edges.flatMap((start, at) => [
      { start },
      { end: start },
      ...edges.slice(at, at + 3).map((end) => ({ start, end })),
    ]),
    { start: 1, end: size - 1 },
  ];
  return ranges.filter(({ start = 0, end = Infinity }) => end >= start);
}

async function bodyOf(storage: Storage): Promise<StoredBody> {
  const body = await storage.get("key");
  assertThat(body !== undefined, "get: expected an entry, found none");
  return body;
}

/** Reads every range and compares it with the same part of what was put. */
async function assertRanges(body: StoredBody, expected: Uint8Array): Promise<void> {
  for (const range of rangesOf(expected.length)) {
    const part = expected.subarray(range.start ?? 0, range.end ?? expected.length);
    const { start = "", end = "" } = range;
    assertSameBytes(await drain(body.stream(range)), part, `bytes ${start}-${end} of ${expected.length}`);
  }
}

/** Parts of bodies. */
export const rangeCases: readonly StorageCase[] = [
  ...[0, 1, 1000, CHUNK, CHUNK + 1, 3 * CHUNK + 5].map((size) =>
    storageCase(`stream gives every part of ${size} bytes`, async (storage) => {
      await storage.put("key", noise(size));
      await assertRanges(await bodyOf(storage), noise(size));
    })
  ),
  storageCase("stream gives every part of what was put as a stream", async (storage) => {
    const expected = noise(2 * CHUNK + 7);
    await storage.put("key", chunked(expected, [10_000, 1, 65_536]));
    await assertRanges(await bodyOf(storage), expected);
  }),
  storageCase("stream gives a part of several MiB", async (storage) => {
    const expected = noise(5 * MIB);
    await storage.put("key", expected);
    const range = { start: 300_000, end: 5 * MIB - 300_000 };
    const part = await drain((await bodyOf(storage)).stream(range));
    assertSameBytes(part, expected.subarray(range.start, range.end), "a part of 5 MiB");
  }),
  ...[10, 700_000].map((size) =>
    storageCase(
      `stream of ${size} bytes refuses what is no range with a RangeError, at once`,
      async (storage) => {
        await storage.put("key", noise(size));
        const body = await bodyOf(storage);
        for (const range of BAD) {
          let reason: unknown;
          try {
            body.stream(range);
          } catch (error) {
            reason = error;
          }
          const what = `stream of ${range.start} to ${range.end}`;
          assertThat(reason instanceof RangeError, `${what}: threw ${String(reason)}, expected a RangeError`);
        }
        assertSameBytes(await drain(body.stream()), noise(size), "stream() afterwards");
      },
    )
  ),
  storageCase("stream gives several parts of one body at once", async (storage) => {
    const expected = noise(2 * MIB);
    await storage.put("key", expected);
    const body = await bodyOf(storage);
    const starts = [0, 100, CHUNK, 500_000, MIB, 2 * MIB - 1];
    const parts = await Promise.all(starts.map((start) => drain(body.stream({ start }))));
    for (const [at, part] of parts.entries()) {
      assertSameBytes(part, expected.subarray(starts[at]), `from ${starts[at]}`);
    }
  }),
  storageCase("stream of a part may be cancelled at any time", async (storage) => {
    await storage.put("key", noise(2 * MIB));
    const body = await bodyOf(storage);
    await body.stream({ start: MIB }).cancel("before the first read");
    const reader = body.stream({ start: MIB }).getReader();
    await reader.read();
    await reader.cancel("after the first read");
    const pending = body.stream({ start: 700_000 }).getReader();
    const read = pending.read();
    await pending.cancel("during a read");
    await read;
    const part = await drain(body.stream({ start: MIB }));
    assertSameBytes(part, noise(2 * MIB).subarray(MIB), "stream() after others were cancelled");
  }),
  ...[100, 400_000, 3 * MIB].map((size) =>
    storageCase(`stream of a part after ${size} bytes took the entry's place is no mix`, async (storage) => {
      const old = noise(MIB, 1);
      const renewed = noise(size, 2);
      await storage.put("key", old);
      const body = await bodyOf(storage);
      await storage.put("key", renewed);
      for (
        const range of [{ start: 300_000, end: 500_000 }, { start: 50 }, { start: MIB - 1 }, { end: 600_000 }]
      ) {
        const part = await drain(body.stream(range));
        const isPartOf = (whole: Uint8Array): boolean => {
          const expected = whole.subarray(range.start ?? 0, range.end ?? whole.length);
          return part.length === expected.length && expected.every((byte, at) => byte === part[at]);
        };
        assertThat(isPartOf(old) || isPartOf(renewed), `bytes ${range.start}-${range.end}: of neither entry`);
      }
    })
  ),
];
