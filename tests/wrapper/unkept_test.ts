/** Results and helpers that the cache cannot cope with: the call succeeds, with one warning, or an error under strict. */
import assert from "node:assert/strict";
import test from "node:test";
import { Cache, type CachedFunction, CacheError, fleche, Memory, type Metadata } from "../../mod.ts";
import { warningsOf } from "../_warnings.ts";

const memory = (): Cache => new Cache({ values: new Memory(), calls: new Memory(), name: "test" });
const boom = (): never => {
  throw new RangeError("boom");
};

function* one(): Generator<number> {
  yield 1;
}

class Cursor {
  readonly rows = 2;
  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    yield 1;
    yield await Promise.resolve(this.rows);
  }
}

test("fleche returns live results inside of others, and those of classes, as they are, uncached, with one warning that names them", async () => {
  const cases: [
    type: RegExp,
    make: () => unknown,
    use: (result: never) => Promise<unknown>,
    expected: unknown,
  ][] = [
    [
      /\$\.body as CBOR: a ReadableStream inside/,
      () => ({ meta: 1, body: new Response("abc").body }),
      ({ body }: { body: ReadableStream }) => new Response(body).text(),
      "abc",
    ],
    [
      /\$\[0\] as CBOR: a live Generator inside/,
      () => [one()],
      ([live]: [Iterable<number>]) => Promise.resolve([...live]),
      [1],
    ],
    [
      /\$\.r as CBOR: a Response inside/,
      () => ({ r: new Response("abc") }),
      ({ r }: { r: Response }) => r.text(),
      "abc",
    ],
    [/class Cursor .* an async generator/, () => new Cursor(), (live: Cursor) => Array.fromAsync(live), [
      1,
      2,
    ]],
    [
      /somebody reads its body already/,
      () => {
        const stream = new Response("abc").body;
        // Not to be seen: a stream that has more to it is refused for that.
        return Object.defineProperty(stream ?? {}, "reader", { value: stream?.getReader() });
      },
      async (live: { reader: ReadableStreamDefaultReader<Uint8Array> }) =>
        new TextDecoder().decode((await live.reader.read()).value),
      "abc",
    ],
    [/Promise/, () => ({ later: Promise.resolve(1) }), (live: { later: Promise<number> }) => live.later, 1],
  ];
  for (const [index, [type, make, use, expected]] of cases.entries()) {
    const f = fleche(make, { name: `live ${index}`, cache: memory() });
    const warnings = await warningsOf(async () => {
      for (let call = 0; call < 3; call++) assert.deepEqual(await use(await f() as never), expected);
    });
    assert.equal(warnings.length, 1, String(type));
    assert.match(warnings[0] ?? "", type);
  }
});

test("fleche awaits thenables and keeps what they give", async () => {
  let runs = 0;
  const f = fleche((n: number): PromiseLike<number> => {
    runs++;
    return { then: (resolve?: ((value: number) => unknown) | null) => resolve?.(n * 2) as never };
  }, { name: "thenable", cache: memory() });
  assert.equal(await f(2), 4);
  assert.equal(await f(2), 4);
  assert.equal(runs, 1);
});

test("fleche survives whatever the user gave it throwing, with one warning, and throws under strict", async () => {
  const metadata: Metadata[] = [{ name: "broken", before: boom, after: boom }];
  const broken: [what: RegExp, options: object, argument: unknown][] = [
    [/key selector threw "RangeError: boom"; it runs uncached/, { key: boom }, 1],
    [/Cannot keep a result.*boom; it is returned uncached/, { cacheIf: boom }, 1],
    [/Cannot keep a result.*boom/, { cacheIf: () => Promise.reject(new RangeError("boom")) }, 1],
    [/metadata "broken".*boom; the record goes without/, { metadata }, 1],
    [/digest input\.x: .*boom.*it runs uncached/, {}, {
      get x(): never {
        return boom();
      },
    }],
  ];
  for (const [index, [what, options, argument]] of broken.entries()) {
    const name = `broken ${index}`;
    let runs = 0;
    const fn = (input: unknown): string => (runs++, typeof input);
    const f = fleche(fn, { ...options, name, cache: memory() });
    const warnings = await warningsOf(async () => {
      for (let call = 0; call < 3; call++) assert.equal(await f(argument), typeof argument);
    });
    assert.equal(warnings.length, 1, String(what));
    assert.match(warnings[0] ?? "", new RegExp(`"${name}"`));
    assert.match(warnings[0] ?? "", what);
    const strict = fleche(fn, { ...options, name, strict: true, cache: memory() });
    await assert.rejects(strict(argument), { name: /^(CacheError|DigestError)$/ }, String(what));
  }
});

test("fleche warns once of an argument that is refused in many places of a list, and once more of another", async () => {
  const f = fleche((list: unknown[], other?: unknown) => list.length + (other === undefined ? 0 : 1), {
    name: "many places",
    cache: memory(),
  });
  const warnings = await warningsOf(async () => {
    for (let at = 0; at < 4; at++) await f([...Array(at).fill(0), () => at]);
    await f([], () => 1);
  });
  assert.equal(warnings.length, 2);
  assert.match(warnings[1] ?? "", /digest other/);
});

test(
  "fleche's metadata may call cached functions: these calls go without metadata",
  { timeout: 5000 },
  async () => {
    const shared = memory();
    const whoami = fleche(() => "me", {
      name: "whoami",
      cache: shared,
      metadata: [],
    });
    const who: Metadata = { name: "who", before: async () => ({ who: String(await whoami()) }) };
    const f = fleche((n: number): number => n, { name: "described", cache: shared, metadata: [who] });
    const self: CachedFunction<(n: number) => number> = fleche((n: number): number => n, {
      name: "self",
      cache: shared,
      metadata: [{ name: "self", before: async () => ({ five: await self(5) }) }],
    });
    assert.equal(await f(1), 1);
    assert.deepEqual((await shared.record(await f.digest(1)))?.metadata["who"], { who: "me" });
    assert.equal(await self(5), 5);
  },
);

test("fleche refuses options of the wrong kind, each by its name", () => {
  const wrong: Record<string, unknown> = {
    name: "",
    module: 1,
    version: {},
    ignore: "a",
    require: [{}],
    hashCode: 1,
    metadata: [class Runtime {}],
    key: "id",
    cacheIf: true,
    strict: "yes",
    cache: 5,
  };
  for (const [name, value] of Object.entries(wrong)) {
    assert.throws(() => fleche(() => 1, { name: "fine", [name]: value } as never), {
      name: "TypeError",
      message: new RegExp(`^Cannot use .+ as option "${name}": expected `),
    });
  }
  for (
    const [stream, told] of [
      [{ onCancel: "nope" }, '{ onCancel: "nope" }'],
      [{ onCancel: "finish", spol: true }, '{ onCancel: "finish", spol: true }'],
      [{ spool: {} }, "{ spool: an object }"],
    ] as const
  ) {
    assert.throws(() => fleche(() => 1, { name: "fine", stream } as never), {
      name: "TypeError",
      message: `Cannot use ${told} as option "stream": expected ` +
        '{ onCancel: "abort" or "finish", spool: true or false }',
    });
  }
  assert.throws(() => fleche(() => 1, null as never), { name: "TypeError", message: /options null/ });
  assert.throws(() => fleche(null as never), { name: "TypeError", message: /Cannot cache null/ });
});

test("CacheError of a misused key keeps what was thrown as its cause", async () => {
  const f = fleche((n: number) => n, { name: "cause", key: boom, strict: true, cache: memory() });
  await assert.rejects(f(1), (error) => {
    assert.ok(error instanceof CacheError);
    assert.ok(error.cause instanceof RangeError);
    return true;
  });
});
