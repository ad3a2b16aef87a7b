import assert from "node:assert/strict";
import test from "node:test";
import { Cache, type CacheEvent, Memory } from "../../mod.ts";
import { faultOf, forgetFaults } from "../../src/cache/faults.ts";
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
