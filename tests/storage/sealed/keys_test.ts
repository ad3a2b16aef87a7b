import assert from "node:assert/strict";
import { test } from "node:test";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { Memory } from "../../../src/storage/memory.ts";
import type { StorageEvent } from "../../../src/storage/types.ts";
import {
  bytesAt,
  bytesOf,
  digestOf,
  KEY,
  listOf,
  MODES,
  noise,
  OTHER_KEY,
  sealed,
  THIRD_KEY,
} from "./_sealed.ts";

const LONG = 600_000;

for (const { title, encrypt } of MODES) {
  test(`SealedStorage, ${title}: the first key seals, all of them open`, async () => {
    const inner = new Memory();
    for (const [key, body] of [["old", noise(10)], ["old and long", noise(LONG)]] as const) {
      await sealed(inner, encrypt, OTHER_KEY).put(key, body);
      const rotated = sealed(inner, encrypt, KEY, THIRD_KEY, OTHER_KEY);
      assert.deepEqual(await bytesOf(rotated, key), body);
      assert.equal(await rotated.has(key), true);
    }
    const rotated = sealed(inner, encrypt, KEY, OTHER_KEY);
    await rotated.put("new", noise(20));
    assert.deepEqual(await bytesOf(sealed(inner, encrypt, KEY), "new"), noise(20));
    assert.equal(await bytesOf(sealed(inner, encrypt, OTHER_KEY), "new"), undefined);
    assert.equal(await bytesOf(sealed(inner, encrypt, KEY), "old"), undefined);
    assert.deepEqual((await listOf(rotated.keys())).sort(), ["new", "old", "old and long"]);
  });

  test(`SealedStorage, ${title}: what is put again after the keys have changed is listed and found once`, async () => {
    const inner = new Memory();
    await sealed(inner, encrypt, OTHER_KEY).put("key", noise(10));
    const rotated = sealed(inner, encrypt, KEY, OTHER_KEY);
    await rotated.put("key", noise(20));
    assert.deepEqual(await bytesOf(rotated, "key"), noise(20));
    assert.deepEqual(await listOf(rotated.keys()), ["key"]);
    assert.equal(await rotated.delete("key"), true);
    assert.equal(await bytesOf(rotated, "key"), undefined);
    assert.equal(await rotated.delete("key"), false);
    assert.deepEqual(await listOf(inner.keys()), []);
  });

  test(`SealedStorage, ${title}: a key given twice, in any case, is one`, async () => {
    const inner = new Memory();
    await sealed(inner, encrypt, KEY.toUpperCase(), KEY, OTHER_KEY.toUpperCase(), OTHER_KEY).put(
      "key",
      noise(10),
    );
    assert.deepEqual(await bytesOf(sealed(inner, encrypt, KEY), "key"), noise(10));
  });

  test(`SealedStorage, ${title}: what it cannot use it neither removes nor changes`, async () => {
    const inner = new Memory();
    const others = sealed(inner, encrypt, OTHER_KEY);
    await others.put("key", noise(10));
    await inner.put("unsigned", noise(10));
    const storage = sealed(inner, encrypt, KEY);
    for (const key of ["key", "unsigned"]) {
      assert.equal(await bytesOf(storage, key), undefined);
      storage.small?.get(key);
    }
    assert.deepEqual(await bytesOf(others, "key"), noise(10));
    assert.deepEqual(await bytesOf(inner, "unsigned"), noise(10));
  });
}

test("SealedStorage puts a signed entry in the place of one that it could not use", async () => {
  const inner = new Memory();
  await inner.put("key", noise(10));
  const storage = sealed(inner, false);
  assert.equal(await bytesOf(storage, "key"), undefined);
  await storage.put("key", noise(20));
  assert.deepEqual(await bytesOf(storage, "key"), noise(20));
});

for (const { title, encrypt } of MODES) {
  test(`SealedStorage, ${title}: watchers hear of what leaves the inner storage, by its key`, async () => {
    const storage = sealed(new Memory({ maxBytes: 1000 }), encrypt);
    const events: StorageEvent[] = [];
    storage.watch((event) => events.push(event));
    await storage.put(digestOf("a"), noise(500));
    await storage.put(digestOf("b"), noise(500));
    assert.deepEqual(events, [{ type: "evict", key: digestOf("a"), reason: "size" }]);
  });

  test(`SealedStorage, ${title}, seals what was compressed`, async () => {
    const inner = new Memory();
    const storage = new CompressedStorage({ compression: "gzip", inner: sealed(inner, encrypt) });
    await storage.put("zeros", new Uint8Array(1_000_000));
    const [name = ""] = await listOf(inner.keys());
    assert((await bytesAt(inner, name)).length < 10_000);
    assert.deepEqual(await bytesOf(storage, "zeros"), new Uint8Array(1_000_000));
  });
}
