/**
 * Cases: what fails leaves no trace. A source that errors, a signal that aborts, a body that is none.
 *
 * @module
 */

import { assertRejectsWith, assertSameBytes, assertSameSet, assertThat, reasonOf } from "./_assert.ts";
import { bytesOf, chunked, collected, failing, MIB, noise, stalling } from "./_bodies.ts";
import type { Storage } from "../storage/types.ts";
import { type StorageCase, storageCase } from "./storage_case.ts";

async function assertUntouched(storage: Storage, earlier: Uint8Array | undefined): Promise<void> {
  if (earlier === undefined) {
    assertThat((await storage.get("key")) === undefined, "get after a failed put: expected undefined");
    assertThat(!(await storage.has("key")), "has after a failed put: expected false");
    assertSameSet(await collected(storage.keys()), [], "keys() after a failed put");
  } else {
    assertSameBytes(await bytesOf(storage.get("key")), earlier, "the earlier entry");
    assertSameSet(await collected(storage.keys()), ["key"], "keys() after a failed put");
  }
}

/** Tries the same with no earlier entry, with a small one and with a large one. */
function overEarlier(
  name: string,
  attempt: (storage: Storage) => Promise<void>,
): readonly StorageCase[] {
  return [
    storageCase(`${name}, and nothing is there`, async (storage) => {
      await attempt(storage);
      await assertUntouched(storage, undefined);
    }),
    ...[50, 300_000].map((size) =>
      storageCase(`${name}, and the earlier ${size} bytes stay`, async (storage) => {
        await storage.put("key", noise(size, 9));
        await attempt(storage);
        await assertUntouched(storage, noise(size, 9));
      })
    ),
  ];
}

/** What fails leaves no trace. */
export const failureCases: readonly StorageCase[] = [
  ...[0, 10_000, MIB].flatMap((size) =>
    overEarlier(`put rejects with the source's error after ${size} bytes`, async (storage) => {
      const failure = new Error("the source broke");
      await assertRejectsWith(() => storage.put("key", failing(noise(size), failure)), failure, "put");
    })
  ),
  ...overEarlier("put rejects with a source's reason that is no Error", async (storage) => {
    await assertRejectsWith(
      () => storage.put("key", failing(noise(20_000), "plain reason")),
      "plain reason",
      "put",
    );
  }),
  ...overEarlier("put refuses a locked stream with a TypeError", async (storage) => {
    const source = chunked(noise(10), [5]);
    source.getReader();
    const reason = await reasonOf(() => storage.put("key", source), "put");
    assertThat(reason instanceof TypeError, `put: rejected with ${String(reason)}, expected a TypeError`);
  }),
  ...overEarlier("put refuses a stream of something other than bytes with a TypeError", async (storage) => {
    const source = ReadableStream.from([noise(10), "text"]) as unknown as ReadableStream<Uint8Array>;
    const reason = await reasonOf(() => storage.put("key", source), "put");
    assertThat(reason instanceof TypeError, `put: rejected with ${String(reason)}, expected a TypeError`);
  }),
  ...overEarlier("put with an aborted signal rejects with its reason", async (storage) => {
    const reason = new Error("aborted before");
    const signal = AbortSignal.abort(reason);
    await assertRejectsWith(() => storage.put("key", noise(10), { signal }), reason, "put of bytes");
    await assertRejectsWith(
      () => storage.put("key", noise(MIB), { signal }),
      reason,
      "put of many bytes",
    );
    await assertRejectsWith(
      () => storage.put("key", chunked(noise(10), [5]), { signal }),
      reason,
      "put of a stream",
    );
  }),
  ...[0, 1000, MIB + 1].flatMap((size) =>
    overEarlier(
      `put aborted while its source stalls after ${size} bytes rejects with the signal's reason`,
      async (storage) => {
        const aborter = new AbortController();
        const reason = new Error("aborted meanwhile");
        let cancelled: unknown;
        const source = stalling(noise(size), {
          onStall: () => queueMicrotask(() => aborter.abort(reason)),
          onCancel: (seen) => cancelled = seen,
        });
        await assertRejectsWith(() => storage.put("key", source, { signal: aborter.signal }), reason, "put");
        assertThat(cancelled === reason, "put: expected the source to be cancelled with the signal's reason");
      },
    )
  ),
  storageCase("get with an aborted signal rejects with its reason", async (storage) => {
    const reason = new Error("aborted before");
    await storage.put("key", noise(10));
    await assertRejectsWith(() => storage.get("key", { signal: AbortSignal.abort(reason) }), reason, "get");
    await assertRejectsWith(() => storage.get("none", { signal: AbortSignal.abort(reason) }), reason, "get");
  }),
  storageCase("keys with a signal aborted before or meanwhile rejects with its reason", async (storage) => {
    const reason = new Error("aborted");
    for (const key of ["a", "b", "c", "d"]) await storage.put(key, noise(1));
    await assertRejectsWith(
      () => collected(storage.keys({ signal: AbortSignal.abort(reason) })),
      reason,
      "keys, aborted before",
    );
    const aborter = new AbortController();
    const iterator = storage.keys({ signal: aborter.signal })[Symbol.asyncIterator]();
    await iterator.next();
    aborter.abort(reason);
    await assertRejectsWith(() => iterator.next(), reason, "keys, aborted meanwhile");
    assertSameSet(await collected(storage.keys()), ["a", "b", "c", "d"], "keys() afterwards");
  }),
  storageCase("a signal that aborts after the operation changes nothing", async (storage) => {
    const aborter = new AbortController();
    const { signal } = aborter;
    await storage.put("key", chunked(noise(100_000), [9999]), { signal });
    aborter.abort(new Error("too late"));
    assertSameBytes(await bytesOf(storage.get("key")), noise(100_000), "bytes()");
  }),
  storageCase("disposing twice is harmless", async (storage) => {
    await storage.put("key", noise(10));
    await storage[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  }),
];
