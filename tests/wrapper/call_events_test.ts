/** What is told and counted of a call, whichever way it goes. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  Cache,
  cache as activate,
  type CacheEvent,
  CborFile,
  fleche,
  type HitEvent,
  Memory,
  type MissEvent,
  type PutEvent,
  type Storage,
  VoidStorage,
  type WarningEvent,
} from "../../mod.ts";
import { FaultyStorage, type StorageOperation } from "../../src/testing/mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";
import { TellingStorage } from "../cache/_telling_storage.ts";
import { eventsOf, inShort } from "../events/_listening.ts";

const withStorages = (values: Storage, calls: Storage): Cache => new Cache({ values, calls, name: "test" });
const memory = (): Cache => withStorages(new Memory(), new Memory());
const gate = () => Promise.withResolvers<void>();

/** What is told, in short, without what is said on the console. */
async function told(cache: Cache, body: () => unknown): Promise<string[]> {
  let heard: CacheEvent[] = [];
  await warningsOf(async () => void (heard = await eventsOf(cache, body)));
  return inShort(heard);
}

function failing(operation: StorageOperation, inner: Storage = new Memory()): Storage {
  const error = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
  return new FaultyStorage({ inner, operations: [operation], failAt: 1, andAfter: true, error });
}

/** That a time is one of now. */
function assertNow(event: { readonly startTime: number; readonly elapsedMs: number }, from: number): void {
  assert.ok(event.startTime >= from - 2, `${event.startTime} is not before ${from}`);
  assert.ok(event.elapsedMs >= 0 && event.startTime + event.elapsedMs <= Date.now() + 2);
}

test("a call that finds nothing is a miss, then a put; the next a hit", async () => {
  const cache = memory();
  const f = fleche((a: number) => "x".repeat(a), { name: "f", module: "m.ts", cache });
  const from = Date.now();
  const [miss, put, hit, ...rest] = await eventsOf(cache, async () => {
    await f(100);
    await f(100);
  }) as [MissEvent, PutEvent, HitEvent];
  assert.deepEqual(rest, []);
  const key = await f.digest(100);
  const about = { cache: "test", name: "f", module: "m.ts", key };
  const { startTime: _, elapsedMs: __, runMs, ...missed } = miss;
  assert.deepEqual(missed, { type: "miss", ...about, reason: "absent", failed: false, waited: false });
  assert.ok(runMs !== undefined && runMs >= 0 && runMs <= miss.elapsedMs);
  const record = await cache.record(key);
  const { startTime: ___, elapsedMs: ____, ...kept } = put;
  assert.deepEqual(kept, { type: "put", ...about, result: record?.result, bytes: record?.size });
  const { startTime: _____, elapsedMs: ______, ...found } = hit;
  assert.deepEqual(found, {
    type: "hit",
    ...about,
    bytes: record?.size,
    savedMs: (record?.elapsed ?? NaN) * 1000,
    waited: false,
  });
  for (const event of [miss, put, hit]) assertNow(event, from);
});

test("a hit that waits for its storages is told as one that does not", async () => {
  const cache = withStorages(new TellingStorage(), new TellingStorage());
  const f = fleche((a: number) => a, { name: "asynchronous", cache });
  assert.deepEqual(await told(cache, () => f(1)), ["miss absent", "put"]);
  const [hit] = await eventsOf(cache, () => f(1)) as [HitEvent];
  assert.equal(hit.type, "hit");
  assert.equal(hit.bytes, (await cache.record(hit.key))?.size);
});

test("a large value and a Blob are told with their size, and found with it", async () => {
  await withTemporaryDirectory(async (root) => {
    await using cache = withStorages(
      new CborFile({ root: `${root}/values` }),
      new CborFile({ root: `${root}/calls` }),
    );
    const f = fleche((size: number) => "x".repeat(size), { name: "large", cache });
    const g = fleche((size: number) => new Blob([new Uint8Array(size)]), { name: "blob", cache });
    for (const call of [() => f(2_000_000), () => g(300_000)]) {
      const [, put] = await eventsOf(cache, call) as [MissEvent, PutEvent];
      const [hit] = await eventsOf(cache, call) as [HitEvent];
      assert.ok(put.bytes >= 300_000);
      assert.deepEqual([hit.type, hit.bytes], ["hit", put.bytes]);
    }
  });
});

test("a record that is damaged or of another version is a warning and a miss of that reason, then a put", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "spoilt record", cache });
  for (const [bytes, reason] of [["\xff", "damaged"], ["\xa1\x66fleche\x18\x63", "version"]] as const) {
    await f(1);
    await cache.calls.put(await f.digest(1), Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    assert.deepEqual(await told(cache, () => f(1)), ["warning unreadable", `miss ${reason}`, "put"]);
  }
});

test("what a storage tells of an entry that it does not give is the reason of the miss", async () => {
  for (const part of ["calls", "values"] as const) {
    for (const reason of ["damaged", "version", "refused"] as const) {
      const storages = { calls: new TellingStorage(), values: new TellingStorage() };
      const cache = withStorages(storages.values, storages.calls);
      const f = fleche((a: number) => a, { name: `${reason} in ${part}`, cache });
      await f(1);
      const key = part === "calls"
        ? await f.digest(1)
        : (await cache.record(await f.digest(1)))?.result ?? "";
      storages[part].spoil(
        reason === "damaged" ? { type: "evict", key, reason } : { type: "unusable", key, reason },
      );
      const evicted = reason === "damaged" ? ["evict damaged"] : [];
      assert.deepEqual(
        (await told(cache, () => f(1))).filter((each, at, all) => each !== all[at - 1]),
        [...evicted, "warning unreadable", `miss ${reason}`, "put"],
        `${reason} in ${part}`,
      );
      assert.deepEqual(await told(cache, () => f(1)), ["hit"]);
    }
  }
});

test("an entry that is found absent again after it was damaged is still missed for its damage, until it is put", async () => {
  const calls = new TellingStorage();
  const cache = withStorages(new Memory(), calls);
  let fails = true;
  const f = fleche((a: number) => {
    if (fails) throw new RangeError("not now");
    return a;
  }, { name: "damaged before", cache });
  const key = await f.digest(1);
  calls.tell({ type: "evict", key, reason: "damaged" });
  const once = ["warning unreadable", "miss damaged"];
  assert.deepEqual(await told(cache, () => assert.rejects(f(1))), once);
  fails = false;
  assert.deepEqual(await told(cache, () => f(1)), [...once, "put"]);
  await cache.calls.delete(key);
  assert.deepEqual(await told(cache, () => f(1)), ["miss absent", "put"]);
});

test("an entry that became too much for its storage is absent", async () => {
  const calls = new TellingStorage();
  const cache = withStorages(new Memory(), calls);
  const f = fleche((a: number) => a, { name: "too much", cache });
  await f(1);
  calls.spoil({ type: "evict", key: await f.digest(1), reason: "size" });
  assert.deepEqual(
    await told(cache, () => f(1)),
    ["evict size", "miss absent", "put"],
  );
});

test("an unreachable storage is a warning and a miss, and what it does not keep another warning", async () => {
  const cache = withStorages(failing("get", new TellingStorage()), new Memory());
  const f = fleche((a: number) => a, { name: "unreachable", cache });
  await f(1);
  assert.deepEqual(await told(cache, () => f(1)), ["warning unreadable", "miss unavailable", "put"]);
  const full = withStorages(failing("put"), new Memory());
  const g = fleche((a: number) => a, { name: "on a full disk", cache: full });
  const events = await eventsOf(full, () => warningsOf(() => g(1)));
  assert.deepEqual(inShort(events), ["miss absent", "warning unwritable"]);
  const warning = events[1] as WarningEvent;
  assert.equal(warning.name, "on a full disk");
  assert.equal(
    warning.message,
    'Cannot keep a result of "on a full disk" in cache "test": No space left on device; it is returned uncached',
  );
  assert.equal((warning.cause as { code: string }).code, "ENOSPC");
});

test("warnings are told every time, though said once", async () => {
  const cache = withStorages(failing("put"), new Memory());
  const f = fleche((a: number) => a, { name: "warned thrice", cache });
  let events: CacheEvent[] = [];
  const said = await warningsOf(async () => {
    events = await eventsOf(cache, async () => {
      for (const a of [1, 2, 3]) await f(a);
    });
  });
  assert.equal(said.length, 1);
  assert.equal(events.filter(({ type }) => type === "warning").length, 3);
});

test("a call that has no key runs uncached: a warning and a miss without a key", async () => {
  const cache = memory();
  const f = fleche((a: unknown) => typeof a, { name: "keyless", cache });
  const events = await eventsOf(cache, () => warningsOf(() => f(() => 1)));
  assert.deepEqual(inShort(events), ["warning refused", "miss uncached"]);
  const miss = events[1] as MissEvent;
  assert.deepEqual([miss.key, miss.name, miss.failed], [undefined, "keyless", false]);
  assert.ok(miss.runMs !== undefined);
});

test("a result that cacheIf refuses, and a cache that keeps nothing, make a call uncached", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "refused by cacheIf", cache, cacheIf: () => false });
  assert.deepEqual(await told(cache, () => f(1)), ["miss uncached"]);
  const nothing = withStorages(new VoidStorage(), new VoidStorage());
  const g = fleche((a: number) => a, { name: "void", cache: nothing });
  assert.deepEqual(await told(nothing, () => g(1)), ["miss uncached"]);
});

test("arguments that change before the function runs make a call uncached", async () => {
  const cache = withStorages(new Memory(), new TellingStorage());
  const f = fleche((a: number[]) => a.length, { name: "changed arguments", cache });
  await f.digest([]);
  const a = [1];
  assert.deepEqual(
    await told(cache, async () => {
      const call = f(a);
      await Promise.resolve();
      a.push(2);
      await call;
    }),
    ["warning refused", "miss uncached"],
  );
});

test("rerun is a miss by that reason, whatever is kept", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "rerun", cache });
  await f(1);
  assert.deepEqual(await told(cache, () => f.rerun(1)), ["miss refresh", "put"]);
});

test("a function that throws is a miss that failed", async () => {
  const cache = memory();
  const f = fleche((a: number) => {
    throw new RangeError(String(a));
  }, { name: "throws", cache });
  const [miss, ...rest] = await eventsOf(cache, () => assert.rejects(f(1))) as [MissEvent];
  assert.deepEqual(rest, []);
  assert.deepEqual([miss.reason, miss.failed], ["absent", true]);
});

test("under strict a call that fails for its cache is a miss that failed, without a run", async () => {
  const refused = memory();
  const f = fleche((a: unknown) => typeof a, { name: "strictly keyless", cache: refused, strict: true });
  const [miss, ...rest] = await eventsOf(refused, () => assert.rejects(f(() => 1))) as [MissEvent];
  assert.deepEqual(rest, []);
  assert.deepEqual([miss.reason, miss.failed, miss.runMs], ["uncached", true, undefined]);
  const unreachable = withStorages(new Memory(), failing("small"));
  const g = fleche((a: number) => a, { name: "strictly reachable", cache: unreachable, strict: true });
  const [missed] = await eventsOf(unreachable, () => assert.rejects(g(1))) as [MissEvent];
  assert.deepEqual([missed.reason, missed.failed, missed.runMs], ["unavailable", true, undefined]);
});

test("under strict a call that fails for its cacheIf is a miss that failed, after a run", async () => {
  const cache = memory();
  const cacheIf = (): boolean => {
    throw new RangeError("undecided");
  };
  const f = fleche((a: number) => a, { name: "strictly undecided", cache, cacheIf, strict: true });
  const [miss] = await eventsOf(cache, () => assert.rejects(f(1))) as [MissEvent];
  assert.deepEqual([miss.reason, miss.failed, typeof miss.runMs], ["absent", true, "number"]);
});

test("callers who join are hits that waited, and fail as misses that waited", async () => {
  const cache = memory();
  const open = gate();
  const f = fleche(async (a: number) => {
    await open.promise;
    if (a === 2) throw new RangeError("2");
    return a;
  }, { name: "joined", cache });
  const joined = async (a: number): Promise<CacheEvent[]> =>
    await eventsOf(cache, async () => {
      const calls = Promise.allSettled([f(a), f(a), f(a)]);
      open.resolve();
      await calls;
    });
  const kept = await joined(1);
  assert.deepEqual(inShort(kept), ["miss absent", "put", "hit", "hit"]);
  assert.deepEqual(kept.map((event) => "waited" in event && event.waited), [false, false, true, true]);
  const failed = await joined(2) as MissEvent[];
  assert.deepEqual(inShort(failed), ["miss absent", "miss absent", "miss absent"]);
  assert.deepEqual(failed.map(({ failed, waited }) => [failed, waited]), [[true, false], [true, true], [
    true,
    true,
  ]]);
});

test("who waits for another process is a hit that waited, or a miss that did", async () => {
  for (const comes of [true, false]) {
    const calls: Storage = new Memory();
    const cache = withStorages(new Memory(), calls);
    const f = fleche((a: number) => a, { name: "leased", cache });
    await f(1);
    const key = await f.digest(1);
    const record = await (await calls.get(key))?.bytes();
    await calls.delete(key);
    const leases: Storage["leases"] = {
      take: () => Promise.resolve(undefined),
      wait: async () => {
        if (comes) await calls.put(key, record ?? new Uint8Array());
      },
    };
    const waiting = withStorages(cache.values, Object.assign(calls, { leases }));
    const events = await eventsOf(
      waiting,
      () => fleche((a: number) => a, { name: "leased", cache: waiting })(1),
    );
    assert.deepEqual(inShort(events), comes ? ["hit"] : ["miss absent", "put"]);
    assert.equal((events[0] as HitEvent | MissEvent).waited, true);
  }
});

test("a streamed result is a miss when it begins and a put at its end; then a hit with its size", async () => {
  const cache = memory();
  async function* count(n: number) {
    for (let each = 0; each < n; each++) yield await Promise.resolve(each);
  }
  const f = fleche(count, { name: "streamed", cache });
  let stream: AsyncIterable<number> | undefined;
  const begun = await told(cache, async () => void (stream = await f(3)));
  assert.deepEqual(begun, ["miss absent"]);
  const [put] = await eventsOf(cache, () => Array.fromAsync(stream ?? [])) as [PutEvent];
  assert.deepEqual([put.type, put.bytes], ["put", 3]);
  const [hit, ...rest] = await eventsOf(cache, async () => {
    assert.deepEqual(await Array.fromAsync(await f(3)), [0, 1, 2]);
  }) as [HitEvent];
  assert.deepEqual(rest, []);
  assert.deepEqual([hit.type, hit.bytes], ["hit", 3]);
  assert.ok((hit.savedMs ?? -1) >= 0);
});

test("a stream that is cancelled is never put", async () => {
  const cache = memory();
  const f = fleche(() => new Blob([new Uint8Array(1000)]).stream(), { name: "cancelled", cache });
  assert.deepEqual(await told(cache, async () => await (await f()).cancel()), ["miss absent"]);
});

test("who follows another's stream is a hit that waited, of unknown size and saving", async () => {
  const cache = memory();
  const open = gate();
  async function* slowly() {
    yield 1;
    await open.promise;
    yield 2;
  }
  const f = fleche(slowly, { name: "followed", cache });
  const events = await eventsOf(cache, async () => {
    const [one, two] = await Promise.all([f(), f()]);
    open.resolve();
    assert.deepEqual(await Promise.all([Array.fromAsync(one), Array.fromAsync(two)]), [[1, 2], [1, 2]]);
  });
  assert.deepEqual(inShort(events), ["miss absent", "hit", "put"]);
  const hit = events[1] as HitEvent;
  assert.deepEqual([hit.waited, hit.bytes, hit.savedMs], [true, undefined, undefined]);
});

test("a cached function within another is told before it, each with its own cache", async () => {
  const [inner, outer] = [memory(), memory()];
  const g = fleche((a: number) => a, { name: "inner", cache: inner });
  const f = fleche((a: number) => g(a), { name: "outer", cache: outer });
  const order: string[] = [];
  for (const cache of [inner, outer]) {
    cache.events.subscribe((event) => order.push("name" in event ? `${event.name} ${event.type}` : ""));
  }
  await f(1);
  assert.deepEqual(order, ["inner miss", "inner put", "outer miss", "outer put"]);
});

test("who begins to listen in the midst of a call is told of what begins after", async () => {
  const cache = memory();
  const open = gate();
  const f = fleche(async () => await open.promise, { name: "heard late", cache });
  await f.digest();
  const call = f();
  const heard = await eventsOf(cache, async () => {
    open.resolve();
    await call;
  });
  assert.deepEqual(inShort(heard), ["put"]);
});

test("every call is one hit or one miss in the tally, listened to or not", async () => {
  const cache = memory();
  const f = fleche((a: unknown) => typeof a, { name: "tallied", module: "m.ts", cache });
  await warningsOf(async () => {
    await f(1);
    await f(1);
    await Promise.all([f(2), f(2), f(2)]);
    await f.rerun(1);
    await f(() => 1);
  });
  const { hits, misses, puts, savedSeconds } = cache.tally.totals();
  assert.deepEqual([hits, misses.absent, misses.refresh, misses.uncached, puts], [3, 2, 1, 1, 3]);
  assert.ok(savedSeconds >= 0 && savedSeconds < 10);
  assert.deepEqual(
    cache.tally.functions().map(({ name, hits }) => [name, hits]),
    [["tallied", 3]],
  );
});

test("savedSeconds is what the function took that was not run", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "saving", cache });
  await f(1);
  const elapsed = (await cache.record(await f.digest(1)))?.elapsed ?? NaN;
  await f(1);
  await f(1);
  assert.equal(cache.tally.totals().savedSeconds, elapsed + elapsed);
});

test("helpers that run nothing tell nothing and count nothing", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "helpers", cache });
  await f(1);
  const before = cache.tally.totals();
  const heard = await told(cache, async () => {
    await f.digest(1);
    await f.load(1);
    await f.contains(1);
    await f.fleche.call(1);
    await f.fleche.open(1);
  });
  assert.deepEqual(heard, []);
  assert.deepEqual(cache.tally.totals(), before);
});

test("events are told of the cache that is active", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "in a scope" });
  assert.deepEqual(await told(cache, () => activate(cache, () => f(1))), ["miss absent", "put"]);
});
