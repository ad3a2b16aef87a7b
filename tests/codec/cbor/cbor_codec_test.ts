import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cborCodec } from "../../../src/codec/cbor/cbor_codec.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { graph, leaf, leafObject } from "./_values.ts";

function encoded(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes = cborCodec.encode(value);
  assert.ok(bytes instanceof Uint8Array, "encode answers at once");
  return bytes;
}

function roundTrip(value: unknown): unknown {
  return cborCodec.decode(encoded(value));
}

test("cborCodec is named cbor", () => {
  assert.equal(cborCodec.name, "cbor");
});

test("cborCodec gives back every kind of value", () => {
  for (const [name, value] of Object.entries(corpus())) {
    try {
      assertSame(roundTrip(value), value);
    } catch (cause) {
      throw new Error(name, { cause });
    }
  }
});

test("cborCodec gives back generated leaves", { timeout: 60_000 }, () => {
  fc.assert(fc.property(fc.oneof(leaf, leafObject), (value) => assertSame(roundTrip(value), value)), {
    numRuns: 2000,
  });
});

test("cborCodec gives back generated graphs of objects", { timeout: 60_000 }, () => {
  fc.assert(fc.property(graph, (value) => assertSame(roundTrip(value), value)), { numRuns: 2000 });
});

test("cborCodec writes equal values as equal bytes", { timeout: 60_000 }, () => {
  fc.assert(fc.property(graph, (value) => assert.deepEqual(encoded(roundTrip(value)), encoded(value))), {
    numRuns: 500,
  });
});

test("cborCodec keeps long arrays, texts and bytes", () => {
  const numbers = Array.from({ length: 100_000 }, (_, i) => i * 3 - 1000);
  assertSame(roundTrip(numbers), numbers);
  const bytes = new Uint8Array(900_000).map((_, i) => i * 7);
  assertSame(roundTrip([bytes, "next"]), [bytes, "next"]);
  for (
    const length of [47, 48, 49, 84, 85, 86, 127, 128, 255, 256, 257, 16_383, 16_384, 16_385, 65_535, 65_536]
  ) {
    for (const unit of ["a", "é", "€", "𝄞"]) {
      const value = unit.repeat(Math.ceil(length / unit.length));
      assertSame(roundTrip([value, "next"]), [value, "next"]);
      assertSame(roundTrip(`${value}\ud800`), `${value}\ud800`);
    }
  }
});

test("cborCodec keeps thousands of shared objects apart", () => {
  const objects = Array.from({ length: 5000 }, (_, i) => ({ i }));
  const value = [...objects, ...objects];
  const back = roundTrip(value) as unknown[];
  assertSame(back, value);
  assert.equal(back[4999], back[9999]);
});

test("cborCodec keeps a long sparse array without room for its holes", () => {
  const sparse: unknown[] = [];
  sparse[4_000_000_000] = "far";
  assertSame(roundTrip(sparse), sparse);
});

test("cborCodec finds named properties on arrays of any length", () => {
  for (const length of [0, 1, 16, 17, 300]) {
    const array: unknown[] = Object.assign(new Array(length).fill("x"), { note: "kept" });
    assertSame(roundTrip(array), array);
    const mixed: unknown[] = Object.assign(new Array(length).fill("x"), { note: "kept" });
    delete mixed[0];
    assertSame(roundTrip(mixed), mixed);
  }
});

test("cborCodec writes no reference where nothing is shared", () => {
  const bytes = encoded([{ a: [1] }, { a: [1] }, "a", "a", 5n, 5n]);
  assert.equal(bytes.toHex(), "86a161618101a161618101616161" + "61c24105c24105");
});

test("cborCodec answers at once, from the first call on", () => {
  assert.equal(encoded(1).toHex(), "01");
  assert.equal(cborCodec.decode(new Uint8Array([1])), 1);
});

test("cborCodec reads streams", async () => {
  const bytes = encoded(corpus()["record"]);
  for (const size of [1, 7, bytes.length]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    assertSame(await cborCodec.decode(ReadableStream.from(chunks)), corpus()["record"]);
  }
});

test("cborCodec gives bytes that later calls leave alone", () => {
  const first = encoded("first");
  const kept = first.slice();
  encoded("other");
  assert.deepEqual(first, kept);
  assert.equal(first.buffer.byteLength, first.byteLength);
});

test("cborCodec gives values that share no memory with the bytes", () => {
  const bytes = encoded([new Uint8Array([1, 2]), new Float64Array([1]), new Uint8Array([3]).buffer]);
  const value = cborCodec.decode(bytes);
  bytes.fill(0);
  assertSame(value, [new Uint8Array([1, 2]), new Float64Array([1]), new Uint8Array([3]).buffer]);
});

test("cborCodec reads a view of a larger buffer", () => {
  const bytes = encoded({ a: 1.5, b: [new Float64Array([2])] });
  const larger = new Uint8Array(bytes.length + 20);
  larger.set(bytes, 7);
  assertSame(cborCodec.decode(larger.subarray(7, 7 + bytes.length)), { a: 1.5, b: [new Float64Array([2])] });
});

test("cborCodec keeps a __proto__ key as a property and no prototype changes", () => {
  const value: unknown = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  );
  const back = roundTrip(value) as Record<string, unknown>;
  assert.ok(Object.hasOwn(back, "__proto__"));
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.equal(Reflect.get({}, "polluted"), undefined);
  assertSame(back, value);
});

test("cborCodec encodes in a getter that it calls itself", () => {
  const inner = { list: ["in"] };
  const value = {
    before: 1,
    get within(): string {
      return encoded(inner).toHex();
    },
    after: 2,
  };
  assert.deepEqual(roundTrip(value), { before: 1, within: encoded(inner).toHex(), after: 2 });
});

test("cborCodec is ready again after it refused a value", () => {
  const shared = {};
  assert.throws(() => encoded([shared, shared, () => 1]));
  assert.equal(encoded([{}, {}]).toHex(), "82a0a0");
});
