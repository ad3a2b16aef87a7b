import assert from "node:assert/strict";
import test from "node:test";
import { Cache, fleche, Memory, meta, tags } from "../../mod.ts";
import { lookup } from "../../src/cache/lookup.ts";
import { peekResult, recordFromData, recordToData } from "../../src/call/record.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";
import type { Storage } from "../../src/storage/types.ts";
import { assertGolden } from "../_golden.ts";
import { warningsOf } from "../_warnings.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory(), name: "test" });

async function bytesOf(storage: Storage, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const body = await storage.get(key);
  assert.ok(body !== undefined);
  return await body.bytes();
}

/** Rewrites the record of a call. */
async function rewrite(
  cache: Cache,
  key: string,
  change: (data: Record<string, unknown>) => unknown,
): Promise<void> {
  const data = await cborCodec.decode(await bytesOf(cache.calls, key)) as Record<string, unknown>;
  await cache.calls.put(key, await cborCodec.encode(change(data)));
}

test("Cache keeps records in the documented form", async () => {
  const cache = memory();
  const area = fleche((w: number, text: string) => w * text.length, {
    name: "area",
    module: "m/area.ts",
    version: 2,
    cache,
  });
  await meta(() => tags({ project: "garden" }, () => area(2, "x".repeat(2000))));
  const key = await area.digest(2, "x".repeat(2000));
  const record = await cache.record(key);
  assert.ok(record !== undefined);
  assert.ok(Math.abs(record.time - Date.now() / 1000) < 60);
  assert.ok(record.elapsed >= 0 && record.elapsed < 60);
  const pinned = {
    key,
    ...record,
    elapsed: 0.1,
    time: 1.5,
    inline: Object.entries(record.inline).map(([name, bytes]) => [name, [...bytes]]),
  };
  assertGolden("record.json", JSON.stringify(pinned, null, 2) + "\n");
  const encoded = await cborCodec.encode(recordToData({ ...record, elapsed: 0.1, time: 1.5 }));
  assertGolden(
    "record.cbor.hex",
    Array.from(encoded as Uint8Array, (byte) => byte.toString(16).padStart(2, "0")).join("") + "\n",
  );
});

test("recordFromData reads what recordToData writes, and refuses everything else", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "f", cache });
  await f(1);
  const record = await cache.record(await f.digest(1));
  assert.ok(record !== undefined);
  const data = recordToData(record);
  assert.deepEqual(recordFromData(structuredClone(data)), record);
  assert.equal(recordFromData({ ...data, fleche: 2 }), "version");
  const wrong: Record<string, unknown> = {
    result: "f".repeat(63),
    name: 7,
    module: 7,
    version: {},
    code: "xyz",
    arguments: { a: "not a digest" },
    inline: { a: "text" },
    size: "1",
    codec: undefined,
    elapsed: -1,
    time: "now",
    metadata: { runtime: 1 },
  };
  for (const [field, value] of Object.entries(wrong)) {
    assert.equal(recordFromData({ ...data, [field]: value }), "damaged", field);
  }
  for (const value of [null, undefined, 1, "text", [], {}]) assert.equal(recordFromData(value), "damaged");
});

test("peekResult reads of a record in CBOR what decoding it gives, and nothing of other bytes", async () => {
  const cache = memory();
  const f = fleche((a: number, b?: string) => [a, b], { name: "f", cache });
  for (const args of [[1], [2, "x"], [3, "y".repeat(5000)]] as [number, string?][]) {
    await f(...args);
    const bytes = await bytesOf(cache.calls, await f.digest(...args));
    const decoded = await cborCodec.decode(bytes) as { result: string; elapsed: number };
    const { result, elapsed } = decoded;
    assert.deepEqual(peekResult(bytes), { fleche: 1, result, elapsed });
    for (let length = 0; length < 99; length++) {
      assert.equal(peekResult(bytes.subarray(0, length)), undefined);
    }
    for (const at of [...Array(91).keys()].filter((at) => at > 0 && (at < 18 || at >= 82))) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(peekResult(changed), undefined, `byte ${at}`);
    }
  }
});

test("peekResult leaves to decoding what was taken in whole seconds or halves of them", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "f", cache });
  await f(1);
  const key = await f.digest(1);
  for (const elapsed of [0, 2, 0.5]) {
    await rewrite(cache, key, ({ fleche, result, ...rest }) => ({ fleche, result, ...rest, elapsed }));
    assert.equal(peekResult(await bytesOf(cache.calls, key)), undefined);
    const found = await lookup(cache, key);
    assert.equal(found.hit && found.elapsed, elapsed);
  }
});

test("a record without the time that its function took is damaged", async () => {
  const cache = memory();
  const f = fleche((a: number) => a, { name: "without its time", cache });
  await f(1);
  const key = await f.digest(1);
  await rewrite(cache, key, ({ elapsed: _, ...rest }) => rest);
  assert.deepEqual(await lookup(cache, key), { hit: false, reason: "damaged", part: "calls" });
});

test("a record of another version is a miss with one warning, computed again and then a hit", async () => {
  const cache = memory();
  let runs = 0;
  const f = fleche((a: number) => (runs++, a), { name: "of another version", cache });
  await f(1);
  const key = await f.digest(1);
  await rewrite(cache, key, (data) => ({ ...data, fleche: 99 }));
  assert.deepEqual(await lookup(cache, key), { hit: false, reason: "version", part: "calls" });
  assert.equal(await f.contains(1), false);
  const warnings = await warningsOf(async () => {
    assert.equal(await f(1), 1);
  });
  assert.match(
    warnings.join("\n"),
    /^fleche: Cannot read what cache "test" keeps for a call of "of another version" \(version\): another version of fleche wrote it, in a format that this one does not read; it is computed again$/,
  );
  assert.equal(await f(1), 1);
  assert.equal(runs, 2);
});

test("a damaged record or value is a miss, computed again and then a hit, under strict too", async () => {
  for (const damaged of ["calls", "values"] as const) {
    const cache = memory();
    let runs = 0;
    const f = fleche((a: number) => (runs++, [a]), { name: `with damaged ${damaged}`, cache, strict: true });
    await f(1);
    for await (const key of cache[damaged].keys()) {
      await cache[damaged].put(key, new Uint8Array([0x9f, 0xff, 0xff]));
    }
    const warnings = await warningsOf(async () => {
      assert.deepEqual(await f(1), [1]);
    });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /\(damaged\)/);
    assert.deepEqual(await f(1), [1]);
    assert.equal(runs, 2);
  }
});

test("a record whose value is gone is a plain miss", async () => {
  const cache = memory();
  let runs = 0;
  const f = fleche((a: number) => (runs++, a), { name: "dangling", cache });
  await f(1);
  for await (const key of cache.values.keys()) await cache.values.delete(key);
  assert.equal(await f.contains(1), false);
  assert.equal(await f(1), 1);
  assert.equal(await f(1), 1);
  assert.equal(runs, 2);
});

test("equal results of different calls are one value", async () => {
  const cache = memory();
  const f = fleche((a: number) => ({ even: a % 2 === 0 }), { name: "even", cache });
  for (const a of [1, 2, 3, 4]) await f(a);
  assert.equal((await Array.fromAsync(cache.values.keys())).length, 2);
  assert.equal((await Array.fromAsync(cache.calls.keys())).length, 4);
});

test("Cache disposes of both storages, the second also when the first fails, and twice without harm", async () => {
  const disposed: string[] = [];
  const storage = (name: string, error?: Error): Storage =>
    Object.assign(new Memory(), {
      [Symbol.asyncDispose]: () => {
        disposed.push(name);
        return error === undefined ? Promise.resolve() : Promise.reject(error);
      },
    });
  const fault = new Error("cannot close");
  const broken = new Cache({ values: storage("values"), calls: storage("calls", fault) });
  await assert.rejects(broken[Symbol.asyncDispose](), fault);
  assert.deepEqual(disposed, ["calls", "values"]);
  const whole = memory();
  await whole[Symbol.asyncDispose]();
  await whole[Symbol.asyncDispose]();
});

test("a result that reads differently each time is not kept, and spoils no other value", async () => {
  const cache = memory();
  const plain = fleche((n: number) => ({ n }), { name: "plain", cache });
  assert.deepEqual(await plain(2), { n: 2 });
  let count = 0;
  const counting = fleche(() => ({
    get n(): number {
      return ++count;
    },
  }), { name: "counting", cache });
  const warnings = await warningsOf(() => counting());
  assert.match(warnings.join(), /"counting".*not the same each time it is read; it is returned uncached/);
  assert.deepEqual(await plain(2), { n: 2 });
});

test("a large result that changes while it is streamed is not kept; one that does not is, with its size", async () => {
  const cache = memory();
  const rows = Array.from({ length: 60_000 }, (_, i) => ({ i, text: "some text or other" }));
  const whole = fleche(() => rows, { name: "whole", cache });
  assert.equal(await whole(), rows);
  assert.deepEqual(await whole(), rows);
  const stored: string[] = [];
  for await (const key of cache.values.keys()) stored.push(key);
  assert.equal(stored.length, 1);
  const record = await cache.record(await whole.digest());
  assert.equal(record?.size, (await bytesOf(cache.values, stored[0] ?? "")).length);

  let count = 0;
  const counting = fleche(() => ({
    rows,
    get n(): number {
      return ++count;
    },
  }), { name: "counting rows", cache });
  const warnings = await warningsOf(() => counting());
  assert.match(
    warnings.join(),
    /"counting rows".*not the same each time it is read; it is returned uncached/,
  );
  const after: string[] = [];
  for await (const key of cache.values.keys()) after.push(key);
  assert.deepEqual(after, stored);
});
