import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { statSync } from "node:fs";
import { Readable } from "node:stream";
import { createContext, runInContext } from "node:vm";
import { test } from "node:test";
import * as self from "../../src/digest/digest_symbol.ts";
import { digest } from "../../src/digest/digest.ts";
import { digestNow } from "../../src/digest/digest_now.ts";
import { DigestError } from "../../src/errors.ts";

class Private {
  readonly #x = 1;
  get(): number {
    return this.#x;
  }
}
class BelowPrivate extends Private {
  y = 2;
}
const hidden = new WeakMap<object, number>();
class Weak {
  constructor(x: number) {
    hidden.set(this, x);
  }
}
class PrivateMap extends Map<unknown, unknown> {
  #x = 1;
  get x(): number {
    return this.#x;
  }
}
class Selfish {
  [self.digestSymbol](): unknown {
    return this;
  }
}
class Failing {
  [self.digestSymbol](): unknown {
    throw new Error("not today");
  }
}

function* generate(): Generator<number> {
  yield 1;
}

function behind(value: object, prototype: object | null): object {
  return Object.setPrototypeOf(value, prototype);
}

function args(..._: unknown[]): IArguments {
  return arguments;
}

const refused: readonly (readonly [name: string, make: () => unknown, says: RegExp])[] = [
  ["function", () => function named() {}, /a function "named"/],
  ["arrow", () => () => 1, /a function/],
  ["async function", () => async function later() {}, /a function "later"/],
  ["built-in function", () => Math.max, /a function "max"/],
  ["class", () => Private, /a class "Private"/],
  ["symbol", () => Symbol("mine"), /Symbol\(mine\)/],
  ["well-known symbol", () => Symbol.iterator, /Symbol\(Symbol\.iterator\)/],
  ["Promise", () => Promise.resolve(1), /Promise/],
  ["WeakMap", () => new WeakMap(), /WeakMap/],
  ["WeakSet", () => new WeakSet(), /WeakSet/],
  ["WeakRef", () => new WeakRef({}), /WeakRef/],
  ["FinalizationRegistry", () => new FinalizationRegistry(() => {}), /FinalizationRegistry/],
  ["generator", () => generate(), /generator/],
  ["array iterator", () => [1].values(), /iterator/],
  ["Map iterator", () => new Map().entries(), /iterator/],
  ["iterator helper", () => [1].values().map(String), /iterator/],
  ["async generator", () => (async function* () {})(), /generator/],
  ["ReadableStream", () => new ReadableStream(), /ReadableStream/],
  ["WritableStream", () => new WritableStream(), /WritableStream/],
  ["TransformStream", () => new TransformStream(), /TransformStream/],
  ["Request", () => new Request("http://localhost/"), /Request/],
  ["Response", () => new Response("a"), /Response/],
  ["FormData", () => new FormData(), /FormData/],
  ["AbortController", () => new AbortController(), /AbortController/],
  ["AbortSignal", () => AbortSignal.abort(), /AbortSignal/],
  ["Event", () => new Event("a"), /Event/],
  ["EventTarget", () => new EventTarget(), /EventTarget/],
  ["DOMException", () => new DOMException("a"), /DOMException/],
  ["TextEncoder", () => new TextEncoder(), /TextEncoder/],
  ["MessageChannel", () => new MessageChannel(), /MessageChannel/],
  ["Intl", () => new Intl.NumberFormat("en"), /NumberFormat/],
  ["WebAssembly", () => new WebAssembly.Memory({ initial: 1 }), /Memory/],
  ["file information", () => statSync("."), /Stats/],
  ["EventEmitter", () => new EventEmitter(), /./],
  ["node stream", () => Readable.from([]), /./],
  ["Proxy", () => new Proxy({}, {}), /Proxy/],
  ["Proxy of an array", () => new Proxy([], {}), /Proxy/],
  ["Proxy of a Map", () => new Proxy(new Map(), {}), /Proxy/],
  ["Proxy of a function", () => new Proxy(() => {}, {}), /function/],
  ["module namespace", () => self, /module namespace/],
  ["globalThis", () => globalThis, /globalThis/],
  ["Math", () => Math, /./],
  ["arguments", () => args(1, 2), /arguments/],
  ["#private class", () => new Private(), /#private.*digestSymbol/],
  ["class below a #private one", () => new BelowPrivate(), /"Private".*#private/],
  ["#private class on Map", () => new PrivateMap(), /#private/],
  ["state in a WeakMap", () => new Weak(1), /#private state or something like it/],
  ["class without a name", () => new (class {})(), /no name/],
  ["subclass without a name", () => new (class extends Map {})(), /no name/],
  ["prototype without a class", () => Object.create({ a: 1 }), /belongs to no class/],
  ["prototype of Map without a Map", () => Object.create(Map.prototype), /./],
  ["prototype of Array without an array", () => Object.create(Array.prototype), /Array/],
  ["prototype of Date without a Date", () => Object.create(Date.prototype), /./],
  ["prototype of a typed array", () => Object.create(Uint8Array.prototype), /./],
  ["prototype of URL without a URL", () => Object.create(URL.prototype), /./],
  ["Map behind Object.prototype", () => behind(new Map([[1, 2]]), Object.prototype), /a Map/],
  ["Date behind null", () => behind(new Date(), null), /a Date/],
  ["Promise behind Object.prototype", () => behind(Promise.resolve(), Object.prototype), /a Promise/],
  ["bytes behind null", () => behind(new Uint8Array(2), null), /a view/],
  ["array behind Object.prototype", () => behind([1, 2], Object.prototype), /./],
  ["hidden property", () => Object.defineProperty({ a: 1 }, "b", { value: 1 }), /"b" is not enumerable/],
  ["unregistered symbol key", () => ({ [Symbol("k")]: 1 }), /Symbol\(k\)/],
  ["unregistered symbol key on an array", () => Object.assign([], { [Symbol("k")]: 1 }), /Symbol\(k\)/],
  [
    "unregistered symbol key on a URL",
    () => Object.assign(new URL("a:"), { [Symbol("k")]: 1 }),
    /Symbol\(k\)/,
  ],
  ["boxed symbol", () => Object(Symbol("k")), /Symbol\(k\)/],
  ["method as a value", () => ({ run() {} }), /a function "run"/],
  ["hook on a plain object", () => ({ [self.digestSymbol]: () => 1 }), /a function/],
  ["hook that returns the instance", () => new Selfish(), /the instance itself/],
  ["hook that throws", () => new Failing(), /not today/],
  ["getter that throws", () => ({
    get a(): number {
      throw new Error("not today");
    },
  }), /not today/],
  ["object of another realm", () => runInContext("({ a: 1 })", createContext({})), /./],
  ["detached view", () => {
    const view = new Uint8Array(2);
    structuredClone(view.buffer, { transfer: [view.buffer] });
    return view;
  }, /detached/],
  ["detached buffer", () => {
    const buffer = new ArrayBuffer(2);
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  }, /detached/],
  ["detached DataView", () => {
    const view = new DataView(new ArrayBuffer(2));
    structuredClone(view.buffer, { transfer: [view.buffer] });
    return view;
  }, /detached/],
];

for (const [name, make, says] of refused) {
  test(`digest refuses: ${name}`, async () => {
    const check = (error: unknown): boolean => {
      assert.ok(error instanceof DigestError, String(error));
      assert.equal(error.code, "undigestible");
      assert.match(error.message, says);
      return true;
    };
    assert.throws(() => digestNow(make()), check);
    assert.throws(() => digestNow([1, { a: make() }]), (error) => {
      assert.ok(error instanceof DigestError);
      assert.ok(error.path.startsWith("$[1].a"), error.path);
      return check(error);
    });
    await assert.rejects(digest(make()), check);
  });
}

test("digest says where in the value it stopped", () => {
  const at = (value: unknown): string => {
    try {
      digestNow(value);
    } catch (error) {
      if (error instanceof DigestError) return error.path;
    }
    return "not refused";
  };
  const bad = (): void => {};
  assert.equal(at(bad), "$");
  assert.equal(at({ rows: [1, 2, { a: [] }, { callback: bad }] }), "$.rows[3].callback");
  assert.equal(at({ "a b": { "": bad } }), '$["a b"][""]');
  assert.equal(at(new Map<unknown, unknown>([["a", 1], ["b", { c: bad }]])), '$.get("b").c');
  assert.equal(at(new Map([[bad, 1]])), "$.keys()[0]");
  assert.equal(at(new Map([[1, bad]])), "$.get(1)");
  assert.equal(at(new Map([[{}, bad]])), "$.values()[0]");
  assert.equal(at(new Set([1, bad])), "$.values()[1]");
  assert.equal(at(new Error("a", { cause: { f: bad } })), "$.cause.f");
  assert.equal(at({ [Symbol.for("s")]: bad }), '$[Symbol.for("s")]');
  assert.equal(at(Object.assign([1], { extra: bad })), "$.extra");
  assert.equal(at([[1, [2]], { a: Symbol("x") }]), "$[1].a");
  class Hooked {
    [self.digestSymbol](): unknown {
      return { inner: bad };
    }
  }
  assert.equal(at({ h: new Hooked() }), "$.h[digestSymbol]().inner");
});

test("digest refuses values nested too deep, at the same depth everywhere", () => {
  const nest = (levels: number, wrap: (v: unknown) => unknown): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = wrap(value);
    return value;
  };
  for (
    const wrap of [
      (v: unknown) => [v],
      (v: unknown) => ({ v }),
      (v: unknown) => new Map([[1, v]]),
      (v: unknown) => new Set([v]),
      (v: unknown) => new Error("", { cause: v }),
    ]
  ) {
    assert.match(String(digestNow(nest(500, wrap))), /^[0-9a-f]{64}$/);
    for (const levels of [501, 10_000, 100_000]) {
      assert.throws(() => digestNow(nest(levels, wrap)), /more than 500 levels deep/);
    }
  }
});

test("digest accepts classes without anything hidden, and classes assigned to globalThis", () => {
  class Open {
    a = 1;
    static count = 0;
    get double(): number {
      return this.a * 2;
    }
  }
  assert.equal(digestNow(new Open()), digestNow(new Open()));
  class Assigned {
    a = 1;
  }
  Object.assign(globalThis, { Assigned });
  assert.equal(digestNow(new Assigned()), digestNow(new Assigned()));
});
