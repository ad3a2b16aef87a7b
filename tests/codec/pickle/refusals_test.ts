import assert from "node:assert/strict";
import { test } from "node:test";
import { CodecError } from "../../../src/errors.ts";
import { cloudpickleCodec } from "../../../src/codec/pickle/cloudpickle_codec.ts";
import { pickleCodec } from "../../../src/codec/pickle/pickle_codec.ts";
import type { Codec } from "../../../src/codec/types.ts";

class Point {
  x = 1;
}
class SubMap extends Map {}
class OwnError extends Error {}

const resizable = new ArrayBuffer(4, { maxByteLength: 8 });

type Refused = readonly (readonly [value: unknown, path: string, reason: RegExp])[];

/** What neither codec keeps: the value, its path, and what the message says. */
const BY_BOTH: Refused = [
  [{ "odd name": Symbol("own") }, '$["odd name"]', /Symbol\(own\)/],
  [[Symbol.iterator], "$[0]", /Symbol\(Symbol\.iterator\)/],
  [[[new Point()]], "$[0][0]", /class Point .* a plain object in its place would work/],
  [new SubMap(), "$", /class SubMap/],
  [new OwnError("x"), "$", /class OwnError/],
  [Object.create({ inherited: 1 }), "$", /class Object/],
  [{ p: Promise.resolve(1) }, "$.p", /Promise cannot be restored; its awaited result/],
  [new WeakMap(), "$", /WeakMap cannot be listed; a Map would work/],
  [new WeakRef({}), "$", /WeakRef/],
  [{ body: new ReadableStream() }, "$.body", /ReadableStream/],
  [{ [Symbol("hidden")]: 1 }, "$", /named by symbols/],
  [{ rows: [1, 2, 3, { [Symbol.for("named")]: 1 }] }, "$.rows[3]", /named by symbols/],
  [Object.assign(new Map(), { extra: 1 }), "$", /its own property "extra" on a Map would be lost/],
  [Object.assign(new Set(), { extra: 1 }), "$", /its own property "extra" on a Set would be lost/],
  [Object.assign(new Date(), { extra: 1 }), "$", /its own property "extra" on a Date/],
  [Object.assign(new Uint8Array(3), { extra: 1 }), "$", /named properties on a Uint8Array/],
  [Object.assign(new Uint8Array(3), { shape: [3], extra: 1 }), "$", /named properties on a Uint8Array/],
  [
    Object.assign(new Float64Array(300), { shape: [300], extra: 1 }),
    "$",
    /named properties on a Float64Array/,
  ],
  [Object.assign(new Float64Array(3), { shape: [4] }), "$", /shape \(4\) does not have its 3 elements/],
  [Object.assign(new Float64Array(3), { shape: "3" }), "$", /shape is not an array/],
  [((text: TemplateStringsArray) => text)`a\n`, "$", /"raw" on a Array would be lost/],
  [Object.defineProperty([1, 2], 1, { enumerable: false }), "$", /not enumerable; a copy of it would work/],
  [[resizable], "$[0]", /resizable ArrayBuffer/],
  [new Uint8Array(new SharedArrayBuffer(3)), "$", /shared memory; a copy/],
  [[Object.create(Map.prototype)], "$[0]", /reading it failed/],
  [{ m: new Proxy(new Map(), {}) }, "$.m", /reading it failed/],
  [new Map([[{}, Symbol("own")]]), "$.values()[0]", /Symbol/],
  [new Map([[Symbol("own"), 1]]), "$.keys()[0]", /Symbol/],
  [new Map([["k", { f: new Point() }]]), '$.get("k").f', /class Point/],
  [new Set([1, new Point()]), "$.values()[1]", /class Point/],
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
];

/** What CloudpickleFile keeps. */
const BY_PLAIN: Refused = [
  [
    () => 1,
    "$",
    /a function \(anonymous\) cannot be restored; data .*CloudpickleFile, which keeps its source/,
  ],
  [{ rows: [1, 2, 3, { callback: function go() {} }] }, "$.rows[3].callback", /a function \("go"\)/],
  [Symbol.for("named"), "$", /Symbol\(named\) is no plain data; CloudpickleFile or CborFile would work/],
  [[/a/], "$[0]", /RegExp is no plain data/],
  [new URL("a:b"), "$", /URL is no plain data/],
  [new Headers(), "$", /Headers is no plain data/],
  [Object("text"), "$", /String is no plain data/],
  [{ e: new TypeError("x") }, "$.e", /TypeError is no plain data/],
  [[new Blob(["x"])], "$[0]", /Blob/],
];

function assertRefused(codec: Codec, cases: Refused): void {
  for (const [value, path, reason] of cases) {
    assert.throws(() => codec.encode(value), (error) => {
      assert.ok(error instanceof CodecError, `another error: ${error}`);
      assert.equal(error.code, "unencodable");
      assert.equal(error.path, path, error.message);
      assert.match(error.message, reason);
      assert.ok(error.message.startsWith(`Cannot write ${path} as pickle: `), error.message);
      return true;
    });
  }
}

test("pickleCodec refuses what it cannot restore, with the path to it", () => {
  assertRefused(pickleCodec, [...BY_BOTH, ...BY_PLAIN]);
});

test("cloudpickleCodec refuses what it cannot restore, with the path to it", () => {
  assertRefused(cloudpickleCodec(), [
    ...BY_BOTH,
    [new Error("x", { cause: { f: new Point() } }), "$.cause.f", /class Point/],
    [Object.assign(/a/, { extra: 1 }), "$", /"extra" on a RegExp would be lost/],
    [
      Object.assign(new Error("x"), { [Symbol.for("named")]: 1 }),
      "$",
      /Symbol\(named\) on a Error would be lost/,
    ],
  ]);
});

test("pickleCodec keeps the cause of a refusal", () => {
  const cause = new Error("from the getter");
  const value = {
    get broken(): never {
      throw cause;
    },
  };
  assert.throws(
    () => pickleCodec.encode(value),
    (error) => error instanceof CodecError && error.cause === cause,
  );
});

test("cloudpickleCodec refuses a value nested too deeply to be read again, at every kind of container", async () => {
  const codec = cloudpickleCodec();
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
    const bytes = await codec.encode(nested(1000));
    assert.ok(bytes instanceof Uint8Array, String(wrap));
    assert.ok(typeof codec.decode(bytes) === "object");
    for (const levels of [1001, 10_000, 100_000]) {
      assert.throws(() => codec.encode(nested(levels)), (error) => {
        assert.ok(error instanceof CodecError, String(error));
        assert.match(error.message, /stands in 1000 objects, the most that can be written/);
        return error.message.length < 1500;
      });
    }
  }
});
