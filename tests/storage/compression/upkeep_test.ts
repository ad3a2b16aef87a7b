import assert from "node:assert/strict";
import { test } from "node:test";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { Memory } from "../../../src/storage/memory.ts";
import type { Storage, StorageEvent } from "../../../src/storage/types.ts";
import { VoidStorage } from "../../../src/storage/void_storage.ts";
import { noise, prose } from "../../../src/testing/_bodies.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";

const FOOTER_SIZE = 20;

function over(inner: Storage): { storage: CompressedStorage; inner: Storage; events: StorageEvent[] } {
  const storage = new CompressedStorage({ compression: "gzip", inner });
  const events: StorageEvent[] = [];
  storage.watch((event) => events.push(event));
  return { storage, inner, events };
}

async function bytesIn(storage: Storage): Promise<Uint8Array<ArrayBuffer>> {
  const body = await storage.get("key");
  if (body === undefined) throw new Error("there is none");
  return await body.bytes();
}

test("CompressedStorage can be looked after where its inner storage can", () => {
  assert.notEqual(over(new Memory()).storage.upkeep, undefined);
  assert.equal(over(new VoidStorage()).storage.upkeep, undefined);
});

for (
  const [what, body] of [["small", prose(1000)], ["large", prose(3_000_000)], [
    "plain",
    noise(700_000),
  ]] as const
) {
  test(`CompressedStorage.upkeep.check finds damage that a ${what} entry came with, and leaves it`, async () => {
    const { storage, inner } = over(new Memory());
    await storage.put("key", body);
    const entry = await bytesIn(inner);
    const places = [
      0,
      entry.length >> 1,
      entry.length - FOOTER_SIZE - 1,
      entry.length - 13,
      entry.length - 1,
    ];
    for (const at of places) {
      await inner.put("key", entry.with(at, (entry[at] ?? 0) ^ 0x10));
      assert.equal(await storage.upkeep?.check("key"), "damaged", `at ${at} of ${entry.length}`);
      assert.equal(await inner.has("key"), true);
    }
    for (const part of [entry.subarray(1), entry.subarray(0, -1), entry.subarray(0, 0)]) {
      await inner.put("key", part);
      assert.equal(await storage.upkeep?.check("key"), "damaged", `${part.length} of ${entry.length} bytes`);
    }
    await inner.put("key", entry);
    assert.equal(await storage.upkeep?.check("key"), "whole");
  });

  test(`CompressedStorage tells a ${what} entry of a later version, and who watches`, async () => {
    const { storage, inner, events } = over(new Memory());
    await storage.put("key", body);
    const entry = await bytesIn(inner);
    await inner.put("key", entry.with(entry.length - FOOTER_SIZE + 5, 3));
    assert.equal(await storage.upkeep?.check("key"), "newer");
    assert.deepEqual(events, []);
    assert.equal(await storage.get("key"), undefined);
    assert.deepEqual(events, [{ type: "unusable", key: "key", reason: "version" }]);
    if (what !== "small") return;
    assert.equal(storage.small?.get("key"), "absent");
    assert.equal(events.length, 2);
  });
}

test("CompressedStorage.upkeep.check does what the inner one says first, so that nothing is set aside", async () => {
  const { inner } = over(new Memory());
  const { upkeep } = inner;
  assert.ok(upkeep);
  for (const health of ["damaged", "newer", "refused", "absent"] as const) {
    let gets = 0;
    const storage: CompressedStorage = new CompressedStorage({
      compression: "gzip",
      inner: {
        put: (...given) => inner.put(...given),
        get: (...given) => (gets++, inner.get(...given)),
        has: (key) => inner.has(key),
        delete: (key) => inner.delete(key),
        keys: (options) => inner.keys(options),
        upkeep: { ...upkeep, check: () => Promise.resolve(health) },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
    });
    await storage.put("key", prose(1000));
    assert.equal(await storage.upkeep?.check("key"), health);
    assert.equal(gets, 0);
  }
});

test("CompressedStorage.upkeep.check calls damaged what would be too long decompressed", async () => {
  const inner = new Memory();
  await over(inner).storage.put("key", new Uint8Array(500_000));
  const strict = new CompressedStorage({ compression: "gzip", inner, maxRatio: 10 });
  assert.equal(await strict.upkeep?.check("key"), "damaged");
});

test("CompressedStorage tells what its inner storage tells", async () => {
  const { storage, events } = over(new Memory({ maxBytes: 1000 }));
  await storage.put("a", noise(900));
  await storage.put("b", noise(900));
  assert.deepEqual(events, [{ type: "evict", key: "a", reason: "size" }]);
});

test("CompressedStorage lists what stands in files, with their sizes", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (root) => {
    const { storage, inner } = over(new CborFile({ root }));
    await storage.put("key", prose(1_000_000));
    const [entry] = await Array.fromAsync(storage.upkeep?.entries() ?? []);
    const [innerEntry] = await Array.fromAsync(inner.upkeep?.entries() ?? []);
    assert.deepEqual(entry, innerEntry);
    assert.ok((entry?.size ?? Infinity) < 500_000);
    let bytes = 0;
    assert.equal(await storage.upkeep?.check("key", { onBytes: (count) => bytes += count }), "whole");
    assert.equal(bytes, entry?.size);
  });
});
