import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { hdf5Codec } from "../../../src/codec/hdf5/hdf5_codec.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { codec, encoded, encodedWhole, roundTrip } from "./_bytes.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) =>
    String.fromCharCode(...units)
  ),
  fc.constantFrom("__proto__", "constructor", "length", "0", ""),
);

const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, true, false, -0, NaN, Infinity, -Infinity),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.float(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  text,
  text.map((key) => Symbol.for(key)),
);

const leafObject: fc.Arbitrary<object> = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.webUrl().map((url) => new URL(url)),
  fc.uint8Array({ maxLength: 80 }),
  fc.tuple(fc.uint8Array({ minLength: 8, maxLength: 64 }), fc.nat(7)).chain(([bytes, offset]) =>
    fc.constantFrom<object>(
      bytes.slice().buffer,
      new DataView(bytes.slice().buffer, offset),
      new Uint8ClampedArray(bytes.slice().buffer, offset),
      new Int16Array(bytes.slice(0, 8).buffer, offset & 6),
      new Float64Array(bytes.slice(0, 8).buffer),
      new BigInt64Array(bytes.slice(0, 8).buffer),
      new Float16Array(bytes.slice(0, 8).buffer, 2),
    )
  ),
  leaf.filter((value) => value !== null && value !== undefined).map((value): object => Object(value)),
  fc.tuple(
    fc.constantFrom("a.c", "(?<n>x)|y", "", "/", "\n"),
    fc.constantFrom("", "g", "giy", "du"),
    fc.nat(9),
  )
    .map(([source, flags, lastIndex]) => Object.assign(new RegExp(source, flags), { lastIndex })),
  fc.array(fc.tuple(fc.string(), fc.string())).map((pairs) => new URLSearchParams(pairs)),
);

const containers = [
  "object",
  "null prototype",
  "array",
  "holes",
  "Map",
  "Set",
  "Error",
  "AggregateError",
] as const;

/** A step of a graph: a kind of object, and what stands in it: leaves, or other objects of the graph by number. */
const node = fc.record({
  kind: fc.constantFrom(...containers),
  contents: fc.array(
    fc.record({ key: text, reference: fc.option(fc.nat(), { freq: 2 }), leaf: fc.oneof(leaf, leafObject) }),
    {
      maxLength: 6,
    },
  ),
});

type Node = typeof node extends fc.Arbitrary<infer T> ? T : never;

function createdFor(kind: Node["kind"]): object {
  switch (kind) {
    case "object":
      return {};
    case "null prototype":
      return Object.create(null);
    case "Map":
      return new Map();
    case "Set":
      return new Set();
    case "Error":
      return new TypeError("made");
    case "AggregateError":
      return new AggregateError([], "made");
    default:
      return [];
  }
}

/** Objects that hold leaves, each other and themselves; the first of them is the root. */
const graph = fc.array(node, { minLength: 1, maxLength: 9 }).map((nodes) => {
  const objects = nodes.map(({ kind }) => createdFor(kind));
  nodes.forEach(({ kind, contents }, i) => {
    const object = objects[i];
    contents.forEach(({ key, reference, leaf }, at) => {
      const value = reference === null ? leaf : objects[reference % objects.length];
      if (object instanceof Map) object.set(at % 2 === 0 ? key : value, value);
      else if (object instanceof Set) object.add(value);
      else if (Array.isArray(object)) object[kind === "holes" ? at * 2 + 1 : at] = value;
      else if (object !== undefined) {
        const hidden = object instanceof Error && at === 0;
        const properties = { value, enumerable: !hidden, writable: true, configurable: true };
        Object.defineProperty(object, hidden ? "cause" : key === "stack" ? "trace" : key, properties);
      }
    });
  });
  return objects[0];
});

test("hdf5Codec is named hdf5", () => {
  assert.equal(hdf5Codec().name, "hdf5");
});

test("hdf5Codec gives back every kind of value", () => {
  for (const [name, value] of Object.entries(corpus())) {
    try {
      assertSame(roundTrip(value), value);
    } catch (cause) {
      throw new Error(name, { cause });
    }
  }
});

test("hdf5Codec gives back generated leaves", { timeout: 60_000 }, () => {
  fc.assert(fc.property(fc.oneof(leaf, leafObject), (value) => assertSame(roundTrip(value), value)), {
    numRuns: 1000,
  });
});

test("hdf5Codec gives back generated graphs of objects", { timeout: 60_000 }, () => {
  fc.assert(fc.property(graph, (value) => assertSame(roundTrip(value), value)), { numRuns: 1000 });
});

test("hdf5Codec keeps a long sparse array without room for its holes", () => {
  const sparse: unknown[] = [];
  sparse[4_000_000_000] = "far";
  assertSame(roundTrip(sparse), sparse);
});

test("hdf5Codec finds named properties on arrays of any length", () => {
  for (const length of [0, 1, 16, 17, 300]) {
    const array: unknown[] = Object.assign(new Array(length).fill("x"), { note: "kept" });
    assertSame(roundTrip(array), array);
    const mixed: unknown[] = Object.assign(new Array(length).fill("x"), { note: "kept" });
    delete mixed[0];
    assertSame(roundTrip(mixed), mixed);
  }
});

test("hdf5Codec reads streams", async () => {
  const bytes = encoded(corpus()["record"]);
  for (const size of [1, 7, bytes.length]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    assertSame(await codec.decode(ReadableStream.from(chunks)), corpus()["record"]);
  }
});

test("hdf5Codec keeps long arrays, texts and bytes", { timeout: 60_000 }, async () => {
  const read = async (value: unknown): Promise<unknown> => await codec.decode(await encodedWhole(value));
  for (const length of [31, 32, 33, 5955, 5956, 5957, 20_000]) {
    const numbers = Array.from({ length }, (_, i) => i * 3 - 1000);
    assertSame(await read(numbers), numbers);
    const object = Object.fromEntries(numbers.map((number) => [`key ${number}`, number]));
    assertSame(await read(object), object);
  }
  const bytes = new Uint8Array(3_000_000).map((_, i) => i * 7);
  const floats = new Float64Array(700_001).map((_, i) => i);
  assertSame(await read([bytes, floats, "next"]), [bytes, floats, "next"]);
  for (const length of [1, 7, 8, 9, 64, 65, 1023, 4000, 5000, 40_000, 70_000]) {
    for (const unit of ["a", "é", "€", "𝄞"]) {
      const value = unit.repeat(Math.ceil(length / unit.length));
      assertSame(roundTrip([value, "next", `${value}\ud800`, `${value}\0`]), [
        value,
        "next",
        `${value}\ud800`,
        `${value}\0`,
      ]);
    }
  }
});

test("hdf5Codec keeps thousands of shared objects apart", () => {
  const objects = Array.from({ length: 500 }, (_, i) => ({ i }));
  const value = [...objects, ...objects];
  const back = roundTrip(value) as unknown[];
  assertSame(back, value);
  assert.equal(back[499], back[999]);
});

test("hdf5Codec keeps names that paths and Python's own names are made of", () => {
  const names = ["a/b", "/", ".", "..", "", "i0", "keys", "values", "\0", "a\0b", "ü", "x".repeat(1024)];
  for (const name of [...names, "x".repeat(1025), "y".repeat(70_000), " ", "~", "\x7f", "\n"]) {
    const shared = [name];
    assertSame(roundTrip({ [name]: shared, z: { [name]: shared } }), {
      [name]: shared,
      z: { [name]: shared },
    });
  }
});

test("hdf5Codec gives bytes that later calls leave alone", () => {
  const first = encoded("first");
  const kept = first.slice();
  encoded("other");
  assert.deepEqual(first, kept);
  assert.equal(first.buffer.byteLength, first.byteLength);
});

test("hdf5Codec gives values that share no memory with the bytes", () => {
  const bytes = encoded([new Uint8Array([1, 2]), new Float64Array([1]), new Uint8Array([3]).buffer]);
  const value = codec.decode(bytes);
  bytes.fill(0);
  assertSame(value, [new Uint8Array([1, 2]), new Float64Array([1]), new Uint8Array([3]).buffer]);
});

test("hdf5Codec reads a view of a larger buffer", () => {
  const bytes = encoded({ a: 1.5, b: [new Float64Array([2])] });
  const larger = new Uint8Array(bytes.length + 20);
  larger.set(bytes, 7);
  assertSame(codec.decode(larger.subarray(7, 7 + bytes.length)), { a: 1.5, b: [new Float64Array([2])] });
});

test("hdf5Codec keeps a __proto__ key as a property and no prototype changes", () => {
  const value: unknown = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  );
  const back = roundTrip(value) as Record<string, unknown>;
  assert.ok(Object.hasOwn(back, "__proto__"));
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.equal(Reflect.get({}, "polluted"), undefined);
  assertSame(back, value);
});

test("hdf5Codec keeps the order of names", () => {
  const value = { z: 1, a: 2, m: 3, 10: 4, 9: 5 };
  assert.deepEqual(Object.keys(roundTrip(value) as object), ["9", "10", "z", "a", "m"]);
  const odd = { "z/": 1, "a/": 2, 3: 4 };
  assert.deepEqual(Object.keys(roundTrip(odd) as object), ["3", "z/", "a/"]);
});

test("hdf5Codec keeps the shape and dtype that typed arrays say", () => {
  const arrays = [
    Object.assign(new Float64Array(6), { shape: [2, 3] }),
    Object.assign(new Uint8Array(6), { shape: [6] }),
    Object.assign(new Uint8ClampedArray(6), { shape: [1, 6] }),
    Object.assign(new BigInt64Array(1), { shape: [] }),
    Object.assign(new Int16Array(0), { shape: [0, 3] }),
    Object.assign(new Uint8Array([0, 1, 1]), { shape: [3], dtype: "bool" }),
    Object.assign(new Float32Array(4), { shape: [2], dtype: "complex64" }),
    Object.assign(new Float64Array(400), { shape: [20, 10], dtype: "complex128" }),
    Object.assign(new Float16Array(300), { shape: [10, 30] }),
  ];
  for (const array of arrays) {
    const back = roundTrip(array) as typeof array;
    assertSame(back, array);
    assert.deepEqual(back.shape, array.shape);
    assert.equal(Reflect.get(back, "dtype"), Reflect.get(array, "dtype"));
    assert.equal(Object.keys(back).length, Object.keys(array).length);
  }
});

test("hdf5Codec gives typed arrays without a shape none", () => {
  const back = roundTrip([new Float64Array(2), new Uint8Array(2), new Uint8ClampedArray(2)]) as object[];
  for (const array of back) assert.deepEqual(Object.keys(array), ["0", "1"]);
});

test("hdf5Codec keeps values nested as deeply as it says, and reads them", { timeout: 60_000 }, () => {
  const wraps: ((value: unknown) => object)[] = [
    (value) => [value],
    (value) => ({ value }),
    (value) => ({ "a/b": value }),
    (value) => new Map([["value", value]]),
    (value) => new Map([[value, "key"]]),
    (value) => new Set([value]),
    (value) => Object.assign(new Array(2), { 1: value }),
  ];
  for (const wrap of wraps) {
    let value: unknown = "innermost";
    for (let i = 0; i < 500; i++) value = wrap(value);
    assertDeep(roundTrip(value), value);
    assert.throws(() => encoded(wrap(value)), { name: "CodecError", code: "unencodable" });
  }
});

/** Compares chains of objects without recursion. */
function assertDeep(actual: unknown, expected: unknown): void {
  for (let [a, b] = [actual, expected]; typeof b === "object" && b !== null;) {
    assert.ok(typeof a === "object" && a !== null);
    assert.equal(Object.getPrototypeOf(a), Object.getPrototypeOf(b));
    const inner = (object: object): unknown => {
      const listed = object instanceof Map || object instanceof Set
        ? [...object].flat()
        : Object.values(object);
      return listed.find((each) => typeof each === "object") ?? listed[0];
    };
    [a, b] = [inner(a), inner(b)];
    if (typeof b !== "object") assert.equal(a, b);
  }
}

test("hdf5Codec answers what is large as a stream", async () => {
  const value = new Float64Array(200_000).map((_, i) => i);
  const body = codec.encode(value);
  assert.ok(body instanceof ReadableStream);
  assertSame(await codec.decode(body as ReadableStream<Uint8Array>), value);
});

test("hdf5Codec keeps what was written when the value is changed before the stream is read", async () => {
  const value = new Float64Array(200_000).fill(7);
  const body = codec.encode(value) as ReadableStream<Uint8Array>;
  value.fill(8);
  assertSame(await codec.decode(body), new Float64Array(200_000).fill(7));
});
