import assert from "node:assert/strict";
import test from "node:test";
import { Cache, fleche, Memory } from "../../mod.ts";
import { digestOf, keepPair, memoryCache, recordOf, valuesAmong } from "./_care.ts";

const recordsOf = async (cache: Cache): Promise<number> => (await Array.fromAsync(cache.calls.keys())).length;

test("clear removes records of every sort, those that nobody can read too", async () => {
  const cache = memoryCache();
  await keepPair(cache, "a");
  await cache.calls.put(digestOf("newer"), recordOf(digestOf("value"), { fleche: 2 }));
  await cache.calls.put(digestOf("broken"), new Uint8Array([1]));
  assert.deepEqual(await cache.clear(), { records: 3, values: 1 });
});

test("clear removes all records before the first value", async () => {
  let left: number | undefined;
  const cache = memoryCache({
    values: {
      before: async (operation) => {
        if (operation === "remove") left ??= await recordsOf(cache);
      },
    },
  });
  for (const name of ["a", "b"]) await keepPair(cache, name);
  await cache.clear();
  assert.equal(left, 0);
});

test("clear leaves the values that records of other caches name, and their records", async () => {
  const values = new Memory();
  const [one, other] = [
    new Cache({ values, calls: new Memory() }),
    new Cache({ values, calls: new Memory() }),
  ];
  for (const name of ["a", "both"]) await keepPair(one, name);
  for (const name of ["b", "both"]) await keepPair(other, name);
  assert.deepEqual(await one.clear({ alsoNamedBy: [other] }), { records: 2, values: 1 });
  assert.deepEqual(await valuesAmong(one, ["a", "b", "both"]), ["b", "both"]);
  assert.equal(await recordsOf(other), 2);
});

test("clear leaves all values when a record of another cache cannot be read", async () => {
  const values = new Memory();
  const [one, other] = [
    new Cache({ values, calls: new Memory() }),
    new Cache({ values, calls: new Memory() }),
  ];
  await keepPair(one, "a");
  await other.calls.put(digestOf("newer"), recordOf(digestOf("value"), { fleche: 2 }));
  await assert.rejects(one.clear({ alsoNamedBy: [other] }), { name: "CacheError", code: "unreadable" });
  assert.deepEqual(await valuesAmong(one, ["a"]), ["a"]);
});

test("clear beside a writer leaves nothing worse than a miss", async () => {
  let late = false;
  const cache = memoryCache({
    values: {
      before: async (operation) => {
        if (operation !== "entry" || late) return;
        late = true;
        await keepPair(cache, "late");
      },
    },
  });
  for (const name of ["a", "b"]) await keepPair(cache, name);
  await cache.clear();
  assert.equal(await recordsOf(cache), 1);
  // Its record came too late to be seen: either its value is there, or it is a miss and computed again.
  const { counts } = await cache.verify();
  assert.deepEqual(counts, { ...counts, damaged: 0, dangling: 0, unreadable: 0 });
});

test("clear of a cache whose records and values lie in one storage leaves nothing", async () => {
  const both = new Memory();
  const cache = new Cache({ values: both, calls: both });
  const f = fleche((n: number) => ({ n }), { name: "cleared in one storage", cache });
  for (const n of [1, 2, 3]) await f(n);
  assert.deepEqual(await cache.clear(), { records: 3, values: 3 });
  assert.deepEqual(await Array.fromAsync(both.keys()), []);
});

test("clear works on storages that cannot be looked after, and leaves keys that are no digests", async () => {
  const bare = (): Memory => {
    const storage = new Memory();
    Object.defineProperty(storage, "upkeep", { value: undefined });
    return storage;
  };
  const cache = new Cache({ values: bare(), calls: bare() });
  await keepPair(cache, "a");
  await cache.calls.put("sizes", new Uint8Array(1));
  assert.deepEqual(await cache.clear(), { records: 1, values: 1 });
  assert.deepEqual(await Array.fromAsync(cache.calls.keys()), ["sizes"]);
});

test("clear tells what it removes on the cache's events", async () => {
  const cache = memoryCache();
  await keepPair(cache, "a");
  const told: unknown[] = [];
  using _subscription = cache.events.subscribe((event) => told.push(event));
  await cache.clear();
  const evicted = { type: "evict", cache: "test", reason: "clear" };
  assert.deepEqual(told, [
    { ...evicted, storage: "calls", key: digestOf("call a") },
    { ...evicted, storage: "values", key: digestOf("value a") },
  ]);
});

test("clear that is aborted at any step leaves no record of a missing value, and the next one goes on", async () => {
  const steps = async (abortAt: number): Promise<number> => {
    let count = 0;
    const aborter = new AbortController();
    const before = () => {
      if (++count === abortAt) aborter.abort(new Error("enough"));
    };
    const cache = memoryCache({ values: { before }, calls: { before } });
    for (const name of ["a", "b"]) await keepPair(cache, name);
    count = 0;
    const run = cache.clear({ signal: aborter.signal });
    if (abortAt === 0) await run;
    else await assert.rejects(run, /enough/);
    const all = count;
    assert.equal((await cache.verify()).counts.missing, 0);
    await cache.clear();
    assert.deepEqual(await Array.fromAsync(cache.values.keys()), []);
    return all;
  };
  const all = await steps(0);
  assert.ok(all >= 8);
  for (let abortAt = 1; abortAt <= all; abortAt++) await steps(abortAt);
});
