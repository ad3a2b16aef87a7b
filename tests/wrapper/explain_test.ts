/** What `f.fleche.explain(...)` says of a call. */
import assert from "node:assert/strict";
import test from "node:test";
import {
  Cache,
  CacheError,
  CborFile,
  DigestError,
  type ExplainedMiss,
  fleche,
  type FlecheOptions,
  type KeyDifference,
  Memory,
  type Storage,
  VoidStorage,
} from "../../mod.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";
import { nearestCall } from "../../src/cache/nearest_call.ts";
import { missText } from "../../src/wrapper/_explanation_text.ts";
import { FaultyStorage } from "../../src/testing/mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { TellingStorage } from "../cache/_telling_storage.ts";
import { eventsOf } from "../events/_listening.ts";

const memory = (parts: { values?: Storage; calls?: Storage } = {}): Cache =>
  new Cache({ values: new Memory(), calls: new Memory(), name: "test", ...parts });

/** A function that must not be run again. */
function kept(cache: Cache, options: Pick<FlecheOptions, "version" | "module"> = {}) {
  return fleche((w: number, h: number = 2) => w * h, { name: "area", module: "m.ts", cache, ...options });
}

async function missOf(explaining: Promise<unknown>): Promise<ExplainedMiss> {
  const explained = await explaining as ExplainedMiss;
  assert.equal(explained.hit, false);
  return explained;
}

async function differences(explaining: Promise<unknown>): Promise<readonly KeyDifference[] | undefined> {
  return (await missOf(explaining)).nearest?.differs;
}

async function rewrite(
  cache: Cache,
  key: string,
  change: (data: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const data = await cborCodec.decode(await (await cache.calls.get(key))?.bytes() ?? new Uint8Array());
  await cache.calls.put(key, await cborCodec.encode(change(data as Record<string, unknown>)));
}

test("explain says of a kept call that it would be a hit, with its key and its record", async () => {
  const cache = memory();
  const area = kept(cache);
  await area(3);
  const explained = await area.fleche.explain(3, 2);
  const key = await area.digest(3);
  const record = await cache.record(key);
  assert.ok(explained.hit);
  assert.deepEqual([explained.key, explained.record], [key, record]);
  const since = new Date((record?.time ?? 0) * 1000).toISOString();
  assert.equal(
    explained.message,
    `A call of "area" would be a hit: its result is kept since ${since} (key ${key})`,
  );
});

test("explain runs nothing, tells nothing and counts nothing", async () => {
  const cache = memory();
  let runs = 0;
  const f = fleche((a: number) => (runs++, a), { name: "not run", cache });
  await f(1);
  const before = cache.tally.totals();
  const heard = await eventsOf(cache, async () => {
    await f.fleche.explain(1);
    await f.fleche.explain(2);
  });
  assert.deepEqual([heard, runs], [[], 1]);
  assert.deepEqual(cache.tally.totals(), before);
});

test("explain says that no call of the name is kept", async () => {
  const cache = memory();
  const area = kept(cache);
  await fleche((w: number) => w, { name: "other", module: "m.ts", cache })(3);
  const miss = await missOf(area.fleche.explain(3));
  const key = await area.digest(3);
  const message = `A call of "area" would be a miss: nothing is kept under its key (${key}); ` +
    "no other call of that name is";
  assert.deepEqual(miss, { hit: false, key, reason: "absent", part: "calls", message });
});

test("explain names the argument that differs, with both values", async () => {
  const area = kept(memory());
  await area(3, 4);
  const miss = await missOf(area.fleche.explain(3, 5));
  const differs = miss.nearest?.differs ?? [];
  assert.equal(differs.length, 1);
  const [difference] = differs as [KeyDifference & { part: "argument" }];
  assert.deepEqual([difference.part, difference.name], ["argument", "h"]);
  assert.deepEqual([difference.given?.value, difference.stored?.value], [5, 4]);
  assert.match(difference.given?.digest ?? "", /^[0-9a-f]{64}$/);
  assert.notEqual(difference.given?.digest, difference.stored?.digest);
  assert.match(
    miss.message,
    /; the nearest call that is, of \d{4}-[^,]+Z, differs in argument "h" \(4 there, 5 here\)$/,
  );
});

test("explain knows large stored arguments by their digest", async () => {
  const f = fleche((text: string) => text.length, { name: "large argument", cache: memory() });
  await f("x".repeat(5000));
  const [difference] = await differences(f.fleche.explain("y")) as [KeyDifference & { part: "argument" }];
  assert.equal(difference.given?.value, "y");
  assert.ok(difference.stored !== undefined && !("value" in difference.stored));
  assert.match(
    (await f.fleche.explain("y")).message,
    /\(digest [0-9a-f]{8}… there, 'y' here\)|\(digest [0-9a-f]{8}… there, "y" here\)/,
  );
});

test("explain says the digest of a large object, whose text would take long", async () => {
  const f = fleche((a: unknown) => typeof a, { name: "large object", cache: memory() });
  await f({ a: 1 });
  const large = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`k${at}`, at]));
  const explained = await f.fleche.explain(large);
  assert.match(explained.message, /\(\{ a: 1 \} there, digest [0-9a-f]{8}… here\)$/);
  const [difference] = await differences(f.fleche.explain(large)) as [KeyDifference & { part: "argument" }];
  assert.equal(difference.given?.value, large);
});

test("explain names arguments that one of the calls has not", async () => {
  const cache = memory();
  const f = fleche((...parts: [number, number?]) => parts.length, { name: "rest", cache });
  const g = fleche(function (this: unknown, a: number) {
    return [a, arguments.length];
  }, { name: "any", cache });
  await f(1);
  await g(1);
  const more = await differences(g.fleche.explain(...[1, 2] as unknown as [number]));
  assert.deepEqual(more?.map((each) => [each.part, each.stored === undefined]), [["argument", true]]);
  await g(...[1, 2, 3] as unknown as [number]);
  const fewer = await differences(g.fleche.explain(...[1, 2, 4] as unknown as [number]));
  assert.equal(fewer?.length, 1);
  const missing = await missOf(g.fleche.explain(...[] as unknown as [number]));
  assert.deepEqual(missing.nearest?.differs.map(({ given }) => given), [undefined]);
  assert.match(missing.message, /argument "a" \(1 there, none here\)$/);
});

test("explain names version, module and code, and says which have none", async () => {
  const cache = memory();
  await kept(cache, { version: 1 })(3);
  assert.deepEqual(await differences(kept(cache, { version: "1" }).fleche.explain(3)), [
    { part: "version", given: "1", stored: 1 },
  ]);
  const unversioned = await missOf(kept(cache, { module: "n.ts" }).fleche.explain(3));
  assert.deepEqual(unversioned.nearest?.differs, [
    { part: "version", given: undefined, stored: 1 },
    { part: "module", given: "n.ts", stored: "m.ts" },
  ]);
  assert.match(
    unversioned.message,
    /differs in version \(1 there, none here\) and module \(.n\.ts.|.m\.ts. there, .n\.ts. here\)$/,
  );
  const edited = memory();
  await fleche((w: number) => w + 1, { name: "edited", module: "m.ts", cache: edited, hashCode: true })(1);
  const g = fleche((w: number) => w + 2, { name: "edited", module: "m.ts", cache: edited, hashCode: true });
  const [code, ...rest] = await differences(g.fleche.explain(1)) ?? [];
  assert.deepEqual([code?.part, rest], ["code", []]);
  assert.notEqual(code?.given, code?.stored);
});

test("explain says when the same parameters stand in another order", async () => {
  const cache = memory();
  await fleche((a: number, b: number) => a + b, { name: "ordered", module: "m.ts", cache })(1, 2);
  const swapped = fleche((b: number, a: number) => a + b, { name: "ordered", module: "m.ts", cache });
  assert.deepEqual(await differences(swapped.fleche.explain(2, 1)), [
    { part: "order", given: ["b", "a"], stored: ["a", "b"] },
  ]);
});

test("the nearest call has the fewest differences, and is the newest among equals", async () => {
  const cache = memory();
  const area = kept(cache);
  const times: [w: number, h: number, time: number][] = [[9, 9, 50], [3, 4, 10], [3, 5, 30], [3, 6, 20]];
  for (const [w, h, time] of times) {
    await area(w, h);
    await rewrite(cache, await area.digest(w, h), (data) => ({ ...data, time }));
  }
  const { nearest } = await missOf(area.fleche.explain(3, 7));
  assert.deepEqual([nearest?.key, nearest?.time], [await area.digest(3, 5), 30]);
});

test("the search passes over what cannot be read and what is none of ours", async () => {
  const calls = new Memory();
  const cache = memory({ calls });
  const area = kept(cache);
  await area(3, 4);
  await calls.put("0".repeat(64), Uint8Array.of(0xff, 0xff));
  await calls.put("f".repeat(64), await cborCodec.encode({ fleche: 99 }) as Uint8Array);
  const body = await calls.get(await area.digest(3, 4));
  await calls.put("not a digest", await body?.bytes() ?? new Uint8Array());
  await calls.delete(await area.digest(3, 4));
  assert.equal((await missOf(area.fleche.explain(3, 5))).nearest, undefined);
  await area(3, 4);
  assert.equal((await missOf(area.fleche.explain(3, 5))).nearest?.key, await area.digest(3, 4));
});

test("parameters called as what every object has are compared as any other", async () => {
  const f = fleche((toString: number, constructor?: number) => [toString, constructor].length, {
    name: "inherited",
    cache: memory(),
  });
  await f(1);
  const differs = await differences(f.fleche.explain(1, 2));
  assert.deepEqual(differs?.map((each) => [each.part, "name" in each && each.name, each.stored]), [
    ["argument", "constructor", undefined],
  ]);
});

test("a signal among the arguments ends the search", async () => {
  const calls = new Memory();
  const cache = memory({ calls });
  const f = fleche((a: number, _signal?: AbortSignal) => a, { name: "aborted", cache });
  for (let a = 0; a < 3000; a++) await f(a);
  const controller = new AbortController();
  const explaining = f.fleche.explain(-1, controller.signal);
  setTimeout(() => controller.abort(new RangeError("enough")), 0);
  await assert.rejects(explaining, /enough/);
});

test("explain says what is wrong with the entries of a kept call", async () => {
  const spoilt = [
    ["calls", { type: "evict", reason: "damaged" }, "its record is damaged"],
    ["calls", { type: "unusable", reason: "version" }, "its record is of another format version"],
    ["values", { type: "unusable", reason: "refused" }, "its value is not signed with a known key"],
    ["values", { type: "evict", reason: "size" }, "its value is not there"],
  ] as const;
  for (const [part, event, text] of spoilt) {
    const storages = { calls: new TellingStorage(), values: new TellingStorage() };
    const cache = memory(storages);
    const area = kept(cache);
    await area(3);
    const key = await area.digest(3);
    const entry = part === "calls" ? key : (await cache.record(key))?.result ?? "";
    storages[part].spoil({ ...event, key: entry } as Parameters<TellingStorage["spoil"]>[0]);
    const miss = await missOf(area.fleche.explain(3));
    const reason = event.reason === "size" ? "absent" : event.reason;
    assert.deepEqual([miss.reason, miss.part, miss.key, miss.nearest], [reason, part, key, undefined]);
    assert.equal(miss.message, `A call of "area" would be a miss: ${text} (key ${key})`);
  }
});

test("explain says that a storage cannot be read, and why", async () => {
  const error = new Error("Permission denied");
  const cache = memory({
    values: new FaultyStorage({
      inner: new Memory(),
      operations: ["small"],
      failAt: 1,
      andAfter: true,
      error,
    }),
  });
  const area = kept(cache);
  await area(3);
  const miss = await missOf(area.fleche.explain(3));
  assert.deepEqual([miss.reason, miss.part, miss.cause], ["unavailable", "values", error]);
  assert.match(miss.message, /its value cannot be read \(key [0-9a-f]{64}\): Permission denied$/);
});

test("explain says which argument has no digest, where in it and why", async () => {
  const f = fleche((options: unknown) => typeof options, { name: "refusing", cache: memory() });
  const miss = await missOf(f.fleche.explain({ deep: [() => 1] }));
  assert.deepEqual([miss.reason, miss.key], ["uncached", undefined]);
  assert.ok(miss.cause instanceof DigestError);
  assert.equal(miss.cause.path, "options.deep[0]");
  assert.equal(miss.message, `A call of "refusing" would run uncached: ${miss.cause.message}`);
});

test("explain says that a required argument is missing, that another function has the name, that nothing is kept", async () => {
  const f = fleche((a?: number) => a, { name: "requiring", cache: memory(), require: ["a"] });
  const missing = await missOf(f.fleche.explain());
  assert.ok(missing.cause instanceof CacheError);
  assert.match(missing.message, /would run uncached: required argument "a" is missing$/);
  const cache = memory();
  const named = <F extends (a: number) => number>(fn: F): F =>
    Object.defineProperty(fn, "name", { value: "twin" });
  await fleche(named((a) => a + 1), { cache })(1);
  const twin = fleche(named((a) => a + 2), { cache });
  assert.match((await missOf(twin.fleche.explain(1))).message, /another function "twin"/);
  const g = kept(memory({ values: new VoidStorage() }));
  assert.equal(
    (await g.fleche.explain(1)).message,
    'A call of "area" would run uncached: its cache keeps nothing',
  );
});

test("explain discards the stream of a hit, and holds nothing open", async () => {
  await withTemporaryDirectory(async (root) => {
    await using cache = new Cache({
      values: new CborFile({ root: `${root}/values` }),
      calls: new CborFile({ root: `${root}/calls` }),
    });
    const f = fleche((size: number) => new Blob([new Uint8Array(size)]).stream(), {
      name: "streamed",
      cache,
    });
    for await (const _ of await f(3_000_000));
    assert.equal((await f.fleche.explain(3_000_000)).hit, true);
    assert.equal((await f.fleche.explain(3_000_001)).hit, false);
  });
});

test("explain rejects what no call can be made with", async () => {
  const f = fleche((a: number) => a, { name: "misused", cache: memory(), ignore: ["b"] });
  await assert.rejects(f.fleche.explain(1), TypeError);
});

test("explain says the digest of what throws when it is looked at once more", async () => {
  const f = fleche((a: unknown) => typeof a, { name: "throws later", cache: memory() });
  await f({ a: 1 });
  let reads = 0;
  const given = {
    get a(): number {
      if (reads++ > 0) throw new RangeError("no more");
      return 2;
    },
  };
  assert.match((await f.fleche.explain(given)).message, /, digest [0-9a-f]{8}… here\)$/);
});

test("a value's own code is not called when it is shown", async () => {
  const f = fleche((a: unknown) => typeof a, { name: "shown", cache: memory() });
  await f({ a: 1 });
  const given = { a: 2, [Symbol.for("nodejs.util.inspect.custom")]: () => assert.fail("called") };
  const { message } = await f.fleche.explain(given);
  assert.match(message, /a: 1|uncached/);
});

/** What stands in the record of the nearest call, as somebody may have written it. */
async function explainedBeside(change: (data: Record<string, unknown>) => Record<string, unknown>) {
  const cache = memory();
  const f = kept(cache);
  await f(1);
  await rewrite(cache, await f.digest(1), change);
  return await missOf(f.fleche.explain(2));
}

for (const time of [1e300, -1e20, Infinity, NaN]) {
  test(`explain takes a record of ${time} seconds for one of an unknown time`, async () => {
    const { nearest, message } = await explainedBeside((data) => ({ ...data, time }));
    assert.equal(nearest?.time, time);
    assert.match(message, /of an unknown time, differs in argument "w"/);
    const cache = memory();
    const f = kept(cache);
    await f(1);
    await rewrite(cache, await f.digest(1), (data) => ({ ...data, time }));
    assert.match((await f.fleche.explain(1)).message, /would be a hit: .* since an unknown time/);
  });
}

const digestOfNothing = "0".repeat(64);
// A stack is shown as it is, where one is kept.
const shown = Object.assign(new Error("\x1b[2J\nFAKE"), { stack: "\x1b[2J\nFAKE" });
const manyNames = Array.from({ length: 50_000 }, (_, at) => [`p${at}`, digestOfNothing] as const);
const hostile: readonly (readonly [what: string, fields: () => Promise<Record<string, unknown>>])[] = [
  [
    "a name with control characters",
    () => Promise.resolve({ arguments: { "\x1b[2J\nFAKE\u2028\x9b": digestOfNothing } }),
  ],
  ["a long name", () => Promise.resolve({ arguments: { ["n".repeat(100_000)]: digestOfNothing } })],
  ["many names", () => Promise.resolve({ arguments: Object.fromEntries(manyNames) })],
  ["a module with control characters", () => Promise.resolve({ module: "\x1b[2J\nFAKE".repeat(1000) })],
  ["an error with control characters", async () => ({ inline: { w: await cborCodec.encode(shown) } })],
  ["a long text", async () => ({ inline: { w: await cborCodec.encode("x".repeat(200_000)) } })],
  ["nesting", () => Promise.resolve({ inline: { w: new Uint8Array(100_000).fill(0x81) } })],
];

for (const [what, fields] of hostile) {
  test(`explain says in one short line what it found: ${what}`, async () => {
    const changed = await fields();
    const { nearest, message } = await explainedBeside((data) => ({ ...data, ...changed }));
    assert(nearest !== undefined && message.length < 2000, `${message.length}`);
    // deno-lint-ignore no-control-regex -- these are what it is about.
    assert.doesNotMatch(message, /[\0-\x1f\x7f-\x9f\u2028\u2029]/);
  });
}

test("explain says of parameters in another order no more than their first names", async () => {
  const names = manyNames.map(([name]) => name);
  const cache = memory();
  const f = fleche((...args: number[]) => args.length, { name: "area", cache });
  await f(1);
  const reversed = Object.fromEntries([...manyNames].reverse());
  const key = await f.digest(1);
  await rewrite(cache, key, (data) => ({ ...data, arguments: Object.fromEntries(manyNames) }));
  const body = await (await cache.calls.get(key))?.bytes() ?? new Uint8Array();
  await cache.calls.put(digestOfNothing, body);
  await rewrite(cache, digestOfNothing, (data) => ({ ...data, arguments: reversed }));
  const nearest = await nearestCall(cache, key);
  assert.deepEqual(nearest?.differs.map(({ part }) => part), ["order"]);
  const message = missText("area", { key, reason: "absent", part: "calls", ...nearest && { nearest } });
  assert(message.length < 2000 && message.includes(`${names[0]}, ${names[1]}`), `${message.length}`);
});
