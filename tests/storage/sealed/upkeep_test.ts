import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory } from "../../../src/storage/memory.ts";
import type { EntryInfo } from "../../../src/storage/types.ts";
import { maskedName, signedEntry } from "./_oracle.ts";
import { bytesAt, bytesOf, KEY, listOf, MODES, noise, OTHER_KEY, sealed } from "./_sealed.ts";

const LONG = 800_000;
const KEYS = ["alpha", "beta", "gamma", "delta"];

async function filled(encrypt: boolean) {
  const inner = new Memory();
  const storage = sealed(inner, encrypt);
  for (const [at, key] of KEYS.entries()) await storage.put(key, noise(at === 3 ? LONG : 10 * at));
  const { upkeep } = storage;
  assert(upkeep !== undefined && inner.upkeep !== undefined);
  const nameOf = (key: string) => encrypt ? maskedName(KEY, key) : Promise.resolve(key);
  return { inner, storage, upkeep, nameOf };
}

for (const { title, one, encrypt } of MODES) {
  test(`upkeep of SealedStorage, ${title}, lists entries by their keys`, async () => {
    const { inner, upkeep } = await filled(encrypt);
    const entries = await listOf(upkeep.entries());
    assert.deepEqual(entries.map(({ key }) => key).sort(), KEYS.toSorted());
    const kept = await listOf(inner.upkeep.entries());
    assert.deepEqual(entries.map(({ size }) => size), kept.map(({ size }) => size));
    assert.deepEqual((await listOf(upkeep.entries({ prefix: "al" }))).map(({ key }) => key), ["alpha"]);
    assert.deepEqual(await listOf(upkeep.foreign()), []);
  });

  test(`upkeep of SealedStorage, ${title}, goes on behind a key that was listed`, async () => {
    const { upkeep } = await filled(encrypt);
    const all = (await listOf(upkeep.entries())).map(({ key }) => key);
    for (const [at, after] of all.entries()) {
      const rest = (await listOf(upkeep.entries({ after }))).map(({ key }) => key);
      assert.deepEqual(rest, all.slice(at), `after ${after}`);
    }
  });

  test(`upkeep of SealedStorage, ${title}, finds whole entries whole, and tells of the bytes that it reads`, async () => {
    const { upkeep, inner, nameOf } = await filled(encrypt);
    for (const key of KEYS) {
      let bytes = 0;
      assert.equal(await upkeep.check(key, { onBytes: (more) => bytes += more }), "whole", key);
      assert.equal(bytes, (await bytesAt(inner, await nameOf(key))).length);
    }
    assert.equal(await upkeep.check("absent"), "absent");
  });

  test(`upkeep of SealedStorage, ${title}, refuses what was changed anywhere, and leaves it`, async () => {
    const { upkeep, inner, nameOf } = await filled(encrypt);
    for (const key of ["beta", "delta"]) {
      const name = await nameOf(key);
      const entry = await bytesAt(inner, name);
      const places = [0, entry.length >> 1, entry.length - 60, entry.length - 53, entry.length - 1];
      for (const at of places) {
        const changed = entry.slice();
        changed[at] = 1 + (changed[at] ?? 0);
        await inner.put(name, changed);
        assert.equal(await upkeep.check(key), "refused", `${key}, byte ${at}`);
        assert.deepEqual(await bytesAt(inner, name), changed);
      }
    }
  });

  test(`upkeep of SealedStorage, ${title}, removes ${one} entry that was listed, and no other in its place`, async () => {
    const { upkeep, storage } = await filled(encrypt);
    const entries = new Map((await listOf(upkeep.entries())).map((entry) => [entry.key, entry]));
    const listed = (key: string): EntryInfo => entries.get(key) ?? assert.fail(key);
    assert.equal(await upkeep.remove(listed("alpha")), true);
    assert.equal(await bytesOf(storage, "alpha"), undefined);
    assert.equal(await upkeep.remove(listed("alpha")), false);
    await storage.put("beta", noise(33));
    assert.equal(await upkeep.remove(listed("beta")), false);
    assert.equal(await upkeep.setAside(listed("beta")), false);
    assert.deepEqual(await bytesOf(storage, "beta"), noise(33));
    assert.equal(await upkeep.setAside(listed("gamma")), true);
    assert.equal(await storage.has("gamma"), false);
  });
}

test("upkeep of SealedStorage refuses unsigned entries and those of others; one of a newer version is newer", async () => {
  const inner = new Memory();
  const { upkeep } = sealed(inner, false);
  await inner.put("unsigned", noise(100));
  await sealed(inner, false, OTHER_KEY).put("others'", noise(100));
  await inner.put("newer", await signedEntry({ secret: KEY, key: "newer", body: noise(5), version: 2 }));
  assert.equal(await upkeep?.check("unsigned"), "refused");
  assert.equal(await upkeep?.check("others'"), "refused");
  assert.equal(await upkeep?.check("newer"), "newer");
});

test("upkeep of SealedStorage, encrypted, calls foreign what is not sealed with its keys", async () => {
  const { inner, upkeep } = await filled(true);
  await sealed(inner, true, OTHER_KEY).put("others'", noise(5));
  await inner.put("unsigned", noise(500));
  const foreign = await listOf(upkeep.foreign());
  assert.deepEqual(foreign.sort(), [await maskedName(OTHER_KEY, "others'"), "unsigned"].sort());
});

test("upkeep of SealedStorage, encrypted, lists an entry under each key that it is kept with", async () => {
  const inner = new Memory();
  await sealed(inner, true, OTHER_KEY).put("key", noise(5));
  const storage = sealed(inner, true, KEY, OTHER_KEY);
  await storage.put("key", noise(6));
  const entries = await listOf(storage.upkeep?.entries() ?? assert.fail());
  assert.deepEqual(entries.map(({ key }) => key), ["key", "key"]);
  for (const entry of entries) assert.equal(await storage.upkeep?.remove(entry), true);
  assert.deepEqual(await listOf(inner.keys()), []);
});
