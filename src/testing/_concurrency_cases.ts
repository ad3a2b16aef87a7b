/**
 * Cases: several at once. A reader sees one body or another, never a mix, and one of several writers wins whole.
 *
 * @module
 */

import { assertSameBytes, assertSameSet, assertThat } from "./_assert.ts";
import { bytesOf, chunked, collected, drain, joined, MIB, noise } from "./_bodies.ts";
import type { Storage } from "../storage/types.ts";
import { reopenCase, type StorageCase, storageCase } from "./storage_case.ts";

function same(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** Puts bodies of one key at once, from every writer given; checks that one of them is there, whole. */
async function race(writers: readonly Storage[], sizes: readonly number[]): Promise<void> {
  const bodies = sizes.map((size, at) => noise(size, at + 1));
  await Promise.all(bodies.map((body, at) => {
    const writer = writers[at % writers.length];
    return writer?.put("key", at % 2 === 0 ? body : chunked(body, [7777]));
  }));
  for (const reader of writers) {
    const found = await bytesOf(reader.get("key"));
    assertThat(bodies.some((body) => same(body, found)), "get: expected one of the bodies, whole");
    assertSameSet(await collected(reader.keys()), ["key"], "keys()");
  }
}

/** Reads a body of `old` across its replacement by another: one of the two comes, whole, or the read fails. */
async function readAcross(reader: Storage, writer: Storage, size: number): Promise<void> {
  const old = noise(size, 1);
  const renewed = noise(size, 2);
  await writer.put("key", old);
  const body = await reader.get("key");
  assertThat(body !== undefined, "get: expected an entry, found none");
  const begun = body.stream().getReader();
  const chunks: Uint8Array[] = [];
  const first = await begun.read();
  if (!first.done) chunks.push(first.value);
  await writer.put("key", renewed);
  for (let next = await begun.read(); !next.done; next = await begun.read()) chunks.push(next.value);
  assertSameBytes(joined(chunks), old, "a stream begun before the entry was replaced");
  const later = await drain(body.stream());
  assertThat(same(later, old) || same(later, renewed), "a stream had after the entry was replaced: a mix");
  assertSameBytes(await bytesOf(reader.get("key")), renewed, "get after the entry was replaced");
}

/** Several at once. */
export const concurrencyCases: readonly StorageCase[] = [
  storageCase("put by several at once leaves one of the bodies, whole", async (storage) => {
    await race([storage], [10, 10, 20_000, 20_000, 300_000, 300_000, MIB, 10]);
    await race([storage], [300_000, 300_000, 300_000, 300_000]);
    await race([storage], [100, 100, 100, 100]);
  }),
  storageCase("put of several keys at once keeps them all", async (storage) => {
    const keys = Array.from({ length: 20 }, (_, at) => `key-${at}`);
    await Promise.all(keys.map((key, at) => storage.put(key, noise(at * 7000, at + 1))));
    await Promise.all(
      keys.map(async (key, at) =>
        assertSameBytes(await bytesOf(storage.get(key)), noise(at * 7000, at + 1), key)
      ),
    );
    assertSameSet(await collected(storage.keys()), keys, "keys()");
  }),
  ...[1000, 2 * MIB].map((size) =>
    storageCase(`get of ${size} bytes sees the old or the new entry, never a mix`, async (storage) => {
      await readAcross(storage, storage, size);
    })
  ),
  storageCase("get beside repeated puts sees one body or another, whole", async (storage) => {
    const bodies = [noise(100_000, 1), noise(100_000, 2), noise(500, 3), noise(900_000, 4)];
    await storage.put("key", bodies[0] ?? noise(0));
    let writing = true;
    const writes = (async () => {
      for (let turn = 0; turn < 12; turn++) await storage.put("key", bodies[turn % 4] ?? noise(0));
      writing = false;
    })();
    while (writing) {
      const found = await bytesOf(storage.get("key"));
      assertThat(bodies.some((body) => same(body, found)), "get: expected one of the bodies, whole");
      // A storage may answer without ever leaving the microtask queue: the writer must have its turn.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await writes;
  }),
  storageCase("get of a body that is deleted meanwhile gives all of it or fails", async (storage) => {
    const expected = noise(2 * MIB);
    await storage.put("key", expected);
    const body = await storage.get("key");
    assertThat(body !== undefined, "get: expected an entry, found none");
    await storage.delete("key");
    const outcome = await drain(body.stream()).catch(() => undefined);
    if (outcome !== undefined) assertSameBytes(outcome, expected, "stream() of a deleted entry");
    assertThat((await storage.get("key")) === undefined, "get after delete: expected undefined");
  }),
  storageCase("put of what is being read from the same storage works", async (storage) => {
    const expected = noise(MIB);
    await storage.put("key", expected);
    const body = await storage.get("key");
    assertThat(body !== undefined, "get: expected an entry, found none");
    await storage.put("copy", body.stream());
    await storage.put("key", body.stream());
    assertSameBytes(await bytesOf(storage.get("copy")), expected, "the copy");
    assertSameBytes(await bytesOf(storage.get("key")), expected, "the entry put upon itself");
  }),
  reopenCase("put by two instances at once leaves one of the bodies, whole", async (first, second) => {
    await race([first, second], [10, 20_000, 300_000, MIB, 10, 300_000]);
  }),
  reopenCase("get by one instance across a put by another sees no mix", async (first, second) => {
    await readAcross(first, second, 1000);
    await readAcross(second, first, 2 * MIB);
  }),
];
