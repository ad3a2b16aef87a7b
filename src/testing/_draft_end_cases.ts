/**
 * Cases: how drafts end. Finished they are an entry like any other, abandoned or failed they have never been.
 *
 * @module
 */

import { assertRejectsWith, assertSameBytes, assertSameSet, assertThat, reasonOf } from "./_assert.ts";
import { bytesOf, collected, drain, joined, MIB, noise } from "./_bodies.ts";
import { assertReads, writeAll } from "./_draft_cases.ts";
import type { Draft, Storage } from "../storage/types.ts";
import { draftCase, reopenDraftCase, type StorageCase } from "./storage_case.ts";

/** How much is written before a draft ends: nothing, within one chunk, over several buffers. */
const SIZES: readonly number[] = [0, 10, 100_000, 3 * MIB + 1];

async function written(begin: () => Promise<Draft>, size: number, seed = 1): Promise<Draft> {
  const draft = await begin();
  await writeAll(draft, noise(size, seed), [65_536]);
  return draft;
}

async function assertOnly(storage: Storage, earlier: Uint8Array, what: string): Promise<void> {
  assertSameBytes(await bytesOf(storage.get("earlier")), earlier, `the earlier entry ${what}`);
  assertSameSet(await collected(storage.keys()), ["earlier"], `keys() ${what}`);
}

async function assertReadable(draft: Draft, body: Uint8Array): Promise<void> {
  for (const position of body.length === 0 ? [] : positionsIn(body.length)) {
    await assertReads(draft, body, position);
  }
}

/** Positions all over a draft, so that some are in memory and some are not. */
function positionsIn(size: number): number[] {
  return Array.from({ length: 12 }, (_, at) => Math.floor(size * at / 12));
}

/** How drafts end. */
export const draftEndCases: readonly StorageCase[] = [
  draftCase("finish of a draft replaces an earlier entry", async (storage, begin) => {
    for (const earlier of [5, 2 * MIB]) {
      for (const size of SIZES) {
        await storage.put("key", noise(earlier, 9));
        const draft = await written(begin, size);
        assertSameBytes(await bytesOf(storage.get("key")), noise(earlier, 9), "before finish");
        await draft.finish("key");
        assertSameBytes(await bytesOf(storage.get("key")), noise(size), `${size} over ${earlier} bytes`);
        assertSameSet(await collected(storage.keys()), ["key"], "keys()");
      }
    }
  }),
  draftCase(
    "finish of a draft leaves a stream that was begun before on the earlier entry",
    async (storage, begin) => {
      const earlier = noise(2 * MIB, 9);
      await storage.put("key", earlier);
      const body = await storage.get("key");
      assertThat(body !== undefined, "get: expected an entry, found none");
      const stream = body.stream();
      const reader = stream.getReader();
      const { value: first = noise(0) } = await reader.read();
      reader.releaseLock();
      const draft = await written(begin, MIB);
      await draft.finish("key");
      assertSameBytes(joined([first, await drain(stream)]), earlier, "the stream");
      assertSameBytes(await bytesOf(storage.get("key")), noise(MIB), "get afterwards");
    },
  ),
  draftCase("finish of a draft takes keys of any form", async (storage, begin) => {
    const keys = ["0123456789abcdef".repeat(4), "Key", "key", "../a/b", "日本", "l".repeat(5000)];
    for (const [at, key] of keys.entries()) await (await written(begin, at * 70_000, at + 1)).finish(key);
    for (const [at, key] of keys.entries()) {
      assertSameBytes(await bytesOf(storage.get(key)), noise(at * 70_000, at + 1), JSON.stringify(key));
    }
    assertSameSet(await collected(storage.keys()), keys, "keys()");
  }),
  draftCase("finish of a draft takes a call index and keeps the same bytes", async (storage, begin) => {
    const draft = await written(begin, 300);
    const [name, digest] = ["area", "a".repeat(64)];
    const about = { name, module: undefined, version: undefined, code: undefined, result: digest };
    await draft.finish("key", {
      index: { ...about, arguments: [["w", digest]], time: 1_700_000_000, metadata: {} },
    });
    assertSameBytes(await bytesOf(storage.get("key")), noise(300), "bytes()");
  }),
  draftCase(
    "finish refuses what is no key with a TypeError: the draft can still be read, and nothing is left",
    async (storage, begin) => {
      await storage.put("earlier", noise(10));
      for (const size of SIZES) {
        for (const key of ["", "\ud800", "a\udc00b"]) {
          const draft = await written(begin, size);
          const reason = await reasonOf(() => draft.finish(key), "finish");
          assertThat(
            reason instanceof TypeError,
            `finish: rejected with ${String(reason)}, expected a TypeError`,
          );
          await assertReadable(draft, noise(size, 1));
          await draft.abandon();
          await assertOnly(storage, noise(10), `after finish("${key}")`);
        }
      }
    },
  ),
  draftCase(
    "finish with an aborted signal rejects with its reason: the draft can still be read, and nothing is left",
    async (storage, begin) => {
      await storage.put("earlier", noise(10));
      const reason = new Error("aborted before");
      for (const size of SIZES) {
        for (const key of ["key", "earlier"]) {
          const draft = await written(begin, size);
          await assertRejectsWith(
            () => draft.finish(key, { signal: AbortSignal.abort(reason) }),
            reason,
            `finish of ${size} bytes`,
          );
          await assertReadable(draft, noise(size, 1));
          await draft.abandon();
          await assertOnly(storage, noise(10), "after an aborted finish");
        }
      }
    },
  ),
  draftCase("a signal that aborts after finish changes nothing", async (storage, begin) => {
    const aborter = new AbortController();
    const draft = await written(begin, 2 * MIB);
    await draft.finish("key", { signal: aborter.signal });
    aborter.abort(new Error("too late"));
    assertSameBytes(await bytesOf(storage.get("key")), noise(2 * MIB), "bytes()");
  }),
  draftCase("abandon of a draft leaves nothing, and may be called again", async (storage, begin) => {
    await storage.put("earlier", noise(10));
    for (const size of SIZES) {
      const draft = await written(begin, size);
      await Promise.all([draft.abandon(), draft.abandon()]);
      await draft.abandon();
      await assertOnly(storage, noise(10), "after abandon");
    }
  }),
  draftCase("abandon is harmless after finish, and beside it", async (storage, begin) => {
    for (const size of SIZES) {
      const draft = await written(begin, size);
      await draft.finish("key");
      await draft.abandon();
      await draft.abandon();
      assertSameBytes(await bytesOf(storage.get("key")), noise(size), `${size} bytes`);
      const next = await written(begin, size, 2);
      await Promise.all([next.finish("key"), next.abandon()]);
      assertSameBytes(
        await bytesOf(storage.get("key")),
        noise(size, 2),
        `${size} bytes, abandoned beside finish`,
      );
    }
  }),
  draftCase("a draft that has ended takes no more, gives no more and ends once", async (storage, begin) => {
    for (const size of SIZES) {
      for (const end of [(draft: Draft) => draft.finish("earlier"), (draft: Draft) => draft.abandon()]) {
        const draft = await written(begin, size);
        await storage.put("earlier", noise(size));
        await end(draft);
        const attempts: readonly (() => unknown)[] = [
          () => draft.write(noise(10)),
          () => draft.read(0),
          () => draft.finish("again"),
        ];
        for (const attempt of attempts) await reasonOf(async () => await attempt(), "a call after the end");
        await draft.abandon();
        await assertOnly(storage, noise(size), "after the end");
      }
    }
  }),
  draftCase("finish of several drafts under one key leaves one of them, whole", async (storage, begin) => {
    const sizes = [10, 200_000, 2 * MIB, 2 * MIB, 0];
    const drafts = await Promise.all(sizes.map((size, at) => written(begin, size, at + 1)));
    await Promise.all(drafts.map((draft) => draft.finish("key")));
    const found = await bytesOf(storage.get("key"));
    const isOneOfThem = sizes.some((size, at) => {
      const body = noise(size, at + 1);
      return body.length === found.length && body.every((byte, index) => byte === found[index]);
    });
    assertThat(isOneOfThem, "get: expected one of the drafts, whole");
    assertSameSet(await collected(storage.keys()), ["key"], "keys()");
  }),
  draftCase("finish and abandon wait for reads that are under way", async (storage, begin) => {
    const size = 4 * MIB;
    const body = noise(size);
    for (const end of [(draft: Draft) => draft.finish("key"), (draft: Draft) => draft.abandon()]) {
      const draft = await written(begin, size);
      const reads = positionsIn(size).map((position) => assertReads(draft, body, position));
      await Promise.all([end(draft), ...reads]);
    }
    assertSameBytes(await bytesOf(storage.get("key")), body, "bytes()");
  }),
  draftCase("a draft may be made of what is read from the same storage", async (storage, begin) => {
    await storage.put("key", noise(2 * MIB));
    const draft = await begin();
    const body = await storage.get("key");
    await writeAll(draft, await drain(body?.stream({ start: 100 }) ?? new ReadableStream()), [70_000]);
    await draft.finish("key");
    assertSameBytes(await bytesOf(storage.get("key")), noise(2 * MIB).subarray(100), "bytes()");
  }),
  reopenDraftCase("a second instance sees a draft when it is finished", async (first, second, begin) => {
    for (const size of SIZES) {
      const draft = await written(begin, size);
      assertThat(!(await second.has("key")), "has by the second before finish: expected false");
      assertSameSet(await collected(second.keys()), [], "keys() of the second before finish");
      await draft.finish("key");
      assertSameBytes(await bytesOf(second.get("key")), noise(size), "get by the second");
      assertThat(await first.delete("key"), "delete: expected true");
    }
  }),
];
