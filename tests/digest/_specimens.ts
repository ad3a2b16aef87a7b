/**
 * One specimen of every value that must not share a digest with any other: the collision table. Two entries are two
 * different values, always.
 */
import { digestSymbol } from "../../src/digest/digest_symbol.ts";

class Point {
  constructor(readonly x: number) {}
}
class Vector {
  constructor(readonly x: number) {}
}
class Private {
  readonly #x: number;
  constructor(x: number) {
    this.#x = x;
  }
  [digestSymbol](): unknown {
    return this.#x;
  }
}
class PrivateToo {
  readonly #x: number;
  constructor(x: number) {
    this.#x = x;
  }
  [digestSymbol](): unknown {
    return this.#x;
  }
}
class SortedMap extends Map<unknown, unknown> {}
class List extends Array<unknown> {}
class Failure extends Error {
  override name = "Failure";
}
class Stamp extends Date {}
class Matrix extends Float64Array {
  shape: number[] = [];
}
class Bare extends (null as unknown as ObjectConstructor) {}

function cycle(length: number): unknown {
  const first: Record<string, unknown> = {};
  let last = first;
  for (let i = 1; i < length; i++) last = (last["next"] = {}) as Record<string, unknown>;
  last["next"] = first;
  return first;
}

function withHoles(length: number, elements: Record<number, unknown>): unknown[] {
  return Object.assign(new Array(length), elements);
}

function template(strings: TemplateStringsArray): unknown {
  return strings;
}

const shared = { s: 1 };
const bytes = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0);
const buffer = (): ArrayBuffer => bytes.slice().buffer;

/** Name and maker: every call makes a new, equal value. */
export const specimens: readonly (readonly [name: string, make: () => unknown])[] = [
  ["null", () => null],
  ["undefined", () => undefined],
  ["true", () => true],
  ["false", () => false],
  ["0", () => 0],
  ["-0", () => -0],
  ["1", () => 1],
  ["NaN", () => NaN],
  ["Infinity", () => Infinity],
  ["-Infinity", () => -Infinity],
  ["2 ** 53", () => 2 ** 53],
  ["5e-324", () => 5e-324],
  ["0n", () => 0n],
  ["1n", () => 1n],
  ["-1n", () => -1n],
  ["2n ** 64n", () => 2n ** 64n],
  ["10n ** 400n", () => 10n ** 400n],
  ['"1"', () => "1"],
  ['"1n"', () => "1n"],
  ['""', () => ""],
  ['"null"', () => "null"],
  ['"true"', () => "true"],
  ['"NaN"', () => "NaN"],
  ['"é" composed', () => "\u00e9"],
  ['"é" decomposed', () => "e\u0301"],
  ["lone high surrogate", () => "\ud800"],
  ["another lone high surrogate", () => "\ud801"],
  ["lone low surrogate", () => "\udc00"],
  ["replacement character", () => "\ufffd"],
  ["two replacement characters", () => "\ufffd\ufffd"],
  ["surrogates the wrong way round", () => "\udc00\ud800"],
  ["surrogate pair", () => "\ud800\udc00"],
  ["NUL", () => "\0"],
  ["long string", () => "a".repeat(100_000)],
  ["long string, one more", () => "a".repeat(100_001)],
  ['Symbol.for("a")', () => Symbol.for("a")],
  ['"a"', () => "a"],
  ["{}", () => ({})],
  ["null prototype", () => Object.create(null)],
  ["null prototype, a: 1", () => Object.assign(Object.create(null), { a: 1 })],
  ["{a: 1}", () => ({ a: 1 })],
  ['{a: "1"}', () => ({ a: "1" })],
  ["{a: undefined}", () => ({ a: undefined })],
  ["{a: null}", () => ({ a: null })],
  ["{b: 1}", () => ({ b: 1 })],
  ["{a: 1, b: 2}", () => ({ a: 1, b: 2 })],
  ["{a: 2, b: 1}", () => ({ a: 2, b: 1 })],
  ["{a: {b: 1}}", () => ({ a: { b: 1 } })],
  ["{a: {}, b: 1}", () => ({ a: {}, b: 1 })],
  ['{"a:1": 1}', () => ({ "a:1": 1 })],
  ["own __proto__", () => JSON.parse('{"__proto__": {"a": 1}}')],
  ["own constructor", () => ({ constructor: 1 })],
  ["registered symbol key", () => ({ [Symbol.for("a")]: 1 })],
  ["lone surrogate key", () => ({ "\ud800": 1 })],
  ["replacement character key", () => ({ "\ufffd": 1 })],
  ["[]", () => []],
  ["[undefined]", () => [undefined]],
  ["[null]", () => [null]],
  ["[hole]", () => new Array(1)],
  ["[hole, hole]", () => new Array(2)],
  ["[hole, 1]", () => withHoles(2, { 1: 1 })],
  ["[1, hole]", () => withHoles(2, { 0: 1 })],
  ["[hole, 1, hole]", () => withHoles(3, { 1: 1 })],
  ["sparse", () => withHoles(4_000_000_000, { 3_000_000_000: 1 })],
  ["[[]]", () => [[]]],
  ["[[], []]", () => [[], []]],
  ["[[[]]]", () => [[[]]]],
  ["[1, 2]", () => [1, 2]],
  ["[2, 1]", () => [2, 1]],
  ["[[1], 2]", () => [[1], 2]],
  ["[[1, 2]]", () => [[1, 2]]],
  ['["1,2"]', () => ["1,2"]],
  ['["a", "b"]', () => ["a", "b"]],
  ['["ab"]', () => ["ab"]],
  ['{0: "a", 1: "b"}', () => ({ 0: "a", 1: "b" })],
  ['{0: "a", 1: "b", length: 2}', () => ({ 0: "a", 1: "b", length: 2 })],
  ["array with a property", () => Object.assign([1, 2], { a: 1 })],
  ["long array", () => Array.from({ length: 1000 }, (_, i) => i)],
  ["long array with a property", () => Object.assign(Array.from({ length: 1000 }, (_, i) => i), { a: 1 })],
  [
    "hidden element, property instead",
    () => Object.defineProperty(Object.assign([1, 3], { a: 1 }), 0, { enumerable: false }),
  ],
  ["[1, 3]", () => [1, 3]],
  ["subclass of Array", () => List.of(1, 2)],
  ["template", () => template`\n`],
  ["template, another spelling", () =>
    template`
`],
  ["array as that template", () => ["\n"]],
  ["[a, a]", () => [shared, shared]],
  ["[a, copy of a]", () => [shared, { ...shared }]],
  ["[a, a, copy]", () => [shared, shared, { ...shared }]],
  ["[a, copy, a]", () => [shared, { ...shared }, shared]],
  ["[a, copy, copy]", () => {
    const copy = { ...shared };
    return [shared, copy, copy];
  }],
  ["cycle of 1", () => cycle(1)],
  ["cycle of 2", () => cycle(2)],
  ["cycle of 3", () => cycle(3)],
  ["array in itself", () => {
    const self: unknown[] = [];
    self.push(self);
    return self;
  }],
  ["Map", () => new Map()],
  ["Map 1 → 2", () => new Map([[1, 2]])],
  ["Map 2 → 1", () => new Map([[2, 1]])],
  ['Map "a" → 1', () => new Map([["a", 1]])],
  ["Map a, b", () => new Map([["a", 1], ["b", 2]])],
  ["Map b, a", () => new Map([["b", 2], ["a", 1]])],
  ["Map with a property", () => Object.assign(new Map([[1, 2]]), { a: 1 })],
  ["subclass of Map", () => new SortedMap([[1, 2]])],
  ["Set", () => new Set()],
  ["Set 1", () => new Set([1])],
  ["Set 1, 2", () => new Set([1, 2])],
  ["Set 2, 1", () => new Set([2, 1])],
  ["[1]", () => [1]],
  ["Date", () => new Date(0)],
  ["another Date", () => new Date(1)],
  ["invalid Date", () => new Date(NaN)],
  ["ISO text of Date", () => new Date(0).toISOString()],
  ["subclass of Date", () => new Stamp(0)],
  ["RegExp", () => /a/],
  ["RegExp with a flag", () => /a/g],
  ["RegExp with another flag", () => /a/i],
  ["RegExp that was used", () => Object.assign(/a/g, { lastIndex: 1 })],
  ["text of RegExp", () => "/a/"],
  ["URL", () => new URL("https://example.com/")],
  ["another URL", () => new URL("https://example.com/a")],
  ["URL with credentials", () => new URL("https://u:p@example.com/")],
  ["text of URL", () => "https://example.com/"],
  ["URLSearchParams", () => new URLSearchParams("a=1&b=2")],
  ["URLSearchParams in another order", () => new URLSearchParams("b=2&a=1")],
  ["URLSearchParams twice", () => new URLSearchParams("a=1&a=1")],
  ["text of URLSearchParams", () => "a=1&b=2"],
  ["Headers", () => new Headers({ a: "1" })],
  ["Headers, other value", () => new Headers({ a: "2" })],
  ["Headers, two cookies", () => new Headers([["set-cookie", "a"], ["set-cookie", "b"]])],
  [
    "Headers, cookies among others",
    () => new Headers([["x-a", "1"], ["set-cookie", "y"], ["b", "2"], ["set-cookie", "x"]]),
  ],
  ["Headers, one cookie", () => new Headers([["set-cookie", "a, b"]])],
  ["boxed 1", () => Object(1)],
  ['boxed "1"', () => Object("1")],
  ["boxed 1n", () => Object(1n)],
  ["boxed true", () => Object(true)],
  ["boxed symbol", () => Object(Symbol.for("a"))],
  ["boxed string with a property", () => Object.assign(Object("1"), { a: 1 })],
  ["Error", () => new Error("a")],
  ["Error, other message", () => new Error("b")],
  ["Error, no message", () => new Error()],
  ["Error, empty message", () => new Error("")],
  ["TypeError", () => new TypeError("a")],
  ["Error, other name", () => Object.assign(new Error("a"), { name: "TypeError" })],
  ["Error with cause", () => new Error("a", { cause: 1 })],
  ["Error with other cause", () => new Error("a", { cause: 2 })],
  ["Error with undefined cause", () => new Error("a", { cause: undefined })],
  ["Error with a property", () => Object.assign(new Error("a"), { code: "x" })],
  ["AggregateError", () => new AggregateError([1], "a")],
  ["AggregateError, other errors", () => new AggregateError([2], "a")],
  ["subclass of Error", () => new Failure("a")],
  ...[
    "Int8",
    "Uint8",
    "Uint8Clamped",
    "Int16",
    "Uint16",
    "Int32",
    "Uint32",
    "BigInt64",
    "BigUint64",
    "Float16",
    "Float32",
    "Float64",
  ]
    .map((kind): readonly [string, () => unknown] => [`${kind}Array`, () => {
      const constructor =
        (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => unknown>)[`${kind}Array`];
      return constructor === undefined ? undefined : new constructor(buffer());
    }]),
  ["DataView", () => new DataView(buffer())],
  ["ArrayBuffer", () => buffer()],
  ["SharedArrayBuffer", () => {
    const memory = new SharedArrayBuffer(bytes.length);
    new Uint8Array(memory).set(bytes);
    return memory;
  }],
  ["resizable ArrayBuffer", () => {
    const resizable = new ArrayBuffer(bytes.length, { maxByteLength: 100 });
    new Uint8Array(resizable).set(bytes);
    return resizable;
  }],
  ["Buffer", () => Buffer.from(bytes)],
  ["array of bytes", () => [...bytes]],
  ["text of bytes", () => bytes.join()],
  ["view with offset", () => bytes.subarray(1)],
  ["view, shorter", () => bytes.subarray(0, 8)],
  ["empty view", () => bytes.subarray(0, 0)],
  ["Float32Array -0", () => Float32Array.of(-0)],
  ["Float32Array 0", () => Float32Array.of(0)],
  ["typed array with a shape", () => Object.assign(new Float64Array(buffer()), { shape: [1, 2] })],
  ["typed array with another shape", () => Object.assign(new Float64Array(buffer()), { shape: [2, 1] })],
  ["long typed array", () => new Float64Array(4096)],
  ["long typed array with a shape", () => Object.assign(new Float64Array(4096), { shape: [64, 64] })],
  ["long typed array with another shape", () => Object.assign(new Float64Array(4096), { shape: [2, 2048] })],
  ["long typed array with an empty name", () => Object.assign(new Float64Array(4096), { "": 1 })],
  ["subclass of a typed array", () => new Matrix(4096)],
  ["Point", () => new Point(1)],
  ["another Point", () => new Point(2)],
  ["Vector", () => new Vector(1)],
  ["{x: 1}", () => ({ x: 1 })],
  ["class without Object", () => Object.create(Bare.prototype)],
  ["private", () => new Private(1)],
  ["private, other state", () => new Private(2)],
  ["private, other class", () => new PrivateToo(1)],
  ["array of privates", () => [new Private(1), new Private(2)]],
  ["array of privates, other state", () => [new Private(1), new Private(3)]],
  ["Instant", () => Temporal.Instant.from("2020-01-01T00:00Z")],
  ["Instant, 1 ns later", () => Temporal.Instant.from("2020-01-01T00:00:00.000000001Z")],
  ["ZonedDateTime", () => Temporal.ZonedDateTime.from("2020-01-01T00:00[UTC]")],
  ["ZonedDateTime, same instant", () => Temporal.ZonedDateTime.from("2020-01-01T01:00[Europe/Berlin]")],
  ["ZonedDateTime, other calendar", () => Temporal.ZonedDateTime.from("2020-01-01T00:00[UTC][u-ca=hebrew]")],
  ["PlainDate", () => Temporal.PlainDate.from("2020-01-01")],
  ["PlainDate, other calendar", () => Temporal.PlainDate.from("2020-01-01[u-ca=hebrew]")],
  ["PlainDateTime", () => Temporal.PlainDateTime.from("2020-01-01T00:00")],
  ["PlainTime", () => Temporal.PlainTime.from("00:00:00.000000001")],
  ["PlainYearMonth", () => Temporal.PlainYearMonth.from("2020-01")],
  ["PlainMonthDay", () => Temporal.PlainMonthDay.from("01-01")],
  ["PlainMonthDay, other year", () => new Temporal.PlainMonthDay(1, 1, "iso8601", 1970)],
  ["Duration", () => Temporal.Duration.from({ seconds: 1, milliseconds: 1500 })],
  ["Duration, as long", () => Temporal.Duration.from({ seconds: 2, milliseconds: 500 })],
  ["Blob", () => new Blob(["a"])],
  ["Blob, other content", () => new Blob(["b"])],
  ["Blob with type", () => new Blob(["a"], { type: "image/png" })],
  ["File", () => new File(["a"], "a.txt")],
  ["File, other name", () => new File(["a"], "b.txt")],
  ["File, other content", () => new File(["b"], "a.txt")],
  ["two Blobs", () => [new Blob(["a"]), new Blob(["b"])]],
  ["two Blobs, swapped", () => [new Blob(["b"]), new Blob(["a"])]],
  ["two Blobs, cut elsewhere", () => [new Blob(["ab"]), new Blob([""])]],
  ["small object", () => ({
    id: 12345,
    name: "Ada Lovelace",
    tags: ["a", "b", "c"],
    nested: { x: 1.5, y: { z: true } },
  })],
];
