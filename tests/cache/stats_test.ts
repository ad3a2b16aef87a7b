import assert from "node:assert/strict";
import test from "node:test";
import { Cache, fleche, Memory } from "../../mod.ts";
import { memoryCache } from "./_care.ts";

test("stats tells entries and bytes of both storages, and what has become of calls", async () => {
  const cache = new Cache({ values: new Memory(), calls: new Memory() });
  const f = fleche((n: number) => ({ even: n % 2 === 0 }), { name: "counted by stats", cache });
  for (const n of [1, 2, 3, 3]) await f(n);
  const { calls, values, ...counts } = await cache.stats();
  const sizes = async (storage: Memory) =>
    (await Array.fromAsync(storage.upkeep.entries())).reduce((sum, { size }) => sum + size, 0);
  assert.deepEqual(calls, { entries: 3, bytes: await sizes(cache.calls as Memory) });
  assert.deepEqual(values, { entries: 2, bytes: await sizes(cache.values as Memory) });
  assert.deepEqual(counts, cache.tally.totals());
});

test("stats knows no bytes of a storage that cannot be looked after", async () => {
  const values = new Memory();
  Object.defineProperty(values, "upkeep", { value: undefined });
  const cache = new Cache({ values, calls: new Memory() });
  await values.put("a".repeat(64), new Uint8Array(3));
  assert.deepEqual((await cache.stats()).values, { entries: 1, bytes: undefined });
});

test("stats ends with its signal", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(memoryCache().stats({ signal }), /enough/);
});
