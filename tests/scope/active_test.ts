/** cache(), meta() and tags() as cached functions see them. What one kind of scope does is in scoped_setting_test.ts. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, cache, fleche, Memory, meta, openCache, Runtime, Tags, tags } from "../../mod.ts";
import type { JsonObject, Metadata } from "../../mod.ts";

const memory = (name = "test"): Cache => new Cache({ values: new Memory(), calls: new Memory(), name });
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** Runs `body` as a program of its own would: what it enters does not reach the next test. */
function isolated(body: () => Promise<void>): () => Promise<void> {
  return () => new Promise<void>((resolve, reject) => setTimeout(() => body().then(resolve, reject), 0));
}

/** A cached function, and in which of several caches a call is kept. */
function probe(name: string) {
  const f = fleche(async (n: number) => (await tick(), n), { name });
  const keptIn = async (n: number, ...caches: Cache[]): Promise<string[]> => {
    const found: string[] = [];
    for (const each of caches) if (await cache(each, () => f.contains(n))) found.push(each.name);
    return found;
  };
  return { f, keptIn };
}

test(
  "cache(which) is sticky for its async context and all that it starts",
  isolated(async () => {
    const { f, keptIn } = probe("sticky");
    const [a, b] = [memory("a"), memory("b")];
    cache(a);
    assert.equal(cache(), a);
    await f(1);
    await Promise.all([2, 3].map((n) => f(n)));
    await new Promise<void>((resolve, reject) => setTimeout(() => f(4).then(() => resolve(), reject), 1));
    for (const n of [1, 2, 3, 4]) assert.deepEqual(await keptIn(n, a, b), ["a"]);
    cache(b);
    await f(5);
    assert.deepEqual(await keptIn(5, a, b), ["b"]);
  }),
);

test(
  "cache(which, body) never shows in a concurrent task, in the caller, or in handlers registered outside",
  isolated(async () => {
    const { f, keptIn } = probe("concurrent");
    const [a, b, outer] = [memory("a"), memory("b"), memory("outer")];
    cache(outer);
    const target = new EventTarget();
    await Promise.all([
      cache(a, async () => {
        await tick();
        await f(1);
        await tick();
        await f(2);
      }),
      cache(b, async () => {
        await f(3);
        await tick();
        await f(4);
      }),
      f(5),
    ]);
    assert.equal(cache(), outer);
    const all = [a, b, outer];
    assert.deepEqual(await keptIn(1, ...all), ["a"]);
    assert.deepEqual(await keptIn(2, ...all), ["a"]);
    assert.deepEqual(await keptIn(3, ...all), ["b"]);
    assert.deepEqual(await keptIn(4, ...all), ["b"]);
    assert.deepEqual(await keptIn(5, ...all), ["outer"]);
    const handled = new Promise<Cache>((resolve) => target.addEventListener("x", () => resolve(cache())));
    await tick();
    target.dispatchEvent(new Event("x"));
    assert.equal(await handled, outer);
  }),
);

test("cache(which, body) gives what body gives, synchronously too, and closes when it throws", () => {
  const [around, mine] = [cache(), memory()];
  assert.equal(cache(mine, () => cache().name), mine.name);
  assert.throws(() =>
    cache(mine, () => {
      throw new RangeError("no");
    }), { name: "RangeError", message: "no" });
  assert.equal(cache(), around);
});

test("cache refuses what is no cache, by name or not, also before a callback", () => {
  assert.throws(() => cache("no-such-cache"), {
    name: "ConfigError",
    code: "config-unknown-cache",
    message: /no-such-cache.*"memory"/s,
  });
  assert.throws(() => cache(5 as never), { name: "TypeError", message: /Cannot activate 5/ });
  const body = (): number => assert.fail("it must not run");
  assert.throws(() => cache(undefined as never, body), { name: "TypeError", message: /undefined/ });
});

test(
  "cache with using ends with its block, nested too, and closing out of order or twice harms nobody",
  isolated(async () => {
    const { f, keptIn } = probe("blocks");
    const [a, b, outer] = [memory("a"), memory("b"), memory("outer")];
    cache(outer);
    {
      using _a = cache(a);
      await f(1);
      {
        using _b = cache(b);
        await f(2);
      }
      await f(3);
    }
    await f(4);
    const kept = await Promise.all([1, 2, 3, 4].map((n) => keptIn(n, a, b, outer)));
    assert.deepEqual(kept, [["a"], ["b"], ["a"], ["outer"]]);
    const [first, second] = [cache(a), cache(b)];
    first[Symbol.dispose]();
    assert.equal(cache(), b);
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    assert.equal(cache(), outer);
  }),
);

test(
  "cache: a call made in a block keeps its cache when the block is closed before the function's code is loaded",
  isolated(async () => {
    const [mine, outer] = [memory("mine"), memory("outer")];
    const { f, keptIn } = probe("never called before");
    cache(outer);
    let running: Promise<number>;
    {
      using _scope = cache(mine);
      running = f(1);
    }
    await running;
    assert.deepEqual(await keptIn(1, mine, outer), ["mine"]);
  }),
);

test(
  "cache: scopes that a function opens inside itself are its own, on misses, refused calls and under void",
  isolated(async () => {
    const [inner, outer] = [memory("inner"), memory("outer")];
    const f = fleche(async (_what: unknown) => {
      cache(inner); // Before the first await: in an uncached function this would be the caller's too.
      await tick();
      return cache().name;
    }, { name: "opens" });
    cache(outer);
    const calls: [around: Cache | string, argument: unknown][] = [[outer, 1], [outer, () => {}], ["void", 2]];
    for (const [around, argument] of calls) {
      await cache(around, async () => {
        const before = cache();
        await f(argument); // Loads the code.
        const running = f.rerun(argument);
        assert.equal(cache(), before);
        assert.equal(await running, "inner");
        assert.equal(cache(), before);
      });
    }
  }),
);

test(
  "cache: an async generator reads what is active where it is run",
  isolated(async () => {
    const [a, b] = [memory("a"), memory("b")];
    async function* names(): AsyncGenerator<string> {
      for (;;) {
        await tick();
        yield cache().name;
      }
    }
    const running = names();
    cache(b);
    assert.equal((await cache(a, () => running.next())).value, "a");
    await running.return(undefined);
  }),
);

test(
  "cache.setDefault reaches handlers registered earlier, and gives way to scopes",
  isolated(async () => {
    const { f, keptIn } = probe("default");
    const [mine, other] = [memory("mine"), memory("other")];
    const target = new EventTarget();
    const handled: Promise<unknown>[] = [];
    target.addEventListener("go", () => handled.push(f(1)));
    try {
      cache.setDefault(mine);
      assert.equal(cache(), mine);
      target.dispatchEvent(new Event("go"));
      await Promise.all(handled);
      assert.deepEqual(await keptIn(1, mine, other), ["mine"]);
      await cache(other, () => f(2));
      assert.deepEqual(await keptIn(2, mine, other), ["other"]);
      assert.throws(() => cache.setDefault("no-such-cache"), { name: "ConfigError" });
      assert.equal(cache(), mine);
      cache.setDefault("memory");
      assert.equal(cache(), cache("memory", () => cache()));
    } finally {
      cache.setDefault(undefined);
    }
  }),
);

test("cache: memory is one per process, void keeps nothing, one object a name", async () => {
  const { f } = probe("reserved");
  assert.equal(cache("memory", () => cache()), cache("memory", () => cache()));
  await cache("memory", () => f(1));
  assert.equal(await cache("memory", () => f.contains(1)), true);
  let runs = 0;
  const counted = fleche(() => ++runs, { name: "kept nowhere" });
  await cache("void", async () => {
    assert.equal(await counted(), 1);
    assert.equal(await counted(), 2);
    assert.equal(await counted.contains(), false);
    await assert.rejects(counted.load(), { name: "CacheMissError" });
  });
});

test("openCache gives a cache of its own, closed with its block", async () => {
  const { f, keptIn } = probe("opened");
  const settings = { values: { type: "Memory" }, calls: { type: "Memory" } };
  await using one = openCache(settings);
  await using two = openCache(settings);
  assert.notEqual(one, two);
  await cache(one, () => f(1));
  assert.equal((await keptIn(1, one)).length, 1);
  assert.equal((await keptIn(1, two)).length, 0);
  await one[Symbol.asyncDispose]();
});

/** What a call made in `body` records. */
async function recorded(name: string, body: (f: () => Promise<unknown>) => unknown, metadata?: Metadata[]) {
  const mine = memory();
  const f = fleche(() => 1, { name, ...(metadata === undefined ? {} : { metadata }) });
  await cache(mine, async () => {
    await body(() => f());
  });
  return (await mine.record(await f.digest()))?.metadata as Record<string, JsonObject>;
}

const says = (name: string): Metadata => ({ name, before: () => ({ said: name }) });

test("the default metadata of a call are Runtime and CallInfo, then those of its function", async () => {
  const metadata = await recorded("defaults", (f) => f(), [says("mine")]);
  assert.deepEqual(Object.keys(metadata).sort(), ["callinfo", "mine", "runtime"]);
});

test("meta replaces the chain by callback and by block, and none is none", async () => {
  assert.deepEqual(
    Object.keys(await recorded("by callback", (f) => meta(says("a"), says("b"), () => f()))),
    ["a", "b"],
  );
  assert.deepEqual(
    Object.keys(
      await recorded("by block", async (f) => {
        using _scope = meta(new Runtime());
        await tick();
        await f();
      }),
    ),
    ["runtime"],
  );
  assert.deepEqual(await recorded("none", (f) => meta(() => f())), {});
  const around = await recorded("closed", async (f) => {
    await meta(says("a"), tick);
    await f();
  });
  assert.deepEqual(Object.keys(around).sort(), ["callinfo", "runtime"]);
});

test("meta refuses classes in place of their instances, last or not", () => {
  const wrong = { name: "TypeError", message: /class "Runtime" as metadata.*new Runtime\(\)/ };
  assert.throws(() => meta(Runtime as never), wrong);
  assert.throws(() => meta(Runtime as never, new Runtime()), wrong);
  assert.throws(() => meta({} as never), { name: "TypeError" });
});

test("tags join those around them, inner ones win, and join whatever chain meta has set", async () => {
  const nested = await recorded("nested tags", (f) => {
    return tags(
      { project: "garden", attempt: 1 },
      () => tags({ attempt: 2, deep: { list: [1] } }, () => f()),
    );
  });
  assert.deepEqual(nested["tags"], { project: "garden", attempt: 2, deep: { list: [1] } });
  assert.deepEqual(Object.keys(nested).sort(), ["callinfo", "runtime", "tags"]);
  const inMeta = await recorded("tags in meta", (f) => meta(says("a"), () => tags({ x: 1 }, () => f())));
  assert.deepEqual(inMeta, { a: { said: "a" }, tags: { x: 1 } });
  const metaIn = await recorded("meta in tags", (f) => tags({ x: 1 }, () => meta(says("a"), () => f())));
  assert.deepEqual(metaIn, { a: { said: "a" } });
  const classes = await recorded(
    "Tags class",
    (f) => meta(new Tags({ y: 2 }), () => tags({ x: 1 }, () => f())),
  );
  assert.deepEqual(classes, { tags: { y: 2, x: 1 } });
});

test(
  "tags are sticky and by block as caches are, copied when they are set, and not seen by concurrent tasks",
  isolated(async () => {
    const values: { run: number } = { run: 1 };
    tags(values);
    values.run = 7;
    const [sticky, inner, beside] = await Promise.all([
      recorded("sticky tags", (f) => f()),
      recorded("inner tags", async (f) => {
        using _scope = tags({ part: "a" });
        await tick();
        await f();
      }),
      recorded("tags beside", async (f) => (await tick(), await f())),
    ]);
    assert.deepEqual(sticky["tags"], { run: 1 });
    assert.deepEqual(inner["tags"], { run: 1, part: "a" });
    assert.deepEqual(beside["tags"], { run: 1 });
    assert.throws(() => tags({ when: new Date() } as never), { name: "TypeError", message: /\$\.when/ });
  }),
);

test("CachedFunction.rerun reaches nested calls but not what runs beside it", async () => {
  const runs = { inner: 0, beside: 0 };
  const inner = fleche(async () => (await tick(), ++runs.inner), { name: "rerun inner" });
  const beside = fleche(async () => (await tick(), ++runs.beside), { name: "rerun beside" });
  const outer = fleche(async () => await inner(), { name: "rerun outer" });
  await cache(memory(), async () => {
    await Promise.all([outer(), beside()]);
    await Promise.all([outer.rerun(), beside()]);
    assert.deepEqual(runs, { inner: 2, beside: 1 });
    assert.equal(await inner(), 2);
  });
});
