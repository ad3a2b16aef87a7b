/** Collecting garbage while others write, and while others collect. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, CacheError, fleche, Memory } from "../../mod.ts";
import type { EntryInfo, Lease, Leases } from "../../src/storage/types.ts";
import {
  digestOf,
  Interrupted,
  keepPair,
  memoryCache,
  type Operation,
  recordOf,
  valuesAmong,
} from "./_care.ts";

const DAY_MS = 86_400_000;

/** Leases in this process. */
function localLeases(held: Set<string>, released: () => void = () => {}): Leases {
  return {
    take: (key) => {
      if (held.has(key)) return Promise.resolve(undefined);
      held.add(key);
      const lease: Lease = {
        release: () => {
          held.delete(key);
          released();
          return Promise.resolve();
        },
      };
      return Promise.resolve(lease);
    },
    wait: (_key, options) =>
      new Promise((_, reject) =>
        options?.signal?.addEventListener("abort", () => reject(options.signal?.reason))
      ),
  };
}

test("gc holds a lease of its own while it is at it, and gives it back however it ends", async () => {
  const held = new Set<string>();
  const values = Object.assign(new Memory(), { leases: localLeases(held) });
  const cache = new Cache({ values, calls: new Memory() });
  await keepPair(cache, "a");
  let seen = 0;
  await cache.gc({ onProgress: () => void (seen += held.size) });
  assert.equal(seen, 2);
  assert.equal(held.size, 0);
  await cache.calls.put(digestOf("call b"), recordOf(digestOf("value b"), { fleche: 2 }));
  await assert.rejects(cache.gc(), CacheError);
  assert.equal(held.size, 0);
});

test("gc gives up on another one that is not over in time, and heeds the signal meanwhile", async () => {
  const values = Object.assign(new Memory(), { leases: localLeases(new Set(["gc"])) });
  const cache = new Cache({ values, calls: new Memory(), name: "test" });
  for (const waitMs of [0, 1]) {
    await assert.rejects(
      cache.gc({ waitMs }),
      (error) => error instanceof CacheError && error.code === "busy" && error.message.includes('"test"'),
    );
  }
  await assert.rejects(
    cache.gc({ waitMs: Infinity, signal: AbortSignal.timeout(1) }),
    { name: "TimeoutError" },
  );
});

test("gc goes on without a lease where none can be had", async () => {
  const leases: Leases = {
    take: () => Promise.reject(new Error("read-only")),
    wait: () => Promise.resolve(),
  };
  const cache = new Cache({ values: Object.assign(new Memory(), { leases }), calls: new Memory() });
  await cache.values.put(digestOf("value a"), new Uint8Array(3));
  assert.equal((await cache.gc({ graceMs: 0 })).removed, 1);
});

test("gc goes on without a lease where nobody can wait for it", async () => {
  const leases: Leases = {
    take: () => Promise.resolve(undefined),
    wait: () => Promise.reject(new Error("disk is gone")),
  };
  const cache = new Cache({ values: Object.assign(new Memory(), { leases }), calls: new Memory() });
  assert.equal((await cache.gc()).removed, 0);
});

test("gc lets others have their turn while a lease cannot be had and waiting for it is over at once", async () => {
  const leases: Leases = { take: () => Promise.resolve(undefined), wait: () => Promise.resolve() };
  const cache = new Cache({ values: Object.assign(new Memory(), { leases }), calls: new Memory() });
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  try {
    await assert.rejects(cache.gc({ waitMs: 100 }), { name: "CacheError", code: "busy" });
    assert.ok(turns > 0);
  } finally {
    clearInterval(timer);
  }
});

/** Entries that were there before, listed as a day older; what takes their place is not. */
function aged(marks: Map<string, string>): (entry: EntryInfo) => EntryInfo {
  return (entry) => marks.get(entry.key) === entry.mark ? { ...entry, time: entry.time - DAY_MS } : entry;
}

/** At each step of a gc another process keeps a call whose value is garbage already: it must still be there afterwards. */
test("gc loses nothing that is kept while it is at it, whichever its step, in whichever order", async () => {
  /** Value and record are put at the `valueAt`-th and `recordAt`-th operation; 0 is before the first one. */
  const run = async (valueAt: number, recordAt: number): Promise<number> => {
    const old = new Map<string, string>();
    let count = -1;
    const inner = { values: new Memory(), calls: new Memory() };
    const step = async (): Promise<void> => {
      if (count < 0) return;
      count++;
      if (count === valueAt) await inner.values.put(digestOf("value b"), new Uint8Array(7));
      if (count === recordAt) await inner.calls.put(digestOf("call b"), recordOf(digestOf("value b")));
    };
    const before = async (operation: Operation): Promise<void> => {
      if (operation !== "put") await step();
    };
    const around = { before, list: aged(old) };
    const cache = new Cache({
      values: new Interrupted(inner.values, around),
      calls: new Interrupted(inner.calls, around),
    });
    for (const name of ["a", "c"]) await keepPair(cache, name);
    for (const name of ["b", "d"]) await inner.values.put(digestOf(`value ${name}`), new Uint8Array(7));
    for await (const { key, mark } of inner.values.upkeep.entries()) old.set(key, mark);
    count = 0;
    if (valueAt === 0) await inner.values.put(digestOf("value b"), new Uint8Array(7));
    await cache.gc();
    const all = count;
    while (count < Math.max(valueAt, recordAt)) await step();
    const left = await valuesAmong(cache, ["a", "b", "c", "d"]);
    assert.deepEqual(
      left,
      valueAt < 0 ? ["a", "c"] : ["a", "b", "c"],
      `value ${valueAt}, record ${recordAt}`,
    );
    return all;
  };
  const all = await run(-1, -1);
  assert.ok(all >= 10);
  for (let valueAt = 0; valueAt <= all; valueAt++) {
    for (let recordAt = Math.max(valueAt, 1); recordAt <= all + 1; recordAt++) await run(valueAt, recordAt);
  }
});

test("a call whose value is collected before its record is put is computed once more, and then a hit", async () => {
  let stalls = 0;
  const cache = memoryCache({
    calls: {
      before: async (operation) => {
        if (operation === "put" && stalls++ === 0) await cache.gc({ graceMs: 0 });
      },
    },
  });
  let runs = 0;
  const f = fleche(() => ++runs > 0, { name: "stalled", cache });
  await f();
  assert.equal(await f.contains(), false, "its record names nothing");
  assert.equal(await f(), true);
  assert.equal(await f(), true);
  assert.equal(runs, 2);
});

/** Keeps the thread busy until the clock that entries are dated by has gone on. */
function spin(milliseconds: number): void {
  const until = Date.now() + milliseconds;
  while (Date.now() < until);
}

test("gc takes no value for old that was put after it began, however long it reads records", async () => {
  const cache = memoryCache({
    calls: {
      before: async (operation) => {
        if (operation !== "get") return;
        spin(2);
        await cache.values.put(digestOf("value late"), new Uint8Array(3));
        spin(2);
      },
    },
  });
  await keepPair(cache, "a");
  await cache.values.put(digestOf("value b"), new Uint8Array(3));
  const { young, removed } = await cache.gc({ graceMs: 0 });
  assert.deepEqual([young, removed], [1, 1]);
  assert.deepEqual(await valuesAmong(cache, ["a", "b", "late"]), ["a", "late"]);
});

test("gc and verify let others have their turn", async () => {
  const cache = memoryCache({
    values: { before: (operation) => operation === "entry" ? spin(12) : undefined },
  });
  for (const name of ["a", "b", "c"]) await keepPair(cache, name);
  for (const job of [() => cache.gc(), () => cache.verify()]) {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await job();
    clearInterval(timer);
    assert.ok(turns > 0);
  }
});
