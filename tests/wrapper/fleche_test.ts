import assert from "node:assert/strict";
import test from "node:test";
import {
  Cache,
  cache,
  type CachedFunction,
  CacheError,
  CacheMissError,
  CodecError,
  DigestError,
  digestSymbol,
  fleche,
  Memory,
} from "../../mod.ts";
import { FaultyStorage } from "../../src/testing/faulty_storage.ts";
import { warningsOf } from "../_warnings.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory(), name: "test" });

test("fleche computes once and gives the kept result afterwards", async () => {
  let runs = 0;
  const area = fleche(async (w: number, h: number) => (runs++, await Promise.resolve(w * h)), {
    name: "area",
  });
  await cache(memory(), async () => {
    assert.equal(await area(2, 3), 6);
    assert.equal(await area(2, 3), 6);
    assert.equal(runs, 1);
    assert.equal(await area(3, 2), 6);
    assert.equal(runs, 2);
  });
});

test("fleche keeps the function's name and length, and gives a promise for a synchronous function too", async () => {
  function sum(a: number, b: number, c: number): number {
    return a + b + c;
  }
  const cached = fleche(sum, { cache: memory() });
  assert.equal(cached.name, "sum");
  assert.equal(cached.length, 3);
  const result: Promise<number> = cached(1, 2, 3);
  assert.ok(result instanceof Promise);
  assert.equal(await result, 6);
  assert.equal(fleche(() => 1, { name: "one" }).name, "one");
  assert.equal(cached.fleche.original, sum);
  assert.equal(cached.call, Function.prototype.call);
  assert.equal(cached.bind, Function.prototype.bind);
});

test("fleche refuses what it cannot name, and options that it does not know", () => {
  assert.throws(() => fleche(() => 1), { name: "TypeError", message: /anonymous function.*name/ });
  assert.throws(() => fleche(() => 1, { nmae: "x" } as never), {
    name: "TypeError",
    message: /"nmae".*name, module/,
  });
  assert.throws(() => fleche(7 as never), { name: "TypeError", message: /Cannot cache 7/ });
});

test("fleche keeps null and undefined like any other result", async () => {
  for (const value of [null, undefined, 0, "", false, NaN]) {
    let runs = 0;
    const f = fleche(() => (runs++, value), { name: "empty", cache: memory() });
    assert.equal(await f(), value);
    assert.equal(await f(), value);
    assert.equal(runs, 1, String(value));
  }
});

test("fleche never keeps errors: not thrown ones, not rejections", async () => {
  let runs = 0;
  const fault = new RangeError("no");
  const thrower = fleche(() => {
    runs++;
    throw fault;
  }, { name: "thrower", cache: memory() });
  const rejecter = fleche(() => (runs++, Promise.reject(fault)), { name: "rejecter", cache: memory() });
  for (const f of [thrower, rejecter]) {
    runs = 0;
    await assert.rejects(f(), (error) => error === fault);
    await assert.rejects(f(), (error) => error === fault);
    assert.equal(runs, 2);
    assert.equal(await f.contains(), false);
  }
});

test("fleche gives the caller of a miss the function's own object, and a fresh copy on each hit", async () => {
  const made = { rows: [1, 2] };
  const f = fleche(() => made, { name: "rows", cache: memory() });
  assert.equal(await f(), made);
  const hit = await f();
  assert.deepEqual(hit, made);
  assert.notEqual(hit, made);
  hit.rows.push(3);
  assert.deepEqual(await f(), made);
});

test("fleche keys a call by its arguments as they were before the function changed them", async () => {
  let runs = 0;
  const drain = fleche((list: number[]) => (runs++, list.splice(0).length), {
    name: "drain",
    cache: memory(),
  });
  assert.equal(await drain([1, 2, 3]), 3);
  assert.equal(await drain([1, 2, 3]), 3);
  assert.equal(runs, 1);
  assert.equal(await drain([]), 0);
  assert.equal(runs, 2);
});

test("fleche binds by parameter: a literal default and a trailing undefined make no difference", async () => {
  // deno-lint-ignore no-inferrable-types
  const f = fleche((a: number, b: number = 2, c?: string) => [a, b, c], { name: "bound" });
  const key = await f.digest(1);
  assert.equal(await f.digest(1, 2), key);
  assert.equal(await f.digest(1, undefined), key);
  assert.equal(await f.digest(1, 2, undefined), key);
  assert.notEqual(await f.digest(1, 3), key);
  assert.notEqual(await f.digest(1, 2, "x"), key);
  assert.deepEqual(Object.keys((await f.fleche.call(1, 2, "x")).arguments), ["a", "b", "c"]);
});

test("a call's arguments keep the order of the parameters, destructured ones among them", async () => {
  const f = fleche((a: number, { b }: { b: number }, [c]: number[], d: number) => [a, b, c, d], {
    name: "mixed",
  });
  assert.deepEqual(Object.keys((await f.fleche.call(1, { b: 2 }, [3], 4)).arguments), ["a", "#1", "#2", "d"]);
});

test("fleche's options name, module and version are each part of the key", async () => {
  const fn = (x: number): number => x;
  const base = { name: "f", module: "m", version: 1 };
  const keys = await Promise.all(
    [base, { ...base, name: "g" }, { ...base, module: "n" }, { ...base, version: 2 }, {
      ...base,
      version: "1",
    }]
      .map((options) => fleche(fn, options).digest(1)),
  );
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(await fleche(fn, base).digest(1), keys[0]);
});

test("fleche's module defaults to the calling file, relative to its project and never absolute", async () => {
  const { module } = await fleche((x: number) => x, { name: "here" }).fleche.call(1);
  assert.equal(module, "@fleche/fleche/tests/wrapper/fleche_test.ts");
});

test("fleche's option ignore leaves parameters out of keys, by name or position", async () => {
  const fn = (url: string, retries: number, log: unknown): string => `${url}${retries}${log}`;
  for (const ignore of [["retries", "log"], [1, 2], ["retries", 2]]) {
    const f = fleche(fn, { ignore });
    assert.equal(await f.digest("u", 1, () => {}), await f.digest("u", 2, undefined));
    assert.notEqual(await f.digest("u", 1, 0), await f.digest("v", 1, 0));
    assert.deepEqual(Object.keys((await f.fleche.call("u", 1, 2)).arguments), ["url"]);
  }
  await assert.rejects(fleche(fn, { ignore: ["retry"] }).digest("u", 1, 2), {
    name: "TypeError",
    message: /retry.*url.*retries.*log/s,
  });
});

test("fleche's option require runs a call without the argument uncached, with a warning, or throws under strict", async () => {
  let runs = 0;
  const fn = (a: number, seed?: number): number => (runs++, a + (seed ?? 0));
  const f = fleche(fn, { name: "seeded", require: ["seed"], cache: memory() });
  const warnings = await warningsOf(async () => {
    assert.equal(await f(1), 1);
    assert.equal(await f(1), 1);
  });
  assert.equal(runs, 2);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /"seeded".*"seed" is missing; it runs uncached/);
  assert.equal(await f(1, 5), 6);
  assert.equal(await f(1, 5), 6);
  assert.equal(runs, 3);
  await assert.rejects(fleche(fn, { require: ["seed"], strict: true, cache: memory() })(1), {
    name: "CacheError",
    code: "refused",
  });
});

test("fleche's option key replaces the arguments in the key", async () => {
  let runs = 0;
  const user = fleche((request: { id: number; trace: () => void }) => (runs++, `user ${request.id}`), {
    name: "user",
    key: (request) => request.id,
    cache: memory(),
  });
  assert.equal(await user({ id: 1, trace() {} }), "user 1");
  assert.equal(await user({ id: 1, trace() {} }), "user 1");
  assert.equal(runs, 1);
  await user({ id: 2, trace() {} });
  assert.equal(runs, 2);
});

test("fleche's option cacheIf decides about results, also later", async () => {
  let runs = 0;
  for (const cacheIf of [(n: number) => n > 0, (n: number) => Promise.resolve(n > 0)]) {
    runs = 0;
    const f = fleche((n: number) => (runs++, n), { name: "positive", cacheIf, cache: memory() });
    await f(1), await f(1);
    assert.equal(runs, 1);
    await f(-1), await f(-1);
    assert.equal(runs, 3);
  }
});

test("fleche's option hashCode makes the source part of the key", async () => {
  const options = { name: "code", module: "m", hashCode: true };
  const one = await fleche((x: number) => x + 1, options).digest(1);
  // deno-fmt-ignore
  const reformatted = await fleche((x: number)   =>   x/* the same */+1, options).digest(1);
  const other = await fleche((x: number) => x + 2, options).digest(1);
  assert.equal(reformatted, one);
  assert.notEqual(other, one);
});

test("fleche passes an AbortSignal through and leaves it out of the key", async () => {
  let seen: AbortSignal | undefined;
  const f = fleche((url: string, signal?: AbortSignal) => (seen = signal, url), {
    name: "get",
    cache: memory(),
  });
  const { signal } = new AbortController();
  await f("u", signal);
  assert.equal(seen, signal);
  assert.equal(await f.digest("u", new AbortController().signal), await f.digest("u"));
  assert.equal(await f.contains("u"), true);
});

test("fleche leaves an AbortSignal among an object's options out of the key as well", async () => {
  let runs = 0;
  const f = fleche(
    (url: string, options: { depth: number; signal?: AbortSignal }) => (runs++, url + options.depth),
    {
      name: "getWith",
      cache: memory(),
      strict: true,
    },
  );
  const signal = (): AbortSignal => new AbortController().signal;
  assert.equal(await f("u", { depth: 1, signal: signal() }), "u1");
  assert.equal(await f("u", { depth: 1, signal: signal() }), "u1");
  assert.equal(await f("u", { depth: 1 }), "u1");
  assert.equal(runs, 1);
  assert.equal(await f("u", { depth: 2, signal: signal() }), "u2");
  assert.equal(runs, 2);
  await assert.rejects(f("u", { depth: 1, signal: signal(), log() {} } as never), {
    name: "DigestError",
    path: "options.log",
  });
});

test("fleche runs a call with an opaque argument uncached, with one warning that names it, or throws under strict", async () => {
  let runs = 0;
  const fn = (options: { callback: () => number }): number => (runs++, options.callback());
  const f = fleche(fn, { name: "opaque", cache: memory() });
  const warnings = await warningsOf(async () => {
    assert.equal(await f({ callback: () => 1 }), 1);
    assert.equal(await f({ callback: () => 2 }), 2);
  });
  assert.equal(runs, 2);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? "",
    /Cannot cache a call of "opaque": Cannot digest options\.callback: .*function/,
  );
  const strict = fleche(fn, { name: "opaque", strict: true, cache: memory() });
  await assert.rejects(
    strict({ callback: () => 1 }),
    (error) => error instanceof DigestError && error.path === "options.callback",
  );
  await assert.rejects(f.digest({ callback: () => 1 }), DigestError);
});

test("fleche returns a result that cannot be written unkept, with one warning that names its type, or throws under strict", async () => {
  let runs = 0;
  const fn = (): { connection: { send: () => void } } => (runs++, { connection: { send() {} } });
  const f = fleche(fn, { name: "connect", cache: memory() });
  const warnings = await warningsOf(async () => {
    for (let i = 0; i < 3; i++) assert.equal(typeof (await f()).connection.send, "function");
  });
  assert.equal(runs, 3);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? "",
    /Cannot keep a result of "connect" in cache "test": .*\$\.connection\.send.*function/,
  );
  await assert.rejects(fleche(fn, { strict: true, cache: memory() })(), CodecError);
});

test("fleche works in nested calls, each kept by itself", async () => {
  const runs = { inner: 0, outer: 0 };
  const inner = fleche((n: number) => (runs.inner++, n * n), { name: "inner" });
  const outer = fleche(async (n: number) => (runs.outer++, await inner(n) + await inner(n + 1)), {
    name: "outer",
  });
  await cache(memory(), async () => {
    assert.equal(await outer(2), 13);
    assert.equal(await inner(3), 9);
    assert.deepEqual(runs, { inner: 2, outer: 1 });
    assert.equal(await outer.rerun(2), 13);
    assert.deepEqual(runs, { inner: 4, outer: 2 });
    assert.equal(await outer(2), 13);
    assert.deepEqual(runs, { inner: 4, outer: 2 });
  });
});

test("CachedFunction.rerun keeps the new result", async () => {
  let value = 1;
  const f = fleche(() => value, { name: "value", cache: memory() });
  assert.equal(await f(), 1);
  value = 2;
  assert.equal(await f(), 1);
  assert.equal(await f.rerun(), 2);
  assert.equal(await f(), 2);
});

test("CachedFunction.load and contains look without running", async () => {
  let runs = 0;
  const f = fleche((n: number) => (runs++, n + 1), { name: "look", cache: memory() });
  assert.equal(await f.contains(1), false);
  await assert.rejects(f.load(1), (error) => {
    assert.ok(error instanceof CacheMissError);
    assert.equal(error.reason, "absent");
    assert.match(error.message, /"look": none is kept/);
    return true;
  });
  assert.equal(runs, 0);
  await f(1);
  assert.equal(await f.contains(1), true);
  assert.equal(await f.load(1), 2);
  assert.equal(await f.fleche.load(1), 2);
  assert.equal(runs, 1);
});

test("CachedFunction.fleche.call tells the call without running it", async () => {
  const f = fleche((w: number, h: number) => w * h, { name: "area", module: "m", version: 3 });
  const call = await f.fleche.call(2, 3);
  assert.deepEqual({ ...call, arguments: Object.keys(call.arguments) }, {
    key: await f.digest(2, 3),
    name: "area",
    module: "m",
    version: 3,
    code: undefined,
    arguments: ["w", "h"],
  });
});

test("CachedFunction.fleche.bind freezes the cache and the first arguments", async () => {
  const mine = memory();
  const f = fleche((a: number, b: number) => a + b, { name: "plus" });
  const plusOne = cache(mine, () => f.fleche.bind(1));
  await cache(memory(), async () => {
    assert.equal(await plusOne(2), 3);
    assert.equal(await f.contains(1, 2), false);
  });
  assert.equal(await cache(mine, () => f.contains(1, 2)), true);
});

test("fleche digests the receiver of functions that use this, and of those alone", async () => {
  const cached = memory();
  class Grid {
    constructor(readonly size: number) {}
  }
  function cells(this: Grid, scale: number): number {
    return this.size * scale;
  }
  const f = fleche(cells, { cache: cached });
  assert.equal(await f.call(new Grid(2), 10), 20);
  assert.equal(await f.call(new Grid(3), 10), 30);
  assert.equal(await f.call(new Grid(2), 10), 20);
  const g = fleche((scale: number) => scale, { name: "arrow" });
  assert.equal(await g.digest.call(new Grid(2), 1), await g.digest(1));
});

test("fleche decorates methods: keyed by class, instance state and arguments", async () => {
  const runs: string[] = [];
  class Square {
    constructor(readonly side: number) {}
    @fleche({ version: 1 })
    async area(scale: number): Promise<number> {
      runs.push("square");
      return await Promise.resolve(this.side ** 2 * scale);
    }
    @fleche
    async name(): Promise<string> {
      return await Promise.resolve("square");
    }
  }
  class Circle {
    @fleche
    async name(): Promise<string> {
      return await Promise.resolve("circle");
    }
    @fleche
    static async unit(): Promise<number> {
      return await Promise.resolve(1);
    }
  }
  await cache(memory(), async () => {
    assert.equal(await new Square(2).area(1), 4);
    assert.equal(await new Square(2).area(1), 4);
    assert.equal(await new Square(3).area(1), 9);
    assert.equal(runs.length, 2);
    assert.equal(await new Square(2).name(), "square");
    assert.equal(await new Circle().name(), "circle");
    assert.equal(await Circle.unit(), 1);
  });
  // TypeScript does not let a decorator add to a method's type: the helpers are there all the same.
  const helpers = (method: () => Promise<unknown>): CachedFunction<() => unknown> =>
    method as CachedFunction<() => unknown>;
  assert.equal((await helpers(new Square(2).name).fleche.call()).name, "Square.name");
  assert.equal((await helpers(Circle.unit).fleche.call()).name, "Circle.unit");
});

test("fleche decorates methods of classes with #private state through their digestSymbol", async () => {
  let runs = 0;
  class Account {
    #id: number;
    constructor(id: number) {
      this.#id = id;
    }
    [digestSymbol](): unknown {
      return this.#id;
    }
    @fleche({ name: "Account.balance" })
    async balance(): Promise<number> {
      runs++;
      return await Promise.resolve(this.#id * 100);
    }
  }
  await cache(memory(), async () => {
    assert.equal(await new Account(1).balance(), 100);
    assert.equal(await new Account(1).balance(), 100);
    assert.equal(await new Account(2).balance(), 200);
  });
  assert.equal(runs, 2);
});

test("fleche refuses to decorate what is not a method, and private methods without a name", () => {
  assert.throws(() => {
    const onField = fleche({}) as unknown as (value: undefined, context: ClassFieldDecoratorContext) => void;
    class Wrong {
      @onField
      field = 1;
    }
    new Wrong();
  }, { name: "TypeError", message: /field "field": only methods/ });
  assert.throws(() => {
    class Wrong {
      @fleche
      async #secret(): Promise<void> {}
      use(): Promise<void> {
        return this.#secret();
      }
    }
    new Wrong();
  }, { name: "TypeError", message: /"#secret" without a name/ });
});

test("fleche does not let two functions of one unchosen name share a cache", async () => {
  const shared = memory();
  const one = (() => {
    function twin(x: number): number {
      return x + 1;
    }
    return fleche(twin, { cache: shared });
  })();
  const two = (() => {
    function twin(x: number): number {
      return x + 2;
    }
    return fleche(twin, { cache: shared });
  })();
  assert.equal(await one(1), 2);
  const warnings = await warningsOf(async () => {
    assert.equal(await two(1), 3);
  });
  assert.match(
    warnings.join(),
    /"twin": another function "twin" of module ".*fleche_test\.ts" uses this cache; give one of them a name/,
  );
});

test("fleche never fails a call for its cache: every storage operation failing in turn", async () => {
  const fault = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  for (const part of ["values", "calls"] as const) {
    for (let nth = 1; nth <= 6; nth++) {
      const parts = { values: new Memory(), calls: new Memory(), name: "faulty" };
      const faulty = new FaultyStorage({ inner: parts[part], failAt: nth, error: fault });
      const broken = new Cache({ ...parts, [part]: faulty });
      const f = fleche((n: number) => n * 2, { name: `faulty ${part} ${nth}`, cache: broken });
      await warningsOf(async () => {
        for (let i = 0; i < 3; i++) assert.equal(await f(21), 42, `${part} ${nth} ${i}`);
      });
    }
  }
});

test("fleche warns once per cause when the cache fails, and throws a CacheError under strict", async () => {
  const fault = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  const full = (): Cache =>
    new Cache({
      values: new FaultyStorage({
        inner: new Memory(),
        operations: ["put"],
        failAt: 1,
        andAfter: true,
        error: fault,
      }),
      calls: new Memory(),
      name: "full",
    });
  const f = fleche((n: number) => n, { name: "on a full disk", cache: full() });
  const warnings = await warningsOf(async () => {
    for (let n = 0; n < 5; n++) assert.equal(await f(n), n);
  });
  assert.deepEqual(warnings, [
    'fleche: Cannot keep a result of "on a full disk" in cache "full": no space left on device; it is returned uncached',
  ]);
  await assert.rejects(
    fleche((n: number) => n, { name: "strict", strict: true, cache: full() })(1),
    (error) => {
      assert.ok(error instanceof CacheError);
      assert.equal(error.code, "unwritable");
      assert.equal(error.cause, fault);
      return true;
    },
  );
});
