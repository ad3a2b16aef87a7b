import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CodecError } from "../../../src/errors.ts";
import { cloudpickleCodec } from "../../../src/codec/pickle/cloudpickle_codec.ts";
import { pickleCodec } from "../../../src/codec/pickle/pickle_codec.ts";
import { PickleObject } from "../../../src/codec/pickle_object.ts";
import { assertSame } from "../_same.ts";
import { bytesOf, inChunks, plainCorpus, seeded } from "./_bytes.ts";
import { plainLeaf, plainValue } from "./_values.ts";

function encoded(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes = pickleCodec.encode(value);
  assert.ok(bytes instanceof Uint8Array, "encode answers at once");
  return bytes;
}

function roundTrip(value: unknown): unknown {
  return pickleCodec.decode(encoded(value));
}

function read(hex: string): unknown {
  return pickleCodec.decode(Uint8Array.fromHex(hex.replaceAll(" ", "")));
}

test("pickleCodec is named pickle", () => {
  assert.equal(pickleCodec.name, "pickle");
});

test("pickleCodec gives back every kind of plain value", () => {
  for (const [name, value] of Object.entries(plainCorpus())) {
    try {
      assertSame(roundTrip(value), value);
    } catch (cause) {
      throw new Error(name, { cause });
    }
  }
});

test("pickleCodec gives back generated plain values", { timeout: 60_000 }, () => {
  fc.assert(fc.property(plainValue, (value) => assertSame(roundTrip(value), value)), { numRuns: 2000 });
});

test("pickleCodec writes plain values as cloudpickleCodec does, byte for byte", { timeout: 60_000 }, () => {
  const codec = cloudpickleCodec();
  fc.assert(fc.property(plainValue, (value) => assert.deepEqual(codec.encode(value), encoded(value))), {
    numRuns: 500,
  });
  for (const value of Object.values(plainCorpus())) assert.deepEqual(codec.encode(value), encoded(value));
});

test("pickleCodec writes what it has read as the same bytes", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(plainValue, (value) => assert.deepEqual(encoded(roundTrip(value)), encoded(value))),
    { numRuns: 500 },
  );
});

test("pickleCodec reads streams in any chunks as it reads bytes", { timeout: 60_000 }, async () => {
  const random = seeded(1);
  for (const value of Object.values(plainCorpus())) {
    const bytes = encoded(value);
    assertSame(await pickleCodec.decode(inChunks(bytes, () => 1)), value);
    assertSame(await pickleCodec.decode(inChunks(bytes, () => 1 + random(9))), value);
    assertSame(await pickleCodec.decode(inChunks(bytes, () => bytes.length)), value);
  }
  await fc.assert(
    fc.asyncProperty(plainValue, async (value) => {
      assertSame(await pickleCodec.decode(inChunks(encoded(value), () => 1 + random(20))), value);
    }),
    { numRuns: 300 },
  );
});

/** Values of more than 1 MiB, of each kind that can stop on the way. */
function largeValues(): Record<string, unknown> {
  const random = seeded(7);
  const object = { id: 1 };
  return {
    "records": Array.from(
      { length: 30_000 },
      (_, i) => ({ id: i, name: `name ${i}`, tags: ["a", i / 3], object }),
    ),
    "texts": Array.from({ length: 300 }, (_, i) => "é".repeat(2000 + i)),
    "a long text": ["𝄞".repeat(500_000), "after"],
    "a long text with a lone surrogate": [`${"x".repeat(1_200_000)}\ud800`, "after"],
    "bytes": [new Uint8Array(1_500_000).map(() => random(256)), new Uint8Array(70_000).fill(7), "after"],
    "a typed array alone": new Float64Array(200_000).map(() => random(1000) / 7),
    "shaped": Object.assign(new Float32Array(600_000).fill(1.5), { shape: [600, 1000] }),
    "bigint": [(1n << 900_000n) + 1n, "x".repeat(1_100_000)],
    "Map of texts": new Map(Array.from({ length: 60_000 }, (_, i) => [`key number ${i}`, { i }])),
    "Map of objects": new Map(Array.from({ length: 60_000 }, (_, i) => [{ i }, `value number ${i}`])),
    "Set of numbers": new Set(Array.from({ length: 300_000 }, (_, i) => i * 7)),
    "Set of objects": new Set(Array.from({ length: 90_000 }, (_, i) => [`member ${i}`])),
    "object": Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`name ${i}`, { value: i }])),
    "sparse": Object.assign(
      [],
      Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [2 * i + 1, `v${i}`])),
    ),
    "ArrayBuffer": [new ArrayBuffer(1_500_000)],
  };
}

test(
  "pickleCodec writes more than 1 MiB as a stream, the same at any rhythm",
  { timeout: 120_000 },
  async () => {
    const random = seeded(3);
    for (const [name, value] of Object.entries(largeValues())) {
      const stream = pickleCodec.encode(value);
      assert.ok(stream instanceof ReadableStream, name);
      const chunks: Uint8Array[] = [];
      for await (const chunk of stream) {
        chunks.push(chunk);
        if (random(3) === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      }
      const bytes = await bytesOf(pickleCodec, value);
      assert.ok(bytes.length > 1 << 20, name);
      assert.deepEqual(await new Blob(chunks as BlobPart[]).bytes(), bytes, name);
      assert.ok(chunks.every((chunk) => chunk.length > 0 && chunk.length <= 2 << 20), name);
      assertSame(pickleCodec.decode(bytes), value);
      assertSame(await pickleCodec.decode(inChunks(bytes, () => 1 + random(200_000))), value);
    }
  },
);

test("pickleCodec gives bytes up to 1 MiB and a stream beyond", () => {
  // 2 for the protocol, 5 for the bytes' head, 1 each to remember and to stop.
  assert.ok(pickleCodec.encode(new Uint8Array((1 << 20) - 9)) instanceof Uint8Array);
  assert.ok(pickleCodec.encode(new Uint8Array(1 << 20)) instanceof ReadableStream);
});

test("pickleCodec shares no memory with the value, in bytes or in a stream", async () => {
  for (const length of [10, 100_000, 2_000_000]) {
    const value = new Uint8Array(length).fill(1);
    const written = pickleCodec.encode(value);
    const chunks = written instanceof Uint8Array
      ? [written]
      : await Array.fromAsync(written as ReadableStream<Uint8Array>);
    for (const chunk of chunks) chunk.fill(9);
    assert.ok(value.every((each) => each === 1), `${length}`);
  }
});

test("pickleCodec gives values that share no memory with the bytes", async () => {
  const value = [new Uint8Array([1, 2]), new Float64Array([1]), new Uint8Array([3]).buffer, "text", "é"];
  const bytes = encoded(value);
  const chunk = bytes.slice();
  const read = [pickleCodec.decode(bytes), await pickleCodec.decode(ReadableStream.from([chunk]))];
  bytes.fill(0);
  chunk.fill(0);
  for (const each of read) assertSame(each, value);
});

test("pickleCodec gives bytes that later calls leave alone", () => {
  const first = encoded("first");
  const kept = first.slice();
  encoded("other");
  assert.deepEqual(first, kept);
  assert.equal(first.buffer.byteLength, first.byteLength);
});

test("pickleCodec reads a view of a larger buffer", () => {
  const bytes = encoded({ a: 1.5, b: [new Float64Array([2])] });
  const larger = new Uint8Array(bytes.length + 20);
  larger.set(bytes, 7);
  assertSame(pickleCodec.decode(larger.subarray(7, 7 + bytes.length)), {
    a: 1.5,
    b: [new Float64Array([2])],
  });
});

test("pickleCodec stops writing when its stream is cancelled", async () => {
  let reads = 0;
  const value = Array.from({ length: 100_000 }, (_, i) => ({
    get text(): string {
      reads++;
      return `a text of some length, number ${i}`;
    },
  }));
  const stream = pickleCodec.encode(value);
  assert.ok(stream instanceof ReadableStream);
  const reader = stream.getReader();
  await reader.read();
  await reader.cancel();
  const before = reads;
  assert.ok(before < 100_000);
  assert.deepEqual(await reader.read(), { done: true, value: undefined });
  assert.equal(reads, before);
  assert.equal(roundTrip(1), 1);
});

test("pickleCodec's stream fails where a getter throws, with its path", async () => {
  const value = [
    new Uint8Array(2_000_000),
    {
      get broken(): never {
        throw new Error("from the getter");
      },
    },
  ];
  const stream = pickleCodec.encode(value);
  await assert.rejects(
    async () => await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer(),
    (error) => error instanceof CodecError && error.path === "$[1]" && error.code === "unencodable",
  );
});

test("pickleCodec's stream of a value that changes meanwhile is a whole pickle, or fails", async () => {
  const rows: unknown[] = Array.from({ length: 100_000 }, (_, i) => ({ name: `row number ${i}` }));
  const stream = pickleCodec.encode(rows);
  assert.ok(stream instanceof ReadableStream);
  rows.length = 90_000;
  rows[89_999] = "changed";
  const back = await pickleCodec.decode(stream) as unknown[];
  assert.equal(back.length, 90_000);
  assert.equal(back[89_999], "changed");

  const numbers = new Float64Array(400_000);
  const other = pickleCodec.encode([numbers, numbers.slice()]);
  structuredClone(numbers, { transfer: [numbers.buffer] });
  await assert.rejects(async () => await pickleCodec.decode(other as ReadableStream), /taken away/);
});

test("pickleCodec cancels the stream that it gives up on", async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array([0x80, 4, 0xff])),
    cancel: () => void (cancelled = true),
  });
  await assert.rejects(async () => await pickleCodec.decode(stream), CodecError);
  assert.ok(cancelled);
});

test("pickleCodec gives up at the first byte behind the value", async () => {
  const stream = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(encoded(1)) });
  await assert.rejects(
    async () => await pickleCodec.decode(stream),
    (error) => error instanceof CodecError && error.offset === encoded(1).length,
  );
});

test("pickleCodec keeps an error of the stream that it reads", async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("disk")),
  });
  await assert.rejects(async () => await pickleCodec.decode(stream), /^Error: disk$/);
});

test("pickleCodec keeps texts of every length apart", () => {
  for (const length of [39, 40, 41, 84, 85, 86, 127, 128, 255, 256, 257, 21_845, 65_535, 65_536]) {
    for (const unit of ["a", "é", "€", "𝄞"]) {
      const value = unit.repeat(Math.ceil(length / unit.length));
      assertSame(roundTrip([value, "next"]), [value, "next"]);
      assertSame(roundTrip([`${value}\ud800`, "next"]), [`${value}\ud800`, "next"]);
    }
  }
});

test("pickleCodec keeps integers at the borders of their opcodes", () => {
  const values = [8, 16, 31, 32, 39, 40, 47, 48, 52, 53].flatMap((bits) =>
    [-2, -1, 0, 1, 2].flatMap((by) => [2 ** bits + by, -(2 ** bits) + by])
  );
  assertSame(roundTrip(values), values);
  const bigints = values.filter(Number.isSafeInteger).flatMap((each) => [BigInt(each), BigInt(each) ** 7n]);
  assertSame(roundTrip(bigints), bigints);
});

test("pickleCodec keeps long and many-keyed containers, batch by batch", () => {
  for (const count of [999, 1000, 1001, 2000, 2001]) {
    const numbers = Array.from({ length: count }, (_, i) => i);
    assertSame(roundTrip(numbers), numbers);
    assertSame(roundTrip(new Set(numbers)), new Set(numbers));
    assertSame(roundTrip(new Map(numbers.map((i) => [i, i]))), new Map(numbers.map((i) => [i, i])));
    const byObject = new Map(numbers.map((i) => [{ i }, i]));
    assertSame(roundTrip(byObject), byObject);
    const object = Object.fromEntries(numbers.map((i) => [`k${i}`, i]));
    assertSame(roundTrip(object), object);
  }
});

test("pickleCodec reads a Map with bigints that no float holds as keys", () => {
  const value = new Map([[2n ** 1100n, 1], [-(2n ** 2000n), 2]]);
  assertSame(roundTrip(value), value);
});

test("pickleCodec keeps a long sparse array without room for its holes", () => {
  const sparse: unknown[] = [];
  sparse[4_000_000_000] = "far";
  assertSame(roundTrip(sparse), sparse);
});

test("pickleCodec keeps a __proto__ key as a property and no prototype changes", () => {
  const value: unknown = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  );
  const back = roundTrip(value) as Record<string, unknown>;
  assert.ok(Object.hasOwn(back, "__proto__"));
  assert.equal(Reflect.get({}, "polluted"), undefined);
  assertSame(back, value);
});

test("pickleCodec encodes in a getter that it calls itself", () => {
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

test("pickleCodec is ready again after it refused a value", () => {
  const shared = {};
  const before = encoded([{}, {}]);
  assert.throws(() => encoded([shared, shared, () => 1]));
  assert.deepEqual(encoded([{}, {}]), before);
});

test("pickleCodec reads every value that it writes, however deep it stands", () => {
  for (const [name, core] of Object.entries(plainCorpus())) {
    for (let levels = 990; levels <= 1000; levels++) {
      let value = core;
      for (let i = 0; i < levels; i++) value = [value];
      let bytes;
      try {
        bytes = encoded(value);
      } catch (error) {
        assert.match(String(error), /the most that can be written/);
        break;
      }
      assert.ok(Array.isArray(pickleCodec.decode(bytes)), `${name} in ${levels} arrays`);
    }
  }
  const dates = Object.assign(new BigInt64Array(1), { shape: [1], dtype: "datetime64[ns]" });
  let value: unknown = dates;
  for (let i = 0; i < 999; i++) value = [value];
  assert.ok(Array.isArray(roundTrip(value)));
});

test("pickleCodec reads a long chain whose links are listed first to last", () => {
  // Written, no link stands deeper than the list; read in another order, it would be nested 5000 levels deep.
  const links: unknown[] = [];
  for (let i = 0; i < 5000; i++) links.push({ i, previous: links[i - 1] ?? null });
  assertSame(encoded(roundTrip(links)), encoded(links));
});

test("pickleCodec keeps a dict that holds itself and more than a batch of numbered entries", () => {
  // {0: itself, 1: "a"}, then {2: "b"} put in afterwards.
  const value = read("80047d94284b0068004b018c01619475284b028c016294752e") as Map<unknown, unknown>;
  assert.ok(value instanceof Map);
  assert.deepEqual([...value.keys()], [0, 1, 2]);
  assert.equal(value.get(0), value);
});

test("pickleCodec keeps a duplicated dict one object when it becomes a Map", () => {
  // A list of one dict twice: by DUP, with a numbered entry put into the upper one.
  const value = read("8004 5d 28 7d 32 4b01 4e 73 65 2e") as unknown[];
  assert.ok(value[0] instanceof Map);
  assert.equal(value[0], value[1]);
});

test("pickleCodec reads a DICT of many entries", () => {
  const entries = "4b01".repeat(2).repeat(300_000);
  assertSame(read(`8004 28 ${entries} 64 2e`), new Map([[1, 1]]));
});

test(
  "pickleCodec reads lines longer than 16 MiB, at once and from a stream",
  { timeout: 60_000 },
  async () => {
    const text = "x".repeat(17 << 20);
    const bytes = new TextEncoder().encode(`V${text}\n.`);
    assert.equal(pickleCodec.decode(bytes), text);
    assert.equal(await pickleCodec.decode(inChunks(bytes, () => 1 << 16)), text);
  },
);

test("pickleCodec refuses a dtype that is none of the array's class", () => {
  const refused = [
    Object.assign(new Float64Array(4), { shape: [4], dtype: "bool" }),
    Object.assign(new Float64Array(4), { shape: [4], dtype: "datetime64[ns]" }),
    Object.assign(new BigInt64Array(4), { shape: [4], dtype: "datetime64[fortnight]" }),
    Object.assign(new Uint8Array(4), { shape: [4], dtype: "toString" }),
  ];
  for (const value of refused) {
    assert.throws(
      () => encoded({ value }),
      (error) => error instanceof CodecError && error.path === "$.value",
    );
  }
  const kept = [
    Object.assign(new Uint8Array(4), { shape: [2, 2], dtype: "bool" }),
    Object.assign(new Float64Array(4), { shape: [2], dtype: "complex128" }),
    Object.assign(new BigInt64Array(2), { shape: [2], dtype: "timedelta64[25us]" }),
    Object.assign(new Uint8ClampedArray(2), { shape: [2, 1] }),
    Object.assign(new Uint8Array(1), { shape: [] }),
  ];
  assertSame(roundTrip(kept), kept);
});

test("pickleCodec writes a PickleObject back as it was read", () => {
  const global = new PickleObject({ module: "decimal", name: "Decimal", kind: "global" });
  const call = new PickleObject({ module: "decimal", name: "Decimal", kind: "call", args: ["1.10"] });
  const made = new PickleObject({ module: "m", name: "C", kind: "new", args: [], kwargs: { a: 1 } });
  made.state = { self: made, call };
  made.items = [1, made];
  made.entries = [["k", made], [global, 2]];
  const nested = new PickleObject({ module: "", name: "", kind: "call", callee: call, args: [made] });
  const value = [global, call, made, nested, call];
  assertSame(roundTrip(value), value);
});

/** Python objects of every kind, which hold each other: those before them anywhere, any in items, entries and state. */
const pickleObjects = fc.array(
  fc.record({
    kind: fc.constantFrom("global", "call", "new"),
    args: fc.array(fc.oneof(plainLeaf, fc.nat().map((to) => ({ to }))), { maxLength: 3 }),
    hasCallee: fc.boolean(),
    kwargs: fc.option(fc.dictionary(fc.string(), plainLeaf, { minKeys: 1, maxKeys: 2 }), { nil: undefined }),
    items: fc.option(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { nil: undefined }),
    entries: fc.option(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), { nil: undefined }),
    state: fc.option(fc.nat(), { nil: undefined }),
    hasSetter: fc.boolean(),
  }),
  { minLength: 1, maxLength: 7 },
).map((parts) => {
  const made: PickleObject[] = [];
  const global = new PickleObject({ module: "m", name: "first", kind: "global" });
  for (const [i, { kind, args, hasCallee, kwargs }] of parts.entries()) {
    const before = (to: number): PickleObject => made[to % made.length] ?? global;
    const callee = hasCallee && kind !== "global" && i > 0
      ? made.find((each) => each.kind !== "global")
      : undefined;
    made.push(
      new PickleObject({
        module: callee === undefined ? "module" : "",
        name: callee === undefined ? `C${i}` : "",
        kind: kind as "global",
        args: kind === "global"
          ? []
          : args.map((arg) =>
            typeof arg === "object" && arg !== null && "to" in arg ? before(Number(arg.to)) : arg
          ),
        ...kind === "new" && kwargs !== undefined ? { kwargs } : {},
        ...callee === undefined ? {} : { callee },
      }),
    );
  }
  for (const [i, { kind, items, entries, state, hasSetter }] of parts.entries()) {
    const object = made[i];
    if (object === undefined || kind === "global") continue;
    const any = (to: number): unknown => made[to % made.length];
    if (items !== undefined) object.items = items.map(any);
    if (entries !== undefined) object.entries = entries.map((to) => [any(to + 1), any(to)]);
    if (state !== undefined && hasSetter) {
      object.setter = new PickleObject({ module: "m", name: "setter", kind: "global" });
    }
    if (state !== undefined) object.state = { of: any(state) };
  }
  return made;
});

test(
  "pickleCodec writes generated PickleObjects back as they are, or refuses them",
  { timeout: 60_000 },
  () => {
    let kept = 0;
    fc.assert(
      fc.property(pickleObjects, (value) => {
        let bytes;
        try {
          bytes = encoded(value);
        } catch (error) {
          // One whose items lead to another that is made of it stands in its own making.
          assert.match(String(error), /refers to an object from within that object's own state/);
          return;
        }
        assertSame(pickleCodec.decode(bytes), value);
        kept++;
      }),
      { numRuns: 1000 },
    );
    assert.ok(kept > 500, `${kept}`);
  },
);

test("pickleCodec refuses a call with arguments by name, which pickles do not have", () => {
  const value = new PickleObject({ module: "m", name: "f", kind: "call", kwargs: { a: 1 } });
  assert.throws(() => encoded([value]), /\$\[0\] as pickle: pickles have no call with arguments by name/);
});

test("pickleCodec writes what were tuples within a PickleObject as tuples again", () => {
  // m.C.__new__(C), then the state (None, {"a": (1,)}): a class with __slots__.
  const hex = "80048c016d8c0143932981 4e 7d8c01614b018573 86 62 2e";
  const opcodes = (bytes: Uint8Array): string => bytes.toHex();
  const once = encoded(read(hex));
  assert.equal(opcodes(encoded(pickleCodec.decode(once))), opcodes(once));
  // None, the dict, and its tuple of one: TUPLE twice, no list.
  assert.ok(!opcodes(once).includes("5d"), opcodes(once));
});
