/** What functions and callers can do so that one call's result might be taken for another's. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, cache, CacheError, fleche, Memory } from "../../mod.ts";
import { warningsOf } from "../_warnings.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory(), name: "test" });

test("fleche does not keep a call whose arguments the caller changes before it runs", async () => {
  const total = fleche((list: number[]) => list.reduce((sum, each) => sum + each, 0), {
    name: "total",
    cache: memory(),
  });
  await total([0]); // Loads the code: the next call makes its key at once.
  const list = [1];
  const warnings = await warningsOf(async () => {
    const under = total(list);
    list.push(2);
    assert.equal(await under, 3);
  });
  assert.match(warnings.join(), /"total": its arguments were changed before it ran.*it runs uncached/);
  assert.equal(await total.contains([1]), false);
  assert.equal(await total([1]), 1);
  assert.equal(await total([1, 2]), 3);
});

test("fleche does not keep a call whose receiver or selected key changes before it runs", async () => {
  const shared = memory();
  function readCount(this: { count: number }): number {
    return this.count;
  }
  const read = fleche(readCount, { name: "read", cache: shared });
  const byId = fleche((request: { id: number }) => request.id, {
    name: "byId",
    key: ({ id }) => id,
    cache: shared,
  });
  await Promise.all([read.call({ count: 0 }), byId({ id: 0 })]);
  const state = { count: 1 };
  const request = { id: 1 };
  await warningsOf(async () => {
    const running = [read.call(state), byId(request)];
    state.count = 2;
    request.id = 2;
    assert.deepEqual(await Promise.all(running), [2, 2]);
  });
  assert.equal(await read.call({ count: 1 }), 1);
  assert.equal(await byId({ id: 1 }), 1);
});

test("fleche does not keep a call whose arguments change at any moment before it runs, progress watched or not", async () => {
  for (const onProgress of [undefined, () => {}]) {
    for (let steps = 0; steps < 60; steps++) {
      const get = fleche((box: { value: number }) => box.value, {
        name: `get after ${steps} steps`,
        cache: memory(),
        ...(onProgress && { onProgress }),
      });
      await get({ value: 0 }); // Loads the code: the next call makes its key at once.
      const box = { value: 1 };
      await warningsOf(async () => {
        const running = get(box);
        for (let left = steps; left > 0; left--) await undefined;
        box.value = 2;
        await running;
      });
      assert.equal(await get({ value: 1 }), 1, `after ${steps} steps`);
    }
  }
});

test("fleche keeps each of several concurrent calls with equal arguments", async () => {
  let runs = 0;
  const f = fleche(async (rows: number[]) => (runs++, await Promise.resolve(rows.length)), {
    name: "rows",
    strict: true,
    cache: memory(),
  });
  const rows = [1, 2, 3];
  assert.deepEqual(await Promise.all([f(rows), f(rows), f([1, 2, 3])]), [3, 3, 3]);
  const before = runs;
  assert.equal(await f(rows), 3);
  assert.equal(runs, before);
});

test("fleche does not cache arrow functions that use this, whose this is no part of a call, unless a key is given", async () => {
  const shared = memory();
  class Grid {
    readonly cells: (scale: number) => Promise<number>;
    readonly keyed: (scale: number) => Promise<number>;
    constructor(readonly size: number) {
      this.cells = fleche((scale: number) => this.size * scale, { name: "cells", cache: shared });
      this.keyed = fleche((scale: number) => this.size * scale, {
        name: "keyed",
        key: (scale) => [this.size, scale],
        strict: true,
        cache: shared,
      });
    }
  }
  const { cells: two, keyed: keyedTwo } = new Grid(2);
  const { cells: three, keyed: keyedThree } = new Grid(3);
  const warnings = await warningsOf(async () => {
    assert.equal(await two(10), 20);
    assert.equal(await three(10), 30);
  });
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /"cells": it is an arrow function that uses `this`.*method/);
  assert.equal(await keyedTwo(10), 20);
  assert.equal(await keyedThree(10), 30);
  assert.equal(await keyedThree(10), 30);
});

test("fleche does not let two bound functions of one unchosen name share a cache: their source tells nothing", async () => {
  const shared = memory();
  class Grid {
    constructor(readonly size: number) {}
    cells(scale: number): number {
      return this.size * scale;
    }
  }
  const [a, b] = [new Grid(2), new Grid(3)];
  const two = fleche(a.cells.bind(a), { cache: shared });
  const three = fleche(b.cells.bind(b), { cache: shared });
  await warningsOf(async () => {
    assert.equal(await two(10), 20);
    assert.equal(await three(10), 30);
    assert.equal(await two(10), 20);
  });
});

test("fleche does not keep what bound and proxied functions without a chosen name give: the next process may have others", async () => {
  const [values, calls] = [new Memory(), new Memory()];
  function add(a: number, b: number): number {
    return a + b;
  }
  const proxied = (by: number) => new Proxy(add, { apply: (_, __, [a]) => by * a });
  const warnings = await warningsOf(async () => {
    for (const by of [1, 2]) {
      // A cache object of its own over the same storages, as in another process.
      const own = new Cache({ values, calls });
      assert.equal(await fleche(add.bind(null, by), { cache: own })(10), by + 10);
      assert.equal(await fleche(proxied(by), { cache: own })(10, 0), by * 10);
    }
  });
  assert.equal(warnings.length, 2);
  assert.match(warnings[0] ?? "", /"bound add": it is a bound or proxied function.*it runs uncached/);
  const named = fleche(add.bind(null, 1), {
    name: "addOne",
    strict: true,
    cache: new Cache({ values, calls }),
  });
  assert.equal(await named(10), 11);
  assert.equal(await named.contains(10), true);
});

test("CachedFunction.load and contains do not give what another function of that name keeps", async () => {
  const shared = memory();
  const one = (() =>
    fleche(function same(): number {
      return 1;
    }, { cache: shared }))();
  const two = (() =>
    fleche(function same(): number {
      return 2;
    }, { cache: shared }))();
  await one();
  await assert.rejects(two.load(), (error) => error instanceof CacheError && error.code === "refused");
  await assert.rejects(two.contains(), (error) => error instanceof CacheError && error.code === "refused");
});

test("fleche passes signals wherever they stand, never keeps what they abort, and hits even with an aborted one", async () => {
  let runs = 0;
  const f = fleche((...parts: unknown[]) => {
    runs++;
    for (const part of parts) if (part instanceof AbortSignal) part.throwIfAborted();
    return parts.length;
  }, { name: "signals", cache: memory() });
  await assert.rejects(f(1, AbortSignal.abort()), { name: "AbortError" });
  assert.equal(await f.contains(1), false);
  const { signal } = new AbortController();
  assert.equal(await f(1, signal), 2);
  assert.equal(await f(1, AbortSignal.abort()), 2);
  assert.equal(runs, 2);
  const middle = fleche((a: number, signal: AbortSignal | undefined, b: number) => [a, signal?.aborted, b], {
    name: "middle",
  });
  assert.equal(await middle.digest(1, signal, 2), await middle.digest(1, AbortSignal.abort(), 2));
  assert.notEqual(await middle.digest(1, signal, 2), await middle.digest(1, signal, 3));
});

test("fleche caches functions that call themselves through the cache", async () => {
  let runs = 0;
  const fibonacci: (n: number) => Promise<bigint> = fleche(
    async (n: number): Promise<bigint> => {
      runs++;
      return n < 2 ? BigInt(n) : await fibonacci(n - 1) + await fibonacci(n - 2);
    },
    { name: "fibonacci" },
  );
  await cache(memory(), async () => {
    assert.equal(await fibonacci(90), 2880067194370816120n);
    assert.equal(runs, 91);
  });
});

test("fleche reads no argument that is no part of the key, nor fails where reading it fails", async () => {
  const request = {
    id: 1,
    get lazy(): never {
      throw new Error("read");
    },
  };
  const byKey = fleche((request: { id: number }) => request.id, {
    name: "by key",
    key: ({ id }) => id,
    cache: memory(),
  });
  const ignoring = fleche((id: number, _request: object) => id, {
    name: "ignoring",
    ignore: [1],
    cache: memory(),
  });
  for (let times = 0; times < 2; times++) {
    assert.equal(await byKey(request), 1);
    assert.equal(await ignoring(1, request), 1);
  }
});
