/**
 * Cases: drafts while they are written. What goes in can be read at once and has a digest; nobody else sees it.
 *
 * @module
 */

import { assertSameBytes, assertSameSet, assertThat } from "./_assert.ts";
import { bytesOf, collected, joined, KIB, MIB, noise } from "./_bodies.ts";
import type { Draft } from "../storage/types.ts";
import { draftCase, type StorageCase } from "./storage_case.ts";

/** Size of the chunks that make the digest. */
const DIGESTED = 262_144;

/** Writes bytes in chunks of the sizes given, over and over. */
export async function writeAll(draft: Draft, bytes: Uint8Array, sizes: readonly number[]): Promise<void> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    await draft.write(bytes.subarray(at, at + size));
    at += size;
  }
}

/** The digest that a draft of these bytes must have, by another implementation of SHA-256. */
async function digestOf(bytes: Uint8Array): Promise<string> {
  const checksums: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += DIGESTED) {
    checksums.push(await sha256(bytes.subarray(at, at + DIGESTED)));
  }
  return Array.from(await sha256(joined(checksums)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
}

/** Reads at a position; checks that what comes stands there. Gives how much came. */
export async function assertReads(draft: Draft, written: Uint8Array, position: number): Promise<number> {
  const some = await draft.read(position);
  const what = `read(${position}) of ${written.length} bytes`;
  assertThat(some.length >= 1, `${what}: no byte came`);
  assertThat(some.length <= MIB, `${what}: ${some.length} bytes came, at most 1 MiB may`);
  assertSameBytes(some, written.subarray(position, position + some.length), what);
  return some.length;
}

const WRITTEN: readonly {
  readonly name: string;
  readonly size: number;
  readonly sizes: readonly number[];
}[] = [
  { name: "nothing", size: 0, sizes: [1] },
  { name: "one byte", size: 1, sizes: [1] },
  { name: "60 KiB", size: 60 * KIB, sizes: [10_000] },
  { name: "60 KiB and a byte", size: 60 * KIB + 1, sizes: [10_000] },
  { name: "256 KiB", size: DIGESTED, sizes: [65_536] },
  { name: "256 KiB and a byte", size: DIGESTED + 1, sizes: [65_536] },
  { name: "1 MiB", size: MIB, sizes: [65_536] },
  { name: "1 MiB and a byte", size: MIB + 1, sizes: [65_536] },
  { name: "many one-byte chunks", size: 70_000, sizes: [1] },
  { name: "odd chunks, some without bytes", size: 3 * MIB + 17, sizes: [7919, 0, 300_001, 1] },
  { name: "one chunk of 5 MiB", size: 5 * MIB, sizes: [5 * MIB] },
];

/** Drafts while they are written. */
export const draftCases: readonly StorageCase[] = [
  ...WRITTEN.map(({ name, size, sizes }) =>
    draftCase(`draft keeps ${name}, and has their digest`, async (storage, begin) => {
      const expected = noise(size);
      const draft = await begin();
      await writeAll(draft, expected, sizes);
      assertThat(draft.size === size, `size: ${draft.size}, expected ${size}`);
      const digest = draft.digest();
      assertThat(
        digest === await digestOf(expected),
        `digest: ${digest}, expected ${await digestOf(expected)}`,
      );
      await draft.finish("key");
      assertSameBytes(await bytesOf(storage.get("key")), expected, "bytes()");
      assertSameSet(await collected(storage.keys()), ["key"], "keys()");
    })
  ),
  draftCase("draft keeps what was never digested", async (storage, begin) => {
    for (const size of [0, 5, 500_000, 2 * MIB + 1]) {
      const draft = await begin();
      await writeAll(draft, noise(size), [100_000]);
      await draft.finish("key");
      assertSameBytes(await bytesOf(storage.get("key")), noise(size), `${size} bytes`);
    }
  }),
  draftCase("digest of a draft does not depend on how it was cut", async (_, begin) => {
    const body = noise(MIB + 3);
    const digests = new Set<string>();
    for (const sizes of [[MIB + 3], [DIGESTED], [DIGESTED - 1, 2], [1000, 70_000], [MIB, 1, 2]]) {
      const draft = await begin();
      await writeAll(draft, body, sizes);
      digests.add(draft.digest());
      await draft.abandon();
    }
    assertSameSet([...digests], [await digestOf(body)], "digests");
  }),
  draftCase("write copies the chunk: its memory may be used again", async (storage, begin) => {
    const expected = noise(2 * MIB + 11);
    const memory = new Uint8Array(50_000);
    const draft = await begin();
    for (let at = 0; at < expected.length; at += memory.length) {
      const part = expected.subarray(at, at + memory.length);
      memory.set(part);
      await draft.write(memory.subarray(0, part.length));
      memory.fill(0);
    }
    await draft.finish("key");
    assertSameBytes(await bytesOf(storage.get("key")), expected, "bytes()");
  }),
  draftCase("read gives what stands at any position while a draft grows", async (_, begin) => {
    const body = noise(4 * MIB);
    const draft = await begin();
    for (let at = 0; at < body.length; at += 123_457) {
      await draft.write(body.subarray(at, at + 123_457));
      const { size } = draft;
      const written = body.subarray(0, size);
      for (const position of [0, 1, DIGESTED - 1, DIGESTED, MIB, MIB + 1, 2 * MIB - 1, size >> 1, size - 1]) {
        if (position < size) await assertReads(draft, written, position);
      }
    }
    await draft.abandon();
  }),
  draftCase("read follows a draft from the beginning to its end", async (_, begin) => {
    const body = noise(5 * MIB + 1);
    const draft = await begin();
    let isWritten = false;
    const writing = writeAll(draft, body, [65_536, 1, 500_000]).then(() => isWritten = true);
    const follow = async (): Promise<void> => {
      for (let at = 0; at < body.length;) {
        if (at < draft.size) at += await assertReads(draft, body, at);
        else if (isWritten) throw new Error(`size: ${draft.size} at the end, expected ${body.length}`);
        else await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await Promise.all([writing, follow(), follow(), follow()]);
    await draft.abandon();
  }),
  draftCase("read gives a copy: changing it changes nothing", async (storage, begin) => {
    const body = noise(3 * MIB);
    const draft = await begin();
    await writeAll(draft, body, [100_000]);
    for (const position of [0, MIB, 2 * MIB, 3 * MIB - 10]) {
      (await draft.read(position)).fill(0);
      await assertReads(draft, body, position);
    }
    await draft.finish("key");
    assertSameBytes(await bytesOf(storage.get("key")), body, "bytes()");
  }),
  draftCase("draft is not seen before it is finished", async (storage, begin) => {
    const draft = await begin();
    for (const size of [10, 100_000, 3 * MIB]) {
      await writeAll(draft, noise(size), [65_536]);
      assertThat(!(await storage.has("key")), "has: expected false");
      assertThat((await storage.get("key")) === undefined, "get: expected undefined");
      assertThat(!(storage.small?.get("key") instanceof Uint8Array), "small.get: expected no body");
      assertSameSet(await collected(storage.keys()), [], "keys()");
    }
    await draft.abandon();
  }),
  draftCase("drafts that are written at once do not mix", async (storage, begin) => {
    const sizes = [10, 300_000, 2 * MIB + 1, 3 * MIB];
    const drafts = await Promise.all(sizes.map(begin));
    await Promise.all(
      drafts.map((draft, at) => writeAll(draft, noise(sizes[at] ?? 0, at + 1), [9999 + at])),
    );
    await Promise.all(drafts.map((draft, at) => draft.finish(`key-${at}`)));
    for (const [at, size] of sizes.entries()) {
      assertSameBytes(await bytesOf(storage.get(`key-${at}`)), noise(size, at + 1), `key-${at}`);
    }
  }),
];
