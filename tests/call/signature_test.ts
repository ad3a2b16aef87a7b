import assert from "node:assert/strict";
import { test } from "node:test";
import { parameterName, readSignature, type Signature } from "../../src/call/signature.ts";

// deno-lint-ignore no-explicit-any -- functions of every shape.
type Fn = (...args: any[]) => unknown;

const read = async (fn: Fn): Promise<Signature> => await readSignature(fn);
const names = async (fn: Fn): Promise<string[]> => (await read(fn)).parameters.map(({ name }) => name);
// Functions whose text must not pass through a transpiler.
const made = (source: string): Fn => new Function(`return ${source}`)() as Fn;

const object = {
  method(a: number) {
    return a;
  },
  async asyncMethod(a: number) {
    return await a;
  },
  *generator(a: number) {
    yield a;
  },
  async *asyncGenerator(a: number) {
    yield await a;
  },
  ["comp" + "uted"](a: number) {
    return a;
  },
  "quoted-key"(a: number) {
    return a;
  },
  12(a: number) {
    return a;
  },
  get(a: number) {
    return a;
  },
  static(a: number) {
    return a;
  },
  async(a: number) {
    return a;
  },
  class(a: number) {
    return a;
  },
  function(a: number) {
    return a;
  },
};

class Example {
  static make(a: number) {
    return a;
  }
  #private(a: number) {
    return this.#other + a;
  }
  #other = 1;
  get private(): Fn {
    return this.#private;
  }
  field = (a: number) => this.#other + a;
  async constructorLike(a: number) {
    return await a;
  }
}

test("readSignature reads every kind of function", async () => {
  const kinds: Fn[] = [
    function (a: number) {
      return a;
    },
    function named(a: number) {
      return a;
    },
    async function (a: number) {
      return await a;
    },
    function* (a: number) {
      yield a;
    },
    async function* (a: number) {
      yield await a;
    },
    (a: number) => a,
    async (a: number) => await a,
    ...Object.values(object) as Fn[],
    Example.make,
    new Example().private,
    new Example().field,
    new Example().constructorLike,
    Object.getOwnPropertyDescriptor({
      set value(a: number) {
        void a;
      },
    }, "value")?.set as Fn,
    new Function("a", "return a") as Fn,
    made("a => a"),
    made("async a => a"),
    made("function (a) { with (a) return b }"),
    made("(a) => a // a comment at the end"),
  ];
  for (const fn of kinds) {
    const signature = await read(fn);
    assert.equal(signature.readable, true, String(fn));
    assert.deepEqual(signature.parameters.map(({ name }) => name), ["a"], String(fn));
  }
});

test("readSignature gives positions to destructured parameters and marks the rest", async () => {
  const { parameters } = await read((a, { b, c: _c }, [d], ...rest) => [a, b, d, rest]);
  assert.deepEqual(parameters.map(({ name }) => name), ["a", "#1", "#2", "rest"]);
  assert.deepEqual(parameters.map(({ rest }) => rest), [false, false, false, true]);
  assert.deepEqual(await names((...[a, b]) => [a, b]), ["#0"]);
});

test("readSignature keeps names unique and safe", async () => {
  assert.deepEqual(await names(made("function (a, a, b) {}")), ["#0", "a", "b"]);
  assert.deepEqual(await names(made("(__proto__, constructor) => 1")), ["__proto__", "constructor"]);
  assert.deepEqual(await names(made("(a, \\u0062, ünï, $) => 1")), ["a", "b", "ünï", "$"]);
});

test("readSignature takes off what Deno's transpiler adds to names", async () => {
  assert.equal(parameterName("fetch1"), "fetch");
  for (const name of ["base64", "x2", "x11", "x0", "f", "é"]) assert.equal(parameterName(name), name);
  assert.deepEqual(await names(made("(fetch1, base64) => 1")), ["fetch", "base64"]);
  assert.deepEqual(await names(made("(x1, x2) => 1")), ["x1", "x2"]);
  assert.deepEqual(await names(made("(fetch, fetch1) => 1")), ["fetch", "fetch1"]);
  // A use of the global, and a setter in an object literal, which make Deno rename the parameters below.
  assert.equal(typeof performance.now(), "number");
  assert.ok({
    set watched(value: number) {
      void value;
    },
  });
  assert.deepEqual(await names((performance: number, value: number) => [performance, value]), [
    "performance",
    "value",
  ]);
});

test("readSignature cannot read native, bound and proxied functions", async () => {
  for (const fn of [Math.max, object.method.bind(null), new Proxy(object.method, {})] as Fn[]) {
    const signature = await read(fn);
    assert.deepEqual({ ...signature }, {
      readable: false,
      parameters: [],
      usesThis: true,
      usesArguments: true,
      arrow: false,
    });
  }
});

test("readSignature refuses classes", async () => {
  await assert.rejects(async () => await readSignature(Example as unknown as Fn), {
    name: "TypeError",
    message: /Cannot cache class "Example": it cannot be called without "new"/,
  });
});

test("readSignature evaluates constant defaults alike under every runtime", async () => {
  const fn = (
    a = 60 * 60,
    b = "a" + "b" + 1,
    c = `x${1 + 1}y`,
    d = undefined,
    e = void 0,
    f = -Infinity,
    g = NaN,
    h = !0,
    i = 2n ** 70n,
    j = -0,
    k = { a: 1, "b": [2, null, { c: "d" }], 3: 4 },
    l = 0.1 + 0.2,
    m = 1_000,
    n = 0xff,
    o = "it's \u{1F600}\n",
    p = !(1 > 2),
    q = [true, !1],
    r = 7 > 3 && "yes",
    s = 1 / 3,
    t = ~5 >>> 1,
    u = typeof 1,
    v = 10 % 4 ** 2,
    w = "abc".length,
  ) => [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w];
  const values = (await read(fn as Fn)).parameters.map(({ constantDefault }) => constantDefault?.value);
  assert.deepEqual(values, fn());
});

test("readSignature leaves other defaults alone", async () => {
  const sources = [
    "(a = b) => 1",
    "(a = f()) => 1",
    "(a = /x/) => 1",
    "(a = new Date()) => 1",
    "(a = [1, , 2]) => 1",
    "(a = [...b]) => 1",
    "(a = { ...b }) => 1",
    "(a = { __proto__: null }) => 1",
    "(a = { b() {} }) => 1",
    "(a = { get b() { return 1 } }) => 1",
    "(a = () => 1) => 1",
    "(a = 1n + 1) => 1",
    "(a = 1n / 0n) => 1",
    "(a = 2n ** 100000000n) => 1",
    "(a = `${b}`) => 1",
    "(a = `${[1]}`) => 1",
    "(a = Math.PI) => 1",
    "(a = b ? 1 : 2) => 1",
    "(undefined, a = undefined) => 1",
    "({ NaN }, a = NaN) => 1",
    "(a = [1] + 1) => 1",
    "(a = -[]) => 1",
    "(a = import.meta) => 1",
  ];
  for (const source of sources) {
    // `import.meta` cannot stand in made functions at all.
    if (source.includes("import.meta")) continue;
    const { parameters } = await read(made(source));
    assert.equal(parameters.at(-1)?.constantDefault, undefined, source);
  }
});

test("readSignature freezes constant defaults", async () => {
  const { parameters } = await read((a = { b: [1] }) => a);
  const value = parameters[0]?.constantDefault?.value as { b: number[] };
  assert.ok(Object.isFrozen(value) && Object.isFrozen(value.b));
});

test("readSignature says whether the receiver can be seen", async () => {
  const yes = [
    "function () { return this.a }",
    "function (a = this) { return a }",
    "function () { return () => this }",
    "() => this",
    "function () { return { [this.key]: 1 } }",
    "function () { return class extends this.Base {} }",
    "function () { return class { [this.a]() {} } }",
    "function () { return eval('this') }",
    "({ m() { return super.m() } }).m",
  ];
  const no = [
    "function () { return 1 }",
    "function () { return function () { return this } }",
    "function () { return { m() { return this } } }",
    "function () { return class { x = this; static { this.y = 1 } m() { return super.m() } } }",
    "function () { return 'this' /* this */ }",
    "function (a) { return a.this }",
  ];
  for (const source of yes) assert.equal((await read(made(source))).usesThis, true, source);
  for (const source of no) assert.equal((await read(made(source))).usesThis, false, source);
});

test("readSignature says whether surplus arguments can be seen", async () => {
  const yes = [
    "function () { return arguments }",
    "function (a = arguments.length) { return a }",
    "function () { return () => arguments[0] }",
    "function (code) { return eval(code) }",
    "function f() { return f.arguments }",
  ];
  const no = [
    "function (...rest) { return rest }",
    "function () { return function () { return arguments } }",
    "() => 'arguments'",
    "(code) => eval(code)",
    "function (code) { return (0, eval)(code) }",
  ];
  for (const source of yes) assert.equal((await read(made(source))).usesArguments, true, source);
  for (const source of no) assert.equal((await read(made(source))).usesArguments, false, source);
});

test("readSignature knows arrows", async () => {
  assert.equal((await read(() => 1)).arrow, true);
  assert.equal((await read(function () {})).arrow, false);
});

test("readSignature reads a function once, and synchronously when the parser is there", async () => {
  const fn = (a: number) => a;
  await readSignature(() => 1);
  const first = readSignature(fn);
  assert.ok(!(first instanceof Promise));
  assert.equal(readSignature(fn), first);
});
