import assert from "node:assert/strict";
import test from "node:test";
import { Cache, type CacheEvent, CacheMissError, fleche, Memory } from "../../mod.ts";
import { faultOf, forgetFaults } from "../../src/cache/faults.ts";
import { collectGarbage } from "../_garbage.ts";
import { eventsOf } from "../events/_listening.ts";
import { TellingStorage } from "./_telling_storage.ts";

test("faultOf knows what a storage has told last of an entry, until that is whole again", () => {
  const calls = new TellingStorage();
  const cache = new Cache({ values: new Memory(), calls });
  assert.equal(faultOf(cache, "calls", "a"), undefined);
  calls.tell({ type: "evict", key: "a", reason: "damaged" });
  assert.equal(faultOf(cache, "calls", "a"), "damaged");
  assert.equal(faultOf(cache, "values", "a"), undefined);
  calls.tell({ type: "unusable", key: "a", reason: "refused" });
  assert.equal(faultOf(cache, "calls", "a"), "refused");
  calls.tell({ type: "evict", key: "a", reason: "size" });
  assert.equal(faultOf(cache, "calls", "a"), undefined);
  calls.tell({ type: "unusable", key: "a", reason: "version" });
  forgetFaults(cache, "a", "b");
  assert.equal(faultOf(cache, "calls", "a"), undefined);
});

test("faultOf knows the last thousand entries", () => {
  const values = new TellingStorage();
  const cache = new Cache({ values, calls: new Memory() });
  for (let at = 0; at <= 1000; at++) values.tell({ type: "evict", key: `${at}`, reason: "damaged" });
  assert.equal(faultOf(cache, "values", "0"), undefined);
  assert.equal(faultOf(cache, "values", "1"), "damaged");
  values.tell({ type: "evict", key: "1", reason: "damaged" });
  values.tell({ type: "evict", key: "1001", reason: "damaged" });
  assert.equal(faultOf(cache, "values", "1"), "damaged", "told of again, it is new");
  assert.equal(faultOf(cache, "values", "2"), undefined);
});

test("what leaves a storage is told with the storage's name, what is unusable is not told", async () => {
  const storages = { values: new TellingStorage(), calls: new TellingStorage() };
  const cache = new Cache({ ...storages, name: "test" });
  const heard = await eventsOf(cache, () => {
    storages.values.tell({ type: "evict", key: "a", reason: "size" });
    storages.calls.tell({ type: "evict", key: "b", reason: "damaged" });
    storages.calls.tell({ type: "unusable", key: "c", reason: "version" });
  });
  const expected: CacheEvent[] = [
    { type: "evict", cache: "test", storage: "values", key: "a", reason: "size" },
    { type: "evict", cache: "test", storage: "calls", key: "b", reason: "damaged" },
  ];
  assert.deepEqual(heard, expected);
});

test("a storage that keeps both is listened to once, and its faults are those of either part", async () => {
  const both = new TellingStorage();
  const cache = new Cache({ values: both, calls: both });
  const heard = await eventsOf(cache, () => both.tell({ type: "evict", key: "a", reason: "damaged" }));
  assert.equal(heard.length, 1);
  assert.equal(faultOf(cache, "calls", "a"), "damaged");
  forgetFaults(cache, "a", "b");
  assert.equal(faultOf(cache, "values", "a"), undefined);
});

test("a storage of many caches is listened to once, tells each of them, and holds none", async () => {
  const values = new TellingStorage();
  let watches = 0;
  const calls = Object.assign(new TellingStorage(), { watch: () => void watches++ });
  const caches = Array.from({ length: 100 }, () => new WeakRef(new Cache({ values, calls })));
  assert.equal(watches, 1);
  const [one, other] = [new Cache({ values, calls }), new Cache({ values, calls })];
  const heard = await eventsOf(one, async () => {
    const others = await eventsOf(other, () => values.tell({ type: "evict", key: "a", reason: "damaged" }));
    assert.equal(others.length, 1);
  });
  assert.equal(heard.length, 1);
  await new Promise((resolve) => setTimeout(resolve, 0));
  await collectGarbage();
  assert.ok(caches.some((cache) => cache.deref() === undefined));
});

test("what was put through one cache is whole for all that have its storage", () => {
  const storages = { values: new Memory(), calls: new TellingStorage() };
  const [one, other] = [new Cache(storages), new Cache(storages)];
  storages.calls.tell({ type: "evict", key: "a", reason: "damaged" });
  forgetFaults(one, "a", "b");
  assert.equal(faultOf(other, "calls", "a"), undefined);
});

test("load says why what a storage has is not given", async () => {
  const calls = new TellingStorage();
  const cache = new Cache({ values: new Memory(), calls });
  const f = fleche((a: number) => a, { name: "not signed", cache });
  await f(1);
  const key = await f.digest(1);
  calls.spoil({ type: "unusable", key, reason: "refused" });
  for (const asking of [() => f.load(1), () => f.fleche.open(1)]) {
    await assert.rejects(asking, (error) => {
      assert.ok(error instanceof CacheMissError);
      assert.equal(error.reason, "refused");
      assert.match(error.message, /: what is kept is not signed with a known key \(key [0-9a-f]{64}\)$/);
      return true;
    });
  }
});
