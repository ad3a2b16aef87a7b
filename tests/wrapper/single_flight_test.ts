/** Callers of one key at the same time: one execution, and what each of them gets. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, cache as cacheScope, fleche, Memory, type SingleFlight } from "../../mod.ts";
import { warningsOf } from "../_warnings.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory() });

/** A promise that is settled from outside. */
const gate = () => Promise.withResolvers<void>();

test("callers of one key share one execution, and each gets a value of its own", async () => {
  let runs = 0;
  const open = gate();
  const f = fleche(async (n: number) => {
    runs++;
    await open.promise;
    return { n };
  }, { name: "shared", cache: memory() });
  const calls = [f(1), f(1), f(1), f(2)];
  open.resolve();
  const results = await Promise.all(calls);
  assert.deepEqual(results, [{ n: 1 }, { n: 1 }, { n: 1 }, { n: 2 }]);
  assert.equal(runs, 2);
  assert.equal(new Set(results).size, 4, "no two callers hold the same object");
});

test("what the shared execution throws, all who wait are thrown, and the next call runs again", async () => {
  let runs = 0;
  const open = gate();
  const f = fleche(async () => {
    runs++;
    await open.promise;
    throw new RangeError(`run ${runs}`);
  }, { name: "throwing", cache: memory() });
  const outcomes = Promise.allSettled([f(), f(), f()]);
  open.resolve();
  for (const outcome of await outcomes) {
    assert.match(String((outcome as PromiseRejectedResult).reason), /run 1/);
  }
  await assert.rejects(f(), /run 2/);
});

test("callers of a result that is not kept run on their own, at the same time", async () => {
  let running = 0;
  let most = 0;
  const first = gate();
  const all = gate();
  const f = fleche(async () => {
    most = Math.max(most, ++running);
    if (running === 3) all.resolve();
    await (most === 1 ? first.promise : all.promise);
    running--;
    return { most };
  }, { name: "unkept", cache: memory(), cacheIf: () => false });
  const calls = [f(), f(), f(), f()];
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(most, 1, "they wait for the first");
  first.resolve();
  await Promise.all(calls);
  assert.equal(most, 3, "and then for nobody");
});

test(
  "a function that calls itself with the same arguments does not wait for itself",
  { timeout: 10_000 },
  async () => {
    let depth = 0;
    const f: (n: number) => Promise<number> = fleche(
      async (n: number): Promise<number> => ++depth < 3 ? await f(n) : depth,
      { name: "itself", cache: memory() },
    );
    assert.equal(await f(1), 3);
  },
);

test("two functions that call each other do not wait for each other", { timeout: 10_000 }, async () => {
  const cache = memory();
  const both = gate();
  let begun = 0;
  let calls = 0;
  const begin = async (): Promise<void> => {
    if (++begun === 2) both.resolve();
    await both.promise;
  };
  const left: (n: number) => Promise<number> = fleche(async (n: number): Promise<number> => {
    await begin();
    return ++calls > 4 ? n : await right(n);
  }, { name: "left", cache });
  const right: (n: number) => Promise<number> = fleche(async (n: number): Promise<number> => {
    await begin();
    return ++calls > 4 ? n : await left(n);
  }, { name: "right", cache });
  assert.deepEqual(await Promise.all([left(1), right(1)]), [1, 1]);
});

test("who aborts ends the wait for himself alone; when the leader aborts, the others run on their own", {
  timeout: 10_000,
}, async () => {
  let runs = 0;
  const f = fleche(async (_: number, options: { signal?: AbortSignal } = {}) => {
    runs++;
    const { signal } = options;
    if (signal === undefined) return runs;
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    return runs;
  }, { name: "aborted", cache: memory(), key: (n) => n });
  const leader = new AbortController();
  const other = new AbortController();
  const led = f(1, { signal: leader.signal });
  const waiting = f(1, { signal: other.signal });
  const patient = f(1);
  await new Promise((resolve) => setTimeout(resolve, 5));
  other.abort(new Error("no patience"));
  await assert.rejects(waiting, /no patience/);
  leader.abort(new Error("changed my mind"));
  await assert.rejects(led, /changed my mind/);
  assert.equal(await patient, 2);
});

test("executions in two caches are two, and rerun joins none", async () => {
  let runs = 0;
  const open = gate();
  const f = fleche(async () => {
    runs++;
    await open.promise;
    return runs;
  }, { name: "apart" });
  const [one, two] = [memory(), memory()];
  const calls = [cacheScope(one, () => f()), cacheScope(two, () => f()), cacheScope(one, () => f.rerun())];
  await new Promise((resolve) => setTimeout(resolve, 5));
  open.resolve();
  await Promise.all(calls);
  assert.equal(runs, 3);
});

test("a caller that comes while the result is being kept finds it", async () => {
  let runs = 0;
  const values = new Memory();
  const put = gate();
  const slow = Object.assign(Object.create(values) as Memory, {
    small: { get: () => "large" as const },
    watch: undefined,
    get: async (key: string) => await values.get(key),
    put: async (...args: Parameters<Memory["put"]>) => {
      await put.promise;
      await values.put(...args);
    },
  });
  const f = fleche(() => ++runs, { name: "late", cache: new Cache({ values: slow, calls: new Memory() }) });
  const warnings = await warningsOf(async () => {
    const first = f();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const second = f();
    put.resolve();
    assert.deepEqual(await Promise.all([first, second, f()]), [1, 1, 1]);
  });
  assert.deepEqual(warnings, []);
});

/** A calls storage whose leases are noted. */
function leasedCalls(): { readonly calls: Memory; readonly events: string[] } {
  const events: string[] = [];
  const leases = {
    take: () => {
      events.push("take");
      return Promise.resolve({ release: () => Promise.resolve(void events.push("release")) });
    },
    wait: () => Promise.resolve(void events.push("wait")),
  };
  return { calls: Object.assign(new Memory(), { leases }), events };
}

test("a lease is held while a call is computed and kept, and for no other call", async () => {
  const { calls, events } = leasedCalls();
  const cache = new Cache({ values: new Memory(), calls });
  const f = fleche(async (n: number) => {
    events.push("run");
    return await Promise.resolve(n);
  }, { name: "leased", cache });
  await f(1);
  assert.deepEqual(events, ["take", "run", "release"]);
  await f(1);
  await f.rerun(1);
  assert.deepEqual(events, ["take", "run", "release", "run"]);
});

test("a call without a lease to be had runs all the same", async () => {
  const refused = () => Promise.reject(new Error("read-only file system"));
  const calls = Object.assign(new Memory(), { leases: { take: refused, wait: refused } });
  const f = fleche((n: number) => n, { name: "unleased", cache: new Cache({ values: new Memory(), calls }) });
  assert.deepEqual(await warningsOf(async () => assert.equal(await f(1), 1)), []);
  assert.equal(await f.contains(1), true);
});

test("a lease is given back when the readers of a stream ask for nothing", async () => {
  const { calls, events } = leasedCalls();
  const ticks: (() => void)[] = [];
  const { setInterval } = globalThis;
  globalThis.setInterval = ((tick: () => void) => {
    ticks.push(tick);
    return setInterval(() => {}, 2 ** 30);
  }) as typeof setInterval;
  try {
    const f = fleche(async function* () {
      for (let at = 0; at < 9; at++) yield await Promise.resolve(at);
    }, { name: "idle", cache: new Cache({ values: new Memory(), calls }) });
    const generator = await f();
    const [tick] = ticks;
    assert.ok(tick !== undefined);
    for (let turn = 0; turn < 3; turn++) {
      await generator.next();
      tick();
      assert.deepEqual(events, ["take"], "it is read");
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    tick();
    tick();
    assert.deepEqual(events, ["take", "release"]);
    assert.deepEqual(await Array.fromAsync(generator), [3, 4, 5, 6, 7, 8]);
    assert.equal(await f.contains(), true);
    assert.deepEqual(events, ["take", "release"], "once");
  } finally {
    globalThis.setInterval = setInterval;
  }
});

/** How often two calls at the same time run, and what is asked of the leases. */
async function twoCalls(singleFlight: SingleFlight): Promise<{ runs: number; events: string[] }> {
  const { calls, events } = leasedCalls();
  let runs = 0;
  const f = fleche(async (n: number) => {
    runs++;
    return await Promise.resolve(n);
  }, { name: "two", cache: new Cache({ values: new Memory(), calls, singleFlight }) });
  assert.deepEqual(await Promise.all([f(1), f(1)]), [1, 1]);
  assert.equal(await f.contains(1), true);
  return { runs, events };
}

test('single flight "machine" shares in the process and takes leases, and is the default', async () => {
  assert.deepEqual(await twoCalls("machine"), { runs: 1, events: ["take", "release"] });
  assert.equal(memory().singleFlight, "machine");
});

test('single flight "process" shares in the process and takes no lease', async () => {
  assert.deepEqual(await twoCalls("process"), { runs: 1, events: [] });
});

test('single flight "off" shares nothing', async () => {
  assert.deepEqual(await twoCalls("off"), { runs: 2, events: [] });
});
