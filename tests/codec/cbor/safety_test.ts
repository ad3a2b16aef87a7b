import assert from "node:assert/strict";
import { test } from "node:test";
import { CodecError } from "../../../src/errors.ts";
import { cborCodec } from "../../../src/codec/cbor/cbor_codec.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { mutants } from "./_mutants.ts";
import { seeded } from "./_streams.ts";

/** What decoding gives: the value, or the error, which must be a CodecError that says "malformed". */
function decoded(bytes: Uint8Array): { value: unknown } | { error: CodecError } {
  try {
    return { value: cborCodec.decode(bytes) };
  } catch (error) {
    assert.ok(error instanceof CodecError, `another error for ${bytes.toHex()}: ${error}`);
    assert.equal(error.code, "malformed");
    assert.ok(error.offset !== undefined && error.offset >= 0 && error.offset <= bytes.length, error.message);
    return { error };
  }
}

function refusal(hex: string): CodecError {
  const result = decoded(Uint8Array.fromHex(hex));
  assert.ok("error" in result, `${hex} was read`);
  return result.error;
}

function encoded(value: unknown): Uint8Array {
  const bytes = cborCodec.encode(value);
  assert.ok(bytes instanceof Uint8Array);
  return bytes;
}

const MALFORMED: readonly (readonly [hex: string, reason: RegExp])[] = [
  ["", /ends where a value should stand at offset 0/],
  ["0000", /bytes follow the value at offset 1/],
  ["18", /ends within an item's head/],
  ["1bffffffff", /ends within an item's head/],
  ["1c", /head is not valid at offset 0/],
  ["1f", /no declared length/],
  ["ff", /a simple value has no meaning/],
  ["f0", /a simple value has no meaning/],
  ["f800", /a simple value has no meaning/],
  ["f97e", /ends within a number/],
  ["fb00000000", /ends within a number/],
  ["4201", /a string of 2 bytes is declared where 1 are left/],
  ["5affffffff00", /a string of 4294967295 bytes is declared/],
  ["5bffffffffffffffff", /a string of .* bytes is declared/],
  ["7affffffff", /a string of 4294967295 bytes/],
  ["62c328", /a text is not UTF-8 at offset 1/],
  ["63eda080", /a text is not UTF-8/],
  [`7830${"80".repeat(48)}`, /a text is not UTF-8/],
  ["7f616161ff", /no declared length/],
  ["9f01ff", /no declared length/],
  ["bfff", /no declared length/],
  ["8201", /ends where a value should stand/],
  ["82ff01", /a simple value has no meaning/],
  ["9affffffff", /4294967295 elements are declared/],
  ["9bffffffffffffffff", /elements are declared/],
  ["baffffffff", /4294967295 elements are declared/],
  ["838381018101", /elements are declared|should stand/],
  ["a10101", /a text is missing/],
  ["a2616101616102", /a map has a key twice/],
  ["a2695f5f70726f746f5f5f01695f5f70726f746f5f5f02", /a map has a key twice/],
  ["c001", /tag 0 is not known/],
  ["d9dfff83190100816161f6", /tag 57343 is not known/],
  ["d81869", /tag 24 is not known/],
  ["dbffffffffffffffff00", /tag .* is not known/],
  ["c16161", /a number is missing/],
  ["c2616101", /another kind/],
  ["d84000", /another kind/],
  ["d8564101", /a typed array is not valid/],
  ["d85350" + "00".repeat(16), /a typed array is not valid/],
  ["d81d00", /leads to no shared value/],
  ["d81c82d81d0100", /leads to no shared value/],
  ["d81cd81d00", /leads to no shared value/],
  ["d81cd81c80", /marked as shared twice/],
  ["d820686e6f742075726c", /cannot be restored|should stand|declared/],
  ["d820676e6f742075726c", /cannot be restored/],
  ["d82071687474703a2f2f6578616d706c652e6f7267", /not in its normal form|declared/],
  ["d9010282" + "01" + "01", /a Set has a member twice/],
  ["d90103a201010102", /a Map has a key twice/],
  ["d9010301", /another kind/],
  ["d9011142eda0", /not WTF-8/],
  ["d9011141ff", /not WTF-8/],
  ["d9011142c080", /not WTF-8/],
  ["d9524a82612860", /cannot be restored/],
  ["d9524a8261616178", /cannot be restored/],
  ["d9524a80", /regular expression is not valid/],
  ["d81b80", /no type name/],
  ["d81b8101", /another kind/],
  ["d81b8168556e6b6e6f776e21", /objects of type "Unknown!" are not known/],
  ["d81b8169" + "5f5f70726f746f5f5f".slice(0, 18), /objects of type "__proto__" are not known/],
  ["d81b826846756e6374696f6e6161", /objects of type "Function" are not known/],
  ["d81b82644461746500" + "00", /bytes follow/],
  ["d81b8164446174" + "65", /an object of type "Date" is not valid/],
  ["d81b82634d61706161", /last key has no value/],
  ["d81b826a53796d626f6c2e666f7201", /a text is missing/],
  ["d81b82664f626a65637480", /a boxed primitive is none/],
  ["d81b836d4f626a6563742e63726561746580a0", /prototype is not null/],
  ["d81b836541727261793a00000000a0", /length is not valid/],
  ["d81b836541727261791b0000000100000000a0", /length is not valid/],
  ["d81b8365417272617902a1666c656e67746801", /cannot be restored/],
  ["d81b8365417272617902a1613505", /longer than it says/],
];

test("cborCodec refuses malformed bytes, and says where", () => {
  for (const [hex, reason] of MALFORMED) {
    const error = refusal(hex);
    assert.match(error.message, reason, hex);
    assert.match(error.message, /^Cannot read CBOR: .* at offset \d+$/);
  }
});

test("cborCodec refuses every truncation of every kind of value", () => {
  for (const [name, value] of Object.entries(corpus())) {
    const bytes = encoded(value);
    for (let size = 0; size < bytes.length; size++) {
      assert.ok("error" in decoded(bytes.subarray(0, size)), `${name} cut to ${size}`);
    }
  }
});

test("cborCodec refuses every value with a byte after it", () => {
  for (const [name, value] of Object.entries(corpus())) {
    const bytes = encoded(value);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    assert.ok("error" in decoded(longer), name);
  }
});

test("cborCodec refuses what is nested too deeply, with a clear message", () => {
  for (const levels of [1001, 10_000, 1_000_000]) {
    for (
      const level of [
        "81", // array
        "a16161", // map
        "d9010281", // Set
        "d90103a161", // Map
        "d81b826353657" + "4", // Set as an object
        "d81b83634d6170", // Map as an object
        "d81b82664f626a656374", // boxed
        "d81b836d4f626a6563742e637265617465f6a16161",
        "d81b83654572726f72a1656361757365", // Error
        "d81b8365417272617901a16130",
        "d81b847654656d706f72616c2e5a6f6e65644461746554696d65",
        "d81c81",
        "d81c",
        "c1",
        "c2",
        "d820",
        "d81d",
      ]
    ) {
      const error = refusal(level.repeat(levels));
      const nests = !["d81c", "c1", "c2", "d820", "d81d", "d90103a161"].includes(level);
      if (nests && levels < 1_000_000) {
        assert.match(error.message, /more than 1000 levels deep|declared/, level);
      }
    }
  }
  assert.match(refusal("81".repeat(10_000) + "00").message, /nested more than 1000 levels deep at offset/);
});

test("cborCodec allocates no more than there are bytes for", () => {
  const before = process.memoryUsage().rss;
  const hostile: string[] = [
    "9a00ffffff".repeat(1000), // arrays of 16 million each
    "ba00ffffff".repeat(1000),
    "d90103ba00ffffff",
    "d901029a00ffffff",
    "5a7fffffff",
    "d8565a7ffffff8",
    "d81b9a00ffffff634d6170",
  ];
  for (const hex of hostile) refusal(hex);
  // 900 sparse arrays of nearly 2^32 elements and 900 of 1000, with nothing in them.
  for (const length of ["1affffffff", "1903e8"]) {
    const many = `990384${`d81b83654172726179${length}a0`.repeat(900)}`;
    const result = decoded(Uint8Array.fromHex(many));
    assert.ok("value" in result);
    assert.ok(Array.isArray(result.value) && result.value.length === 900);
  }
  assert.ok(process.memoryUsage().rss - before < 64 * 2 ** 20);
});

test("cborCodec reads nothing but values out of hostile names", () => {
  const value: unknown = cborCodec.decode(
    Uint8Array.fromHex(
      "d81b83654572726f72" + // ["Error",
        "a2695f5f70726f746f5f5fa168706f6c6c75746564f5" + "656d65746f6402" + //  {__proto__: {polluted: true}, …},
        "a1695f5f70726f746f5f5fa168706f6c6c75746564f5", //  {__proto__: {polluted: true}}]
    ),
  );
  assert.ok(value instanceof Error);
  assert.equal(Object.getPrototypeOf(value), Error.prototype);
  assert.equal(Reflect.get({}, "polluted"), undefined);
  assert.equal(Reflect.get(new Error("x"), "polluted"), undefined);
});

test("cborCodec reads what other writers write: self-described, wide heads, big-endian arrays, large integers", () => {
  const read = (hex: string): unknown => cborCodec.decode(Uint8Array.fromHex(hex));
  assertSame(read("d9d9f7820102"), [1, 2]);
  assertSame(read("9b0000000000000002" + "1800" + "1b0000000000000001"), [0, 1]);
  assertSame(read("d84144" + "00010203"), new Uint16Array([1, 0x203]));
  assertSame(read("d85248" + "3ff0000000000000"), new Float64Array([1]));
  assertSame(read("d8404101"), new Uint8Array([1]));
  assertSame(read("1bffffffffffffffff"), 2n ** 64n - 1n);
  assertSame(read("3bffffffffffffffff"), -(2n ** 64n));
  assertSame(read("1b0020000000000000"), 2n ** 53n);
  assertSame(read("1b001fffffffffffff"), Number.MAX_SAFE_INTEGER);
  assertSame(read("3b001fffffffffffff"), -(2n ** 53n));
  assertSame(read("f93e00"), 1.5);
  assertSame(read("f90001"), 2 ** -24);
  assertSame(read("f9fbff"), -65504);
});

test("cborCodec reads 20,000 damaged values or refuses them", { timeout: 60_000 }, () => {
  let read = 0;
  for (const bytes of mutants(20_000, 1)) {
    const result = decoded(bytes);
    if ("error" in result) continue;
    read++;
    // What is read is a value like any other: written again it is the same.
    const again = decoded(encoded(result.value));
    assert.ok("value" in again, bytes.toHex());
    assertSame(again.value, result.value);
  }
  assert.ok(read > 500 && read < 19_000, `${read} of 20000 were read`);
  assert.deepEqual(Object.keys(Object.prototype), []);
});

test("cborCodec reads 20,000 random byte strings or refuses them", { timeout: 60_000 }, () => {
  const random = seeded(2);
  for (let i = 0; i < 20_000; i++) decoded(Uint8Array.from({ length: 1 + random(40) }, () => random(256)));
  assert.deepEqual(Object.keys(Object.prototype), []);
});
