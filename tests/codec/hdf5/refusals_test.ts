import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { CodecError } from "../../../src/errors.ts";
import { codec, encodedWhole } from "./_bytes.ts";

class Point {
  x = 1;
}
class SubMap extends Map {}
class OwnError extends Error {}

const resizable = new ArrayBuffer(4, { maxByteLength: 8 });

function underSymbol(value: object, name: string): readonly [value: unknown, path: string, reason: RegExp] {
  Object.assign(value, { [Symbol.for("named")]: 1 });
  return [value, "$", new RegExp(`own property Symbol\\(named\\) on a ${name} would be lost`)];
}

/** What is refused: the value, its path, and what the message says. */
const REFUSED: readonly (readonly [value: unknown, path: string, reason: RegExp])[] = [
  [() => 1, "$", /a function \(anonymous\) cannot be restored; data/],
  [{ rows: [1, 2, 3, { callback: function go() {} }] }, "$.rows[3].callback", /a function \("go"\)/],
  [class A {}, "$", /function/],
  [{ "odd name": Symbol("own") }, '$["odd name"]', /Symbol\(own\) is unique to this process; Symbol\.for/],
  [[Symbol.iterator], "$[0]", /Symbol\(Symbol\.iterator\)/],
  [[[new Point()]], "$[0][0]", /class Point .* a plain object in its place would work/],
  [new SubMap(), "$", /class SubMap/],
  [new OwnError("x"), "$", /class OwnError/],
  [Object.create({ inherited: 1 }), "$", /class Object/],
  [{ p: Promise.resolve(1) }, "$.p", /Promise cannot be restored; its awaited result/],
  [new WeakMap(), "$", /WeakMap cannot be listed; a Map would work/],
  [new WeakSet(), "$", /WeakSet/],
  [new WeakRef({}), "$", /WeakRef/],
  [{ body: new ReadableStream() }, "$.body", /ReadableStream/],
  [new Blob(["x"]), "$", /Blob inside a value is read asynchronously; alone it would work/],
  [new Map([["k", { f: () => 1 }]]), '$.get("k").f', /function/],
  [new Map([[1, () => 1]]), "$.get(1)", /function/],
  [new Map([[{}, () => 1]]), "$.values()[0]", /function/],
  [new Map([[() => 1, 1]]), "$.keys()[0]", /function/],
  [new Set([1, () => 1]), "$.values()[1]", /function/],
  [new Error("x", { cause: { f: () => 1 } }), "$.cause.f", /function/],
  [Object.assign(new Error("x"), { f: () => 1 }), "$.f", /function/],
  [{ [Symbol("hidden")]: 1 }, "$", /named by symbols/],
  [{ [Symbol.for("named")]: 1 }, "$", /named by symbols/],
  [Object.assign(new Map(), { extra: 1 }), "$", /its own property "extra" on a Map would be lost/],
  ...[
    [1],
    [, 1],
    new Map(),
    new Set(),
    new Date(0),
    /a/,
    new Uint8Array(2),
    new Float64Array(300),
    new Error("x"),
  ]
    .map((each) => underSymbol(each, Array.isArray(each) ? "Array" : each.constructor.name)),
  ...[
    Object(1),
    new ArrayBuffer(2),
    new DataView(new ArrayBuffer(2)),
    new URL("a:b"),
    new URLSearchParams("a=b"),
  ]
    .map((each) => underSymbol(each, each.constructor.name)),
  [Object.assign(new URL("a:b"), { extra: 1 }), "$", /"extra" on a URL would be lost/],
  [Object.assign(new URLSearchParams(), { extra: 1 }), "$", /"extra" on a URLSearchParams would be lost/],
  [Object.assign(new Headers(), { extra: 1 }), "$", /"extra" on a Headers would be lost/],
  [
    Object.assign(Temporal.PlainDate.from("2026-11-22"), { extra: 1 }),
    "$",
    /"extra" on a PlainDate would be lost/,
  ],
  [Object.assign(Temporal.Duration.from("PT1S"), { extra: 1 }), "$", /"extra" on a Duration would be lost/],
  [Object.assign(Buffer.from("a"), { extra: 1 }), "$", /named properties on a Buffer would be lost/],
  [((text: TemplateStringsArray) => text)`a\n`, "$", /"raw" on a Array would be lost/],
  [Object.defineProperty([1, 2], 1, { enumerable: false }), "$", /not enumerable; a copy of it would work/],
  [Object.assign(/a/g, { lastIndex: "1" }), "$", /its lastIndex is a string; a number would work/],
  [Object.assign(new Date(), { extra: 1 }), "$", /its own property "extra" on a Date/],
  [Object.assign(new Uint8Array(3), { extra: [3] }), "$", /named properties on a Uint8Array/],
  [
    Object.assign(new Float64Array(300), { shape: [300], extra: 1 }),
    "$",
    /named properties on a Float64Array/,
  ],
  [Object.assign(new Float64Array(3), { shape: [3], extra: 1 }), "$", /named properties on a Float64Array/],
  [Object.assign(new Float64Array(3), { shape: [2, 2] }), "$", /shape \(2, 2\) does not have its 3 elements/],
  [
    Object.assign(new Float64Array(3), { shape: "3" }),
    "$",
    /its shape is not an array of at most 32 integers/,
  ],
  [Object.assign(new Float64Array(3), { shape: [-3] }), "$", /its shape is not an array/],
  [Object.assign(new Float64Array(3), { shape: [3], dtype: "int7" }), "$", /its dtype int7 is not one of/],
  [
    Object.assign(new Uint8Array(3), { shape: [3], dtype: "complex64" }),
    "$",
    /its dtype complex64 is not one of/,
  ],
  [Object.assign(new Uint8Array([2]), { shape: [1], dtype: "bool" }), "$", /neither 0 nor 1/],
  [Object.assign(Object("text"), { extra: 1 }), "$", /own properties on a String/],
  [[resizable], "$[0]", /resizable ArrayBuffer/],
  [new Uint8Array(new SharedArrayBuffer(3)), "$", /shared memory; a copy/],
  [new SharedArrayBuffer(3), "$", /class SharedArrayBuffer/],
  [[Object.create(Map.prototype)], "$[0]", /reading it failed/],
  [[Object.create(Date.prototype)], "$[0]", /reading it failed/],
  [Object.create(Error.prototype), "$", /has the prototype of Error but is no error/],
  [{ m: new Proxy(new Map(), {}) }, "$.m", /reading it failed/],
  [new Proxy(() => 1, {}), "$", /function/],
  [new Proxy(new Point(), {}), "$", /class Point/],
  [
    {
      a: {
        get b(): never {
          throw new Error("from the getter");
        },
      },
    },
    "$.a",
    /from the getter/,
  ],
  [(function* () {})(), "$", /cannot be|would come back/],
  [
    (function (..._: unknown[]) {
      return arguments;
    })(1),
    "$",
    /named by symbols/,
  ],
];

function refusal(value: unknown): CodecError {
  try {
    codec.encode(value);
  } catch (error) {
    assert.ok(error instanceof CodecError, `another error: ${error}`);
    return error;
  }
  assert.fail("was written");
}

test("hdf5Codec refuses what it cannot restore, with the path to it", () => {
  for (const [value, path, reason] of REFUSED) {
    const error = refusal(value);
    assert.equal(error.code, "unencodable");
    assert.equal(error.path, path, error.message);
    assert.match(error.message, reason);
    assert.ok(error.message.startsWith(`Cannot write ${path} as HDF5: `), error.message);
  }
});

test("hdf5Codec keeps the cause of a refusal", () => {
  const cause = new Error("from the getter");
  const value = {
    get broken(): never {
      throw cause;
    },
  };
  assert.equal(refusal(value).cause, cause);
});

test("hdf5Codec refuses a value nested too deeply to be read again, at every kind of container", {
  timeout: 60_000,
}, async () => {
  const wraps: ((value: unknown) => object)[] = [
    (value) => [value],
    (value) => ({ value }),
    (value) => new Map([["value", value]]),
    (value) => new Map([[value, "key"]]),
    (value) => new Set([value]),
    (value) => new Error("x", { cause: value }),
    (value) => Object.assign(Object.create(null), { value }),
    (value) => [, value],
  ];
  for (const wrap of wraps) {
    const nested = (levels: number): unknown => {
      let value: unknown = "core";
      for (let i = 0; i < levels; i++) value = wrap(value);
      return value;
    };
    assert.ok(typeof await codec.decode(await encodedWhole(nested(500))) === "object");
    for (const levels of [501, 10_000, 100_000]) {
      const error = refusal(nested(levels));
      assert.match(error.message, /stands in 500 objects, the most that can be written/);
      assert.ok(error.message.length < 1500);
    }
  }
});
