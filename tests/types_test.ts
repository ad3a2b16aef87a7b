/** The public types, pinned by the type checker: `deno check` fails when one of them changes. The test itself only loads them. */
import assert from "node:assert/strict";
import test from "node:test";
import { cache, fleche, meta, openCache, Runtime, tags } from "../mod.ts";
import type { Cache, CachedFunction, FlecheOptions, Scope, Storage } from "../mod.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>): void => {};

/** Never run: for the type checker alone. */
export async function pinned(): Promise<void> {
  const area = fleche(async (w: number, h: number = 2) => await w * h, { name: "area" });
  same<Parameters<typeof area>, [w: number, h?: number | undefined]>(true);
  same<ReturnType<typeof area>, Promise<number>>(true);
  same<typeof area, CachedFunction<(w: number, h?: number | undefined) => Promise<number>>>(true);
  area satisfies (w: number, h: number) => Promise<number>;
  // @ts-expect-error: a parameter of another type.
  area("2");
  // @ts-expect-error: a parameter too many.
  area(1, 2, 3);

  const sync = fleche(function sync(text: string, ...rest: number[]): { length: number } {
    return { length: text.length + rest.length };
  });
  same<ReturnType<typeof sync>, Promise<{ length: number }>>(true);
  same<Awaited<ReturnType<typeof sync.load>>, { length: number }>(true);
  same<ReturnType<typeof sync.rerun>, Promise<{ length: number }>>(true);
  same<ReturnType<typeof sync.contains>, Promise<boolean>>(true);
  same<ReturnType<typeof sync.digest>, Promise<string>>(true);
  same<Parameters<typeof sync.fleche.call>, [text: string, ...rest: number[]]>(true);
  // @ts-expect-error: helpers take the function's own arguments.
  sync.contains(5);

  const thenable = fleche(() => Promise.resolve(Promise.resolve("deep")), { name: "thenable" });
  same<ReturnType<typeof thenable>, Promise<string>>(true);

  const bytes = fleche((n: number) => new Blob(["x".repeat(n)]).stream(), { name: "bytes" });
  same<ReturnType<typeof bytes>, Promise<ReadableStream<Uint8Array<ArrayBuffer>>>>(true);
  const rows = fleche(async function* rows(): AsyncGenerator<{ id: number }> {
    yield await Promise.resolve({ id: 1 });
  });
  same<ReturnType<typeof rows>, Promise<AsyncGenerator<{ id: number }>>>(true);
  const counted = fleche(function* counted(): Generator<number> {
    yield 1;
  });
  same<ReturnType<typeof counted>, Promise<AsyncGenerator<number, unknown, unknown>>>(true);
  same<ReturnType<typeof counted.load>, Promise<AsyncGenerator<number, unknown, unknown>>>(true);
  const list = fleche(() => [1, 2], { name: "list" });
  same<ReturnType<typeof list>, Promise<number[]>>(true);

  function cells(this: { size: number }, scale: number): number {
    return this.size * scale;
  }
  const method = fleche(cells);
  same<ThisParameterType<typeof method>, { size: number }>(true);
  method.call({ size: 2 }, 3);
  // @ts-expect-error: without a receiver.
  method(3);

  same<typeof sync.fleche.original, (text: string, ...rest: number[]) => { length: number }>(true);
  const plus = fleche((a: number, b: string, c?: boolean) => `${a}${b}${c}`, { name: "plus" });
  const bound = plus.fleche.bind(1);
  same<Parameters<typeof bound>, [b: string, c?: boolean | undefined]>(true);
  same<ReturnType<typeof bound>, Promise<string>>(true);
  same<Parameters<ReturnType<typeof plus.fleche.bind<[number, string, boolean]>>>, []>(true);
  same<Parameters<ReturnType<typeof sync.fleche.bind<[string, number]>>>, number[]>(true);
  plus.fleche.bind() satisfies (a: number, b: string, c?: boolean) => Promise<string>;
  // @ts-expect-error: a bound argument of another type.
  plus.fleche.bind("1");
  // @ts-expect-error: a bound argument too many.
  plus.fleche.bind(1, "b", true, 4);

  fleche((id: number, token: string) => ({ id, token }), {
    name: "options",
    key: (id, token) => (same<[typeof id, typeof token], [number, string]>(true), id),
    cacheIf: (user) => (same<typeof user, { id: number; token: string }>(true), user.id > 0),
    ignore: ["token", 1],
    version: "2",
    cache: "memory",
  });
  fleche(async () => await 1, { name: "later", cacheIf: (n) => Promise.resolve(n > 0) });
  // @ts-expect-error: an option that there is not.
  fleche(() => 1, { nmae: "x" });
  // @ts-expect-error: a predicate on another result.
  fleche(() => 1, { name: "x", cacheIf: (text: string) => text === "" });
  // @ts-expect-error: a selector with other parameters.
  fleche((n: number) => n, { name: "x", key: (text: string) => text });
  // @ts-expect-error: not a function.
  fleche(5);
  ({ name: "x", strict: true, metadata: [new Runtime()] }) satisfies FlecheOptions;

  class Grid {
    @fleche
    async bare(n: number): Promise<number> {
      return await n;
    }
    @fleche({ version: 1, key: (n: number) => n, cacheIf: (result: number) => result > 0 })
    async optional(n: number): Promise<number> {
      return await n;
    }
    // @ts-expect-error: a decorated method gives a promise, so it must say so.
    @fleche
    sync(n: number): number {
      return n;
    }
    // @ts-expect-error: only methods.
    @fleche
    get got(): number {
      return 1;
    }
  }
  new Grid().bare(1) satisfies Promise<number>;

  same<ReturnType<typeof cache.setDefault>, void>(true);
  cache() satisfies Cache;
  cache("memory") satisfies Scope;
  cache(cache()) satisfies Disposable;
  cache("memory", () => 5) satisfies number;
  cache("memory", async () => await "x") satisfies Promise<string>;
  // @ts-expect-error: neither a name nor a Cache.
  cache(5);
  meta(new Runtime()) satisfies Scope;
  meta() satisfies Scope;
  meta(new Runtime(), () => 5) satisfies number;
  tags({ a: [1, null, { b: "c" }] }) satisfies Scope;
  tags({ a: 1 }, async () => await 5) satisfies Promise<number>;
  // @ts-expect-error: no JSON.
  tags({ a: new Date() });
  await using mine = openCache({
    values: { type: "CborFile", root: "./values" },
    calls: { type: "Sql", url: "sqlite:///calls.db" },
  });
  same<typeof mine, Cache>(true);
  mine.values satisfies Storage;
  // @ts-expect-error: no calls.
  openCache({ values: { type: "Memory" } });
}

test("the public types are pinned", () => {
  assert.equal(typeof pinned, "function");
});
