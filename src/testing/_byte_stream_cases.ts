/**
 * Cases: what a body streams is a byte stream, so that a reader can bring the memory that it wants filled.
 *
 * @module
 */

import { assertSameBytes, assertThat } from "./_assert.ts";
import { joined, MIB, noise } from "./_bodies.ts";
import type { Storage, StoredBody } from "../storage/types.ts";
import { type StorageCase, storageCase } from "./storage_case.ts";

/** How large the views are that a reader brings, over and over. */
const VIEWS: readonly { readonly name: string; readonly sizes: readonly number[] }[] = [
  { name: "small views", sizes: [97] },
  { name: "views of all sizes", sizes: [1, 5000, 13, 300_000, 2] },
  { name: "views larger than the body", sizes: [4 * MIB] },
];

/** All that a stream gives to a reader that brings its own memory. */
async function drainByob(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  sizes: readonly number[],
): Promise<Uint8Array> {
  const reader = stream.getReader({ mode: "byob" });
  const chunks: Uint8Array[] = [];
  for (let turn = 0;; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    const next = await reader.read(new Uint8Array(size));
    if (next.done) return joined(chunks);
    assertThat(next.value.length > 0, "a read into a view: expected at least one byte");
    assertThat(next.value.length <= size, `a read into ${size} bytes: ${next.value.length} came`);
    chunks.push(next.value);
  }
}

async function bodyOf(storage: Storage, size: number): Promise<StoredBody> {
  await storage.put("key", noise(size));
  const body = await storage.get("key");
  assertThat(body !== undefined, "get: expected an entry, found none");
  return body;
}

/** Byte streams. */
export const byteStreamCases: readonly StorageCase[] = [
  ...[0, 1, 1000, 300_000, MIB + 1].flatMap((size) =>
    VIEWS.map(({ name, sizes }) =>
      storageCase(`stream of ${size} bytes fills ${name}`, async (storage) => {
        const body = await bodyOf(storage, size);
        assertSameBytes(await drainByob(body.stream(), sizes), noise(size), "stream()");
      })
    )
  ),
  storageCase("stream of a part fills views", async (storage) => {
    const body = await bodyOf(storage, 700_000);
    const part = body.stream({ start: 200_000, end: 600_001 });
    assertSameBytes(await drainByob(part, [1, 50_000]), noise(700_000).subarray(200_000, 600_001), "a part");
  }),
  storageCase("stream goes on from a reader with views to one without, and back", async (storage) => {
    const expected = noise(MIB);
    const stream = (await bodyOf(storage, MIB)).stream();
    const chunks: Uint8Array[] = [];
    for (const size of [10, undefined, 100_000, 3, undefined]) {
      if (size === undefined) {
        const reader = stream.getReader();
        const { value } = await reader.read();
        if (value !== undefined) chunks.push(value);
        reader.releaseLock();
      } else {
        const reader = stream.getReader({ mode: "byob" });
        const { value } = await reader.read(new Uint8Array(size));
        if (value !== undefined) chunks.push(value);
        reader.releaseLock();
      }
    }
    chunks.push(await drainByob(stream, [65_536]));
    assertSameBytes(joined(chunks), expected, "the chunks of all readers");
  }),
  storageCase("stream may be cancelled by a reader with views", async (storage) => {
    const body = await bodyOf(storage, MIB);
    const reader = body.stream().getReader({ mode: "byob" });
    await reader.read(new Uint8Array(10));
    await reader.cancel("enough");
    const waiting = body.stream().getReader({ mode: "byob" });
    const read = waiting.read(new Uint8Array(10));
    await waiting.cancel("during a read");
    await read;
    assertSameBytes(await drainByob(body.stream(), [MIB]), noise(MIB), "stream() afterwards");
  }),
];
