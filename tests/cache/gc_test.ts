import assert from "node:assert/strict";
import test from "node:test";
import { Cache, CacheError, fleche, Memory } from "../../mod.ts";
import type { Health } from "../../src/storage/types.ts";
import { digestOf, keepPair, memoryCache, recordOf, valuesAmong } from "./_care.ts";

test("gc removes values that no record names, and says what it did", async () => {
  const cache = memoryCache();
  for (const name of ["a", "b"]) await keepPair(cache, name);
  for (const size of [10, 30]) await cache.values.put(digestOf(`value ${size}`), new Uint8Array(size));
  const report = await cache.gc({ graceMs: 0 });
  assert.deepEqual(report, {
    records: 2,
    values: 4,
    named: 2,
    young: 0,
    removed: 2,
    renewed: 0,
    freedBytes: 40,
  });
  assert.deepEqual(await valuesAmong(cache, ["a", "b", "10", "30"]), ["a", "b"]);
});

test("gc leaves values alone that are not older than the grace period, an hour where nothing is said", async () => {
  const ages = new Map(Object.entries({ old: 61, young: 59, tomorrow: -1440 }));
  const cache = memoryCache({
    values: {
      list: (entry) => {
        const [, minutes = 0] = [...ages].find(([name]) => digestOf(`value ${name}`) === entry.key) ?? [];
        return { ...entry, time: entry.time - minutes * 60_000 };
      },
    },
  });
  for (const name of ages.keys()) await cache.values.put(digestOf(`value ${name}`), new Uint8Array(3));
  const { removed, young } = await cache.gc();
  assert.deepEqual([removed, young], [1, 2]);
  assert.deepEqual(await valuesAmong(cache, [...ages.keys()]), ["young", "tomorrow"]);
});

test("gc with dryRun removes nothing and tells what would go", async () => {
  const cache = memoryCache();
  await keepPair(cache, "a");
  await cache.values.put(digestOf("value b"), new Uint8Array(5));
  const planned = await cache.gc({ graceMs: 0, dryRun: true });
  assert.deepEqual(await valuesAmong(cache, ["a", "b"]), ["a", "b"]);
  assert.deepEqual(await cache.gc({ graceMs: 0 }), planned);
  assert.deepEqual(await valuesAmong(cache, ["a", "b"]), ["a"]);
});

test("gc with dryRun leaves damaged records where they are", async () => {
  const cache = memoryCache({ calls: { health: () => "damaged" } });
  await keepPair(cache, "a");
  assert.equal((await cache.gc({ graceMs: 0, dryRun: true })).removed, 1);
  assert.ok(await cache.calls.has(digestOf("call a")));
});

test("gc leaves entries alone whose keys are no digests", async () => {
  const cache = memoryCache();
  for (const key of ["sizes", "f".repeat(63), "F".repeat(64), "g".repeat(64)]) {
    await cache.values.put(key, new Uint8Array(3));
    await cache.calls.put(key, new Uint8Array([0xff]));
  }
  assert.equal((await cache.gc({ graceMs: 0 })).values, 0);
  assert.equal((await Array.fromAsync(cache.values.keys())).length, 4);
});

test("gc counts what records name that are long, or of streams", async () => {
  const cache = memoryCache();
  const records: Record<string, Record<string, unknown>> = {
    long: { inline: { a: new Uint8Array(300_000) } },
    longest: { inline: { a: new Uint8Array(3_000_000) } },
    stream: { form: { kind: "bytes" } },
  };
  for (const [name, rest] of Object.entries(records)) {
    await cache.values.put(digestOf(`value ${name}`), new Uint8Array(3));
    await cache.calls.put(digestOf(`call ${name}`), recordOf(digestOf(`value ${name}`), rest));
  }
  assert.equal((await cache.gc({ graceMs: 0 })).named, 3);
});

test("gc of a cache whose records and values lie in one storage removes values only", async () => {
  const both = new Memory();
  const cache = new Cache({ values: both, calls: both });
  const f = fleche((n: number) => ({ fleche: 1, n }), { name: "in one storage", cache });
  for (const n of [1, 2, 3]) await f(n);
  await cache.values.put(digestOf("garbage"), new Uint8Array(400_000).fill(0xa1));
  const { removed } = await cache.gc({ graceMs: 0 });
  assert.equal(removed, 1);
  for (const n of [1, 2, 3]) assert.ok(await f.contains(n));
});

const UNREADABLE: Readonly<Record<string, { health?: Health; body?: Uint8Array; error?: Error }>> = {
  "is of a newer format": { health: "newer" },
  "is not signed with a known key": { health: "refused" },
  "is of a newer version of records": { body: recordOf(digestOf("value"), { fleche: 2 }) },
  "cannot be read now": { error: new Error("the disk is away") },
  "is never found and always whole": { health: "whole" },
  "is no record": { body: new Uint8Array([1, 2, 3]) },
  "names no digest": { body: recordOf("x".repeat(64)) },
};
for (const [what, { health, body = recordOf(digestOf("value")), error }] of Object.entries(UNREADABLE)) {
  test(`gc removes nothing while a record ${what}`, async () => {
    const key = digestOf("the one");
    const cache = memoryCache({
      calls: {
        before: (operation, of) => {
          if (error !== undefined && of === key && operation === "get") throw error;
        },
        health: (of) => of === key ? health : undefined,
      },
    });
    if (health === "whole") cache.calls.get = () => Promise.resolve(undefined);
    await cache.calls.put(key, body);
    await cache.values.put(digestOf("value"), new Uint8Array(3));
    await assert.rejects(
      cache.gc({ graceMs: 0 }),
      (fault) =>
        fault instanceof CacheError && fault.code === "unreadable" && fault.message.includes(key) &&
        fault.message.startsWith("Cannot tell which values are in use") &&
        (error === undefined || fault.cause === error),
    );
    assert.ok(await cache.values.has(digestOf("value")));
  });
}

test("gc removes nothing while records cannot be listed", async () => {
  const fault = new Error("the disk is away");
  const cache = memoryCache({ calls: { before: (operation) => fail(operation === "entry", fault) } });
  await keepPair(cache, "a");
  await assert.rejects(
    cache.gc({ graceMs: 0 }),
    (error) =>
      error instanceof CacheError && error.cause === fault &&
      error.message.includes('records of cache "test"'),
  );
  assert.deepEqual(await valuesAmong(cache, ["a"]), ["a"]);
});

test("gc goes on over records that are damaged or gone: what they named is garbage", async () => {
  const cache = memoryCache({
    calls: {
      health: (key) => key === digestOf("call damaged") ? "damaged" : undefined,
      before: async (operation, key) => {
        if (operation === "get" && key === digestOf("call gone")) await cache.calls.delete(key);
      },
    },
  });
  for (const name of ["damaged", "gone", "whole"]) await keepPair(cache, name);
  assert.equal((await cache.gc({ graceMs: 0 })).removed, 2);
  assert.deepEqual(await valuesAmong(cache, ["damaged", "gone", "whole"]), ["whole"]);
});

test("gc counts the records of caches that are named to it", async () => {
  const values = new Memory();
  const [one, other, third] = [1, 2, 3].map(() => new Cache({ values, calls: new Memory() }));
  if (one === undefined || other === undefined || third === undefined) throw new Error("three");
  await keepPair(one, "one");
  await keepPair(other, "other");
  await keepPair(third, "third");
  const report = await one.gc({ graceMs: 0, alsoNamedBy: [other, one] });
  assert.deepEqual([report.records, report.named, report.removed], [2, 2, 1]);
  assert.deepEqual(await valuesAmong(one, ["one", "other", "third"]), ["one", "other"]);
});

test("gc that is aborted at any step has lost no named value, and the next one goes on", async () => {
  const steps = async (abortAt: number): Promise<number> => {
    let count = 0;
    const aborter = new AbortController();
    const before = () => {
      if (++count === abortAt) aborter.abort(new Error("enough"));
    };
    const cache = memoryCache({ values: { before }, calls: { before } });
    const named = ["a", "b", "c"];
    for (const name of named) await keepPair(cache, name);
    const garbage = ["d", "e", "f"];
    for (const name of garbage) await cache.values.put(digestOf(`value ${name}`), new Uint8Array(3));
    count = 0;
    const run = cache.gc({ graceMs: 0, signal: aborter.signal });
    if (abortAt === 0) await run;
    else await assert.rejects(run, /enough/);
    const all = count;
    assert.deepEqual(await valuesAmong(cache, named), named);
    await cache.gc({ graceMs: 0 });
    assert.deepEqual(await valuesAmong(cache, [...named, ...garbage]), named);
    return all;
  };
  const all = await steps(0);
  assert.ok(all >= 15);
  for (let abortAt = 1; abortAt <= all; abortAt++) await steps(abortAt);
});

test("gc tells what it has done after each record and each value", async () => {
  const cache = memoryCache();
  for (const name of ["a", "b"]) await keepPair(cache, name);
  const told: number[][] = [];
  const last = await cache.gc({ onProgress: ({ records, values }) => told.push([records, values]) });
  assert.deepEqual(told, [[1, 0], [2, 0], [2, 1], [2, 2]]);
  assert.equal(last.named, 2);
});

test("gc tells evictions on the cache's events, and none when it only looks", async () => {
  const cache = memoryCache();
  await cache.values.put(digestOf("value a"), new Uint8Array(3));
  const told: unknown[] = [];
  using _subscription = cache.events.subscribe((event) => told.push(event));
  await cache.gc({ graceMs: 0, dryRun: true });
  assert.deepEqual(told, []);
  await cache.gc({ graceMs: 0 });
  const key = digestOf("value a");
  assert.deepEqual(told, [{ type: "evict", cache: "test", storage: "values", key, reason: "gc" }]);
});

test("gc refuses what is no length of time, and storages that do not tell how old values are", async () => {
  const cache = memoryCache();
  for (const graceMs of [-1, NaN, "1" as unknown as number]) {
    await assert.rejects(cache.gc({ graceMs }), RangeError);
    await assert.rejects(cache.gc({ waitMs: graceMs }), RangeError);
  }
  const values = new Memory();
  Object.defineProperty(values, "upkeep", { value: undefined });
  const ageless = new Cache({ values, calls: new Memory(), name: "ageless" });
  await assert.rejects(ageless.gc(), /^TypeError: Cannot collect garbage in cache "ageless"/);
});

function fail(when: boolean, error: Error): void {
  if (when) throw error;
}
