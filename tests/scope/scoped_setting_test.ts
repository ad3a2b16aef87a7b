import assert from "node:assert/strict";
import test from "node:test";
import { ScopedSetting } from "../../src/scope/scoped_setting.ts";

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
const setting = (): ScopedSetting<string> => new ScopedSetting<string>(() => true);

/** Runs `body` as a program of its own would: what it enters does not reach the next test. */
function isolated(body: () => Promise<void>): () => Promise<void> {
  return () => new Promise<void>((resolve, reject) => setTimeout(() => body().then(resolve, reject), 0));
}

test("ScopedSetting.get is undefined before any scope", () => {
  assert.equal(setting().get(), undefined);
});

test(
  "ScopedSetting.enter lasts, through awaits and in what is started",
  isolated(async () => {
    const s = setting();
    s.enter("a");
    await tick();
    assert.equal(s.get(), "a");
    const started = await Promise.all([1, 2].map(async () => (await tick(), s.get())));
    assert.deepEqual(started, ["a", "a"]);
    const later = await new Promise((resolve) => setTimeout(() => resolve(s.get()), 1));
    assert.equal(later, "a");
  }),
);

test(
  "ScopedSetting.enter with using is gone after its block, whatever awaits lie between",
  isolated(async () => {
    const s = setting();
    {
      using _a = s.enter("a");
      await tick();
      {
        using _b = s.enter("b");
        await tick();
        assert.equal(s.get(), "b");
      }
      assert.equal(s.get(), "a");
      await tick();
      assert.equal(s.get(), "a");
    }
    assert.equal(s.get(), undefined);
    await tick();
    assert.equal(s.get(), undefined);
  }),
);

test(
  "ScopedSetting: an async function's using does not outlive it in its caller, in whose context it opened",
  isolated(async () => {
    const s = setting();
    async function inner(): Promise<void> {
      using _scope = s.enter("inner"); // The synchronous prefix: this enters the caller's context.
      await tick();
      assert.equal(s.get(), "inner");
    }
    const pending = inner();
    assert.equal(s.get(), "inner", "what remains, as documented: seen while it is open");
    await pending;
    assert.equal(s.get(), undefined);
    await tick();
    assert.equal(s.get(), undefined);

    using _outer = s.enter("outer");
    await Promise.all([inner(), inner()]);
    assert.equal(s.get(), "outer");
  }),
);

test(
  "ScopedSetting: scopes closed out of order leave what is still open",
  isolated(async () => {
    const s = setting();
    const a = s.enter("a");
    const b = s.enter("b");
    a[Symbol.dispose]();
    assert.equal(s.get(), "b");
    await tick();
    b[Symbol.dispose]();
    assert.equal(s.get(), undefined);
    b[Symbol.dispose]();
    a[Symbol.dispose]();
    assert.equal(s.get(), undefined);
  }),
);

test(
  "ScopedSetting: a handler registered inside a scope reads on through it when the scope is closed",
  isolated(async () => {
    const s = setting();
    s.enter("outer");
    const seen: (string | undefined)[] = [];
    let late: Promise<void>;
    {
      using _scope = s.enter("inner");
      late = (async () => {
        seen.push(s.get());
        await tick();
        await tick();
        seen.push(s.get());
      })();
    }
    await late;
    assert.deepEqual(seen, ["inner", "outer"]);
  }),
);

test(
  "ScopedSetting.run is seen inside, through awaits, and never beside it",
  isolated(async () => {
    const s = setting();
    const seen: Record<string, (string | undefined)[]> = { inside: [], beside: [] };
    const inside = s.run("a", async () => {
      seen["inside"]?.push(s.get());
      await tick();
      seen["inside"]?.push(s.get());
      return "result";
    });
    seen["beside"]?.push(s.get());
    const beside = (async () => {
      await Promise.resolve();
      seen["beside"]?.push(s.get());
    })();
    assert.equal(await inside, "result");
    await beside;
    seen["beside"]?.push(s.get());
    assert.deepEqual(seen, { inside: ["a", "a"], beside: [undefined, undefined, undefined] });
    assert.throws(() =>
      s.run("a", () => {
        throw new RangeError("out");
      }), RangeError);
    assert.equal(s.get(), undefined);
  }),
);

test(
  "ScopedSetting.isolate keeps from the caller what is entered inside",
  isolated(async () => {
    const s = setting();
    s.enter("outer");
    await s.isolate(async () => {
      assert.equal(s.get(), "outer");
      s.enter("inner");
      await tick();
      assert.equal(s.get(), "inner");
    });
    assert.equal(s.get(), "outer");
  }),
);

test(
  "ScopedSetting.all walks the open scopes, innermost first",
  isolated(async () => {
    const s = setting();
    s.enter("a");
    const b = s.enter("b");
    await s.run("c", () => {
      assert.deepEqual([...s.all()], ["c", "b", "a"]);
      b[Symbol.dispose]();
      assert.deepEqual([...s.all()], ["c", "a"]);
    });
  }),
);

test(
  "ScopedSetting: random schedules of concurrent tasks see their own innermost callback scope",
  isolated(async () => {
    const s = setting();
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
    async function task(depth: number, expected: string | undefined): Promise<void> {
      for (let step = 0; step < 4; step++) {
        if (random(2) === 0) await tick();
        assert.equal(s.get(), expected);
        if (depth > 0 && random(2) === 0) {
          const name = `scope ${random(1000)}`;
          await s.run(name, () => task(depth - 1, name));
        }
      }
    }
    await Promise.all(Array.from({ length: 8 }, () => task(3, undefined)));
  }),
);
