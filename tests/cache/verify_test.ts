import assert from "node:assert/strict";
import test from "node:test";
import { Cache, fleche, Memory, type VerifyOptions, type VerifyReport } from "../../mod.ts";
import type { Health } from "../../src/storage/types.ts";
import {
  digestOf,
  Interrupted,
  type Interruption,
  keepPair,
  memoryCache,
  recordOf,
  valuesAmong,
} from "./_care.ts";

const NONE = { missing: 0, damaged: 0, dangling: 0, foreign: 0, newer: 0, refused: 0, unreadable: 0 };
const value = (name: string): string => digestOf(`value ${name}`);
const call = (name: string): string => digestOf(`call ${name}`);

test("verify finds nothing wrong with what calls have kept, and reads all of it", async () => {
  const cache = memoryCache();
  const f = fleche((n: number) => ({ n, rows: new Float64Array(n) }), { name: "verified", cache });
  for (const n of [1, 20, 300_000]) await f(n);
  const { counts, entries, bytes, faults, repaired, knowsDangling, seconds } = await cache.verify();
  assert.deepEqual(counts, NONE);
  assert.deepEqual([entries, faults, repaired, knowsDangling], [6, [], 0, true]);
  const sizes = await cache.stats();
  assert.equal(bytes, (sizes.values.bytes ?? 0) + (sizes.calls.bytes ?? 0));
  assert.ok(seconds >= 0);
});

/** A cache in which each fault is once, beside what is whole. */
async function faultyCache(health: ReadonlyMap<string, Health>): Promise<Cache> {
  const around: Interruption = {
    before: (operation, key) => {
      if (key === value("unreadable") && operation === "check") throw new Error("a bad sector");
    },
    health: (key) => health.get(key),
  };
  const cache = memoryCache({ values: around, calls: around });
  for (
    const name of ["whole", "missing", "damaged", "newer", "refused", "unreadable", "undecodable", "partial"]
  ) {
    await keepPair(cache, name);
  }
  await cache.values.delete(value("missing"));
  await cache.calls.put(call("undecodable"), new Uint8Array([1, 2, 3]));
  await cache.calls.put(call("partial"), recordOf(value("partial"), { name: 7 }));
  await cache.values.put(value("dangling"), new Uint8Array(3));
  return cache;
}

const HEALTH: ReadonlyMap<string, Health> = new Map([
  [value("damaged"), "damaged"],
  [value("newer"), "newer"],
  [value("refused"), "refused"],
]);

const kindsOf = ({ faults }: VerifyReport): string[] =>
  faults.map(({ kind, storage, key }) => {
    const names = [
      "missing",
      "damaged",
      "newer",
      "refused",
      "unreadable",
      "undecodable",
      "partial",
      "dangling",
    ];
    const name = names.find((each) => key === (storage === "values" ? value : call)(each));
    return `${kind}: ${storage} ${name}`;
  }).sort();

test("verify tells every kind of fault by its key, and changes nothing", async () => {
  const cache = await faultyCache(HEALTH);
  const state = async () => JSON.stringify([await listed(cache.calls), await listed(cache.values)]);
  const before = await state();
  const report = await cache.verify({ graceMs: 0 });
  assert.deepEqual(kindsOf(report), [
    "damaged: calls partial",
    "damaged: calls undecodable",
    "damaged: values damaged",
    "missing: calls missing",
    "newer: values newer",
    "refused: values refused",
    "unreadable: values unreadable",
  ]);
  // Nobody knows what the record was to name that cannot be decoded.
  assert.equal(report.knowsDangling, false);
  assert.deepEqual([report.repaired, report.counts.dangling], [0, 0]);
  assert.equal(await state(), before);
});

test("verify with repair leaves what is whole, newer or refused, and finds nothing else the next time", async () => {
  const health = new Map(HEALTH);
  const cache = await faultyCache(health);
  const report = await cache.verify({ graceMs: 0, repair: true });
  assert.deepEqual(kindsOf(report), [
    "damaged: calls partial",
    "damaged: calls undecodable",
    "damaged: values damaged",
    "dangling: values dangling",
    "dangling: values partial",
    "dangling: values undecodable",
    "missing: calls missing",
    "newer: values newer",
    "refused: values refused",
    "unreadable: values unreadable",
  ]);
  assert.deepEqual([report.repaired, report.knowsDangling], [8, true]);
  health.delete(value("damaged"));
  const again = await cache.verify({ graceMs: 0, repair: true });
  assert.deepEqual(kindsOf(again), [
    "newer: values newer",
    "refused: values refused",
    "unreadable: values unreadable",
  ]);
  assert.equal(again.repaired, 0);
  assert.equal(again.entries, 8);
});

async function listed(storage: Cache["calls"]): Promise<unknown> {
  return await Array.fromAsync(storage.upkeep?.entries() ?? []);
}

test("verify calls no value dangling that is young, or while a record cannot be read", async () => {
  const health = new Map<string, Health>();
  const cache = memoryCache({ calls: { health: (key) => health.get(key) } });
  await keepPair(cache, "a");
  await cache.values.put(value("b"), new Uint8Array(3));
  const young = await cache.verify({ repair: true });
  assert.deepEqual([young.counts, young.knowsDangling], [NONE, true]);
  health.set(call("a"), "newer");
  const unknown = await cache.verify({ repair: true, graceMs: 0 });
  assert.deepEqual([unknown.counts, unknown.knowsDangling], [{ ...NONE, newer: 1 }, false]);
  health.clear();
  assert.deepEqual(await valuesAmong(cache, ["a", "b"]), ["a", "b"]);
  assert.equal((await cache.verify({ graceMs: 0 })).counts.dangling, 1);
  assert.deepEqual(await valuesAmong(cache, ["a", "b"]), ["a", "b"]);
});

test("verify leaves a damaged record where it is, unless it is to repair", async () => {
  const cache = memoryCache({ calls: { health: () => "damaged" } });
  await keepPair(cache, "a");
  for (const repair of [false, true]) {
    const { counts, repaired } = await cache.verify({ repair });
    assert.deepEqual([counts, repaired], [{ ...NONE, damaged: 1 }, repair ? 1 : 0]);
    assert.equal(await cache.calls.has(call("a")), !repair);
  }
});

test("verify tells records of a newer version, and leaves them", async () => {
  const cache = memoryCache();
  await cache.calls.put(call("a"), recordOf(value("a"), { fleche: 2 }));
  const { counts, repaired, knowsDangling } = await cache.verify({ repair: true });
  assert.deepEqual([counts, repaired, knowsDangling], [{ ...NONE, newer: 1 }, 0, false]);
  assert.ok(await cache.calls.has(call("a")));
});

test("verify counts what records of other caches name", async () => {
  const values = new Memory();
  const [one, other] = [
    new Cache({ values, calls: new Memory() }),
    new Cache({ values, calls: new Memory() }),
  ];
  await keepPair(one, "one");
  await keepPair(other, "other");
  assert.equal((await one.verify({ graceMs: 0 })).counts.dangling, 1);
  assert.equal((await one.verify({ graceMs: 0, alsoNamedBy: [other] })).counts.dangling, 0);
});

test("verify takes no value for a record where both lie in one storage", async () => {
  const both = new Memory();
  const cache = new Cache({ values: both, calls: both });
  const f = fleche((n: number) => ({ fleche: 1, n }), { name: "verified in one storage", cache });
  for (const n of [1, 2]) await f(n);
  const report = await cache.verify({ graceMs: 0, repair: true });
  assert.deepEqual([report.counts, report.repaired], [NONE, 0]);
  for (const n of [1, 2]) assert.ok(await f.contains(n));
});

test("verify spares a record whose call was made again while it is looked at", async () => {
  const cache = memoryCache({
    calls: {
      before: async (operation, key) => {
        if (operation === "remove" && key === call("a")) await keepPair(cache, "a");
      },
    },
  });
  await cache.calls.put(call("a"), recordOf(value("a")));
  const { counts, repaired } = await cache.verify({ repair: true });
  assert.deepEqual([counts.missing, repaired], [1, 0]);
  assert.ok(await cache.calls.has(call("a")));
});

test("verify goes on from every cursor as if there had been no break", async () => {
  for (const repair of [false, true]) {
    const places: string[] = [];
    const whole = await (await faultyCache(HEALTH)).verify({
      repair,
      graceMs: 0,
      onProgress: ({ cursor }) => places.push(cursor),
    });
    assert.equal(places.length, whole.entries + 2);
    for (const place of places) {
      const health = new Map(HEALTH);
      const cache = await faultyCache(health);
      const found: string[] = [];
      let entriesBefore = 0;
      const aborter = new AbortController();
      const options: VerifyOptions = { repair, graceMs: 0 };
      await assert.rejects(
        cache.verify({
          ...options,
          signal: aborter.signal,
          onProgress: ({ cursor, counts, entries }) => {
            if (cursor !== place) return;
            for (const [kind, count] of Object.entries(counts)) {
              for (let each = 0; each < count; each++) found.push(kind);
            }
            entriesBefore = entries;
            aborter.abort(new Error("a break"));
          },
        }),
        /a break/,
      );
      const rest = await cache.verify({ ...options, from: place });
      found.push(...rest.faults.map(({ kind }) => kind));
      assert.deepEqual(found.sort(), whole.faults.map(({ kind }) => kind).sort(), place);
      assert.equal(entriesBefore + rest.entries, whole.entries, place);
      health.delete(value("damaged"));
      const { counts } = await cache.verify({ graceMs: 0 });
      if (repair) assert.deepEqual(counts, { ...NONE, newer: 1, refused: 1, unreadable: 1 }, place);
    }
  }
});

test("verify keeps the first 1000 faults and counts all", async () => {
  const cache = memoryCache();
  for (let at = 0; at < 1003; at++) await cache.calls.put(call(`${at}`), recordOf(value(`${at}`)));
  const { counts, faults } = await cache.verify();
  assert.deepEqual([counts.missing, faults.length], [1003, 1000]);
});

test("verify refuses what is no cursor, no rate and no length of time", async () => {
  const cache = memoryCache();
  for (
    const from of ["", "values:", "values:xyz", `Values:${value("a")}`, "toString", `rest:${call("a")}x`]
  ) {
    await assert.rejects(cache.verify({ from }), /^TypeError: Cannot go on from/, from);
  }
  for (const bytesPerSecond of [0, -1, NaN]) {
    await assert.rejects(cache.verify({ bytesPerSecond }), RangeError);
  }
  await assert.rejects(cache.verify({ graceMs: -1 }), RangeError);
});

test("verify reads storages that cannot be looked after as calls do", async () => {
  const bare = (): Memory => {
    const storage = new Memory();
    Object.defineProperty(storage, "upkeep", { value: undefined });
    return storage;
  };
  const around: Interruption = { health: (key) => HEALTH.get(key) };
  const cache = new Cache({ values: new Interrupted(bare(), around), calls: new Interrupted(bare(), {}) });
  for (const name of ["whole", "damaged", "newer", "missing"]) await keepPair(cache, name);
  await cache.values.delete(value("missing"));
  const { counts, entries, knowsDangling } = await cache.verify({ graceMs: 0 });
  assert.deepEqual(counts, { ...NONE, damaged: 1, newer: 1, missing: 1 });
  assert.equal(knowsDangling, false, "nobody knows how old the values are");
  assert.equal(entries, 7);
  const { repaired } = await cache.verify({ repair: true });
  assert.equal(repaired, 2, "the records of the missing one, and of the one that was set aside");
  assert.deepEqual((await cache.verify()).counts, { ...NONE, newer: 1 });
});
