import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cborCodec } from "../../../src/codec/cbor/cbor_codec.ts";
import { readSequence } from "../../../src/codec/cbor/cbor_sequence.ts";
import { CodecError } from "../../../src/errors.ts";
import { collectGarbage } from "../../_garbage.ts";
import { isDeno } from "../../_runtime.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { mutants } from "./_mutants.ts";
import { encodedWhole, seeded } from "./_streams.ts";
import { graph, leaf } from "./_values.ts";

const MIB = 1024 * 1024;

type Random = (below: number) => number;

/** Bytes one after the other. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Pulls chunks of random sizes, some of them empty, at once or later. */
function pulled(
  bytes: Uint8Array,
  random: Random,
  most: number,
): () => Promise<Uint8Array | undefined> | Uint8Array | undefined {
  let at = 0;
  return () => {
    assert.ok(at <= bytes.length, "asked for more after the end");
    if (at === bytes.length) return void at++;
    const size = most === 1 ? 1 : random(most + 1);
    const chunk = bytes.slice(at, at + size);
    at += chunk.length;
    return random(2) === 0 ? chunk : Promise.resolve(chunk);
  };
}

/** The items that are read, and the error that ended it, which must be a CodecError that says "malformed" and where. */
async function outcome(
  next: () => Promise<Uint8Array | undefined> | Uint8Array | undefined,
): Promise<{ readonly items: unknown[]; readonly error: CodecError | undefined }> {
  const items: unknown[] = [];
  try {
    for await (const item of readSequence(next)) items.push(item);
  } catch (error) {
    assert.ok(error instanceof CodecError, `another error: ${error}`);
    assert.equal(error.code, "malformed");
    assert.ok(error.message.endsWith(`at offset ${error.offset}`));
    return { items, error };
  }
  return { items, error: undefined };
}

async function assertReads(items: readonly unknown[], random: Random, most: number): Promise<void> {
  const read = await outcome(pulled(joined(items.map(encodedWhole)), random, most));
  if (read.error !== undefined) throw read.error;
  assert.equal(read.items.length, items.length);
  read.items.forEach((item, i) => assertSame(item, items[i]));
}

test("readSequence gives every kind of item, cut anywhere", { timeout: 60_000 }, async () => {
  const items = Object.values(corpus());
  for (const [seed, most] of [1, 3, 40, 5000, 1e9].entries()) await assertReads(items, seeded(seed), most);
});

test("readSequence gives generated items, cut anywhere", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(graph, leaf), { maxLength: 6 }),
      fc.nat(),
      fc.constantFrom(1, 4, 60, 1e6),
      (items, seed, most) => assertReads(items, seeded(seed), most),
    ),
    { numRuns: 500 },
  );
});

test("readSequence gives nothing of nothing", async () => {
  assert.deepEqual(await outcome(() => undefined), { items: [], error: undefined });
  const empty = [new Uint8Array(), new Uint8Array()];
  assert.deepEqual(await outcome(() => empty.pop()), { items: [], error: undefined });
});

test("readSequence gives items of more than 1 MiB among small ones", { timeout: 60_000 }, async () => {
  const items = [
    new Uint8Array(3 * MIB).fill(7),
    1,
    "é".repeat(MIB),
    new Float64Array(MIB / 4).fill(1.5),
    Array.from({ length: 60_000 }, (_, i) => ({ i, text: "some text or other" })),
    [new Uint8Array(100_000), "x".repeat(100_000), { ["k".repeat(70_000)]: new Uint8Array(70_000) }],
    null,
  ];
  for (const most of [5000, 100_000, 1e9]) await assertReads(items, seeded(most), most);
});

test("readSequence reads what the codec streams", async () => {
  const items = [Array.from({ length: 100_000 }, (_, i) => `text ${i}`), "between", new Uint8Array(2 * MIB)];
  const bytes: Uint8Array[] = [];
  for (const item of items) {
    const encoded = await cborCodec.encode(item);
    for await (const chunk of encoded instanceof Uint8Array ? [encoded] : encoded) bytes.push(chunk);
  }
  assertSame((await outcome(() => bytes.shift())).items, items);
});

test("readSequence gives an item at its last byte, and asks for nothing before it is taken", async () => {
  // A form of more than 256 KiB is the exception; see README.md.
  for (const [name, item] of Object.entries(corpus())) {
    const bytes = encodedWhole(item);
    for (const size of [1, bytes.length]) {
      let at = 0;
      const items = readSequence(() => {
        assert.ok(at < bytes.length, `${name}: asked for more than the item`);
        return bytes.slice(at, at += size);
      });
      assertSame((await items.next()).value, item);
      assert.equal(at, bytes.length);
      await items.return();
    }
  }
});

test("readSequence gives the item of a source that then never answers", async () => {
  const bytes = [encodedWhole({ first: true })];
  const items = readSequence(() => bytes.pop() ?? new Promise<Uint8Array>(() => {}));
  assert.deepEqual(await items.next(), { done: false, value: { first: true } });
});

test("readSequence gives all items of a chunk before it asks for the next", async () => {
  const whole = encodedWhole("text");
  const chunks = [joined([whole, whole, whole, whole.subarray(0, 2)]), whole.subarray(2)];
  let asked = 0;
  const seen: number[] = [];
  for await (const item of readSequence(() => chunks[asked++])) {
    assert.equal(item, "text");
    seen.push(asked);
  }
  assert.deepEqual(seen, [1, 1, 1, 2]);
});

test("readSequence refuses a sequence that is cut off within an item, at every byte", async () => {
  const items = Object.values(corpus());
  const parts = items.map(encodedWhole).filter((part) => part.length < 300);
  const whole = joined(parts);
  const ends = new Map<number, number>([[0, 0]]);
  let end = 0;
  parts.forEach((part, i) => ends.set(end += part.length, i + 1));
  const random = seeded(8);
  let before = 0;
  for (let size = 0; size < whole.length; size++) {
    before = ends.get(size) ?? before;
    const read = await outcome(pulled(whole.subarray(0, size), random, 2000));
    assert.equal(read.items.length, before, `cut to ${size}`);
    assert.equal(read.error === undefined, ends.has(size), `cut to ${size}`);
    assert.ok((read.error?.offset ?? 0) <= size);
  }
});

test("readSequence says where in the sequence an item is damaged, after those before it", async () => {
  const damaged = Uint8Array.of(0xff);
  const cases: readonly (readonly Uint8Array[])[] = [
    [],
    [encodedWhole("text"), encodedWhole([1, 2])],
    [encodedWhole(new Uint8Array(200_000))],
    [encodedWhole(1), encodedWhole("x".repeat(70_000)), encodedWhole({ a: new Uint8Array(90_000) })],
  ];
  for (const before of cases) {
    for (const most of [1000, 1e6]) {
      const bytes = joined([...before, damaged, encodedWhole("after")]);
      const { items, error } = await outcome(pulled(bytes, seeded(9), most));
      assert.equal(items.length, before.length);
      assert.equal(error?.offset, bytes.length - 7);
    }
  }
});

test("readSequence gives of damaged sequences the same however they come", { timeout: 120_000 }, async () => {
  const random = seeded(10);
  const after = encodedWhole(["after", { it: 1 }]);
  let broken = 0;
  for (const mutant of mutants(5000, 11)) {
    const bytes = joined([after, mutant, after]);
    const once = await outcome(pulled(bytes, random, 1e6));
    const cut = await outcome(pulled(bytes, random, [1, 4, 60][random(3)] ?? 1));
    assert.equal(cut.error === undefined, once.error === undefined, bytes.toHex());
    assert.ok(once.items.length >= 1);
    assertSame(cut.items, once.items);
    if (once.error !== undefined) broken++;
  }
  assert.ok(broken > 1000 && broken < 4900, `${broken} of 5000 were broken`);
});

test("readSequence shares nothing between items", async () => {
  const shared = { name: "shared" };
  const twice = encodedWhole([shared, shared]);
  const { items } = await outcome(pulled(joined([twice, twice]), seeded(12), 3));
  const [first, second] = items as [object[], object[]];
  assert.ok(first[0] === first[1] && second[0] === second[1]);
  assert.notEqual(first[0], second[0]);
  // The shared value number 0, in an item that has none.
  const { items: [only], error } = await outcome(
    pulled(joined([twice, Uint8Array.of(0xd8, 29, 0)]), seeded(13), 3),
  );
  assertSame(only, [shared, shared]);
  assert.match(error?.message ?? "", /a reference leads to no shared value/);
});

test("readSequence gives items that share no memory with the chunks", async () => {
  const value = [
    new Uint8Array(100_000).fill(1),
    new Uint8Array(10).fill(2),
    new Float32Array(8),
    "text".repeat(9),
  ];
  const chunks = [encodedWhole(value)];
  const [chunk = new Uint8Array()] = chunks;
  const { items } = await outcome(() => chunks.pop());
  chunk.fill(9);
  assertSame(items, [value]);
});

test("readSequence passes over the tag that says CBOR before any item", async () => {
  const tag = Uint8Array.of(0xd9, 0xd9, 0xf7);
  const bytes = joined([tag, encodedWhole(1), tag, encodedWhole("two"), encodedWhole(new Map([[1, 2]]))]);
  for (const most of [1, 100]) {
    assertSame((await outcome(pulled(bytes, seeded(14), most))).items, [1, "two", new Map([[1, 2]])]);
  }
  const { error } = await outcome(pulled(tag, seeded(15), 1));
  assert.match(error?.message ?? "", /ends where a value should stand at offset 3/);
});

test("readSequence passes on what its source throws, after the items before it", async () => {
  for (const fail of [() => Promise.reject(new RangeError("broken")), () => assert.fail("broken")]) {
    const chunks = [encodedWhole(1)];
    const items = readSequence(() => chunks.pop() ?? fail());
    assert.equal((await items.next()).value, 1);
    await assert.rejects(items.next(), /broken/);
    assert.deepEqual(await items.next(), { done: true, value: undefined });
  }
});

test("readSequence allocates nothing for what an item declares and does not bring", async () => {
  const before = process.memoryUsage().rss;
  for (
    const hex of [
      "5b0000000fffffffff",
      "7b00000000ffffffff",
      "9b000fffffffffffff",
      "bb000fffffffffffff",
      "d8565b000000f000000000",
      "d90102" + "9affffffff",
      "d81b836541727261791affffffffa0",
    ]
  ) {
    const bytes = joined([encodedWhole(1), Uint8Array.fromHex(hex), new Uint8Array(100_000)]);
    const { items } = await outcome(pulled(bytes, seeded(16), 9000));
    assert.equal(items[0], 1);
  }
  assert.ok(process.memoryUsage().rss - before < 64 * MIB);
});

test("readSequence reads a long sequence of large items in flat memory", { timeout: 60_000 }, async () => {
  const whole = encodedWhole([new Uint8Array(8 * MIB).fill(3), "x".repeat(MIB)]);
  let asked = 0;
  const chunk = MIB / 4;
  const perItem = Math.ceil(whole.length / chunk);
  const next = (): Uint8Array | undefined => {
    if (asked === 60 * perItem) return undefined;
    const at = (asked++ % perItem) * chunk;
    return whole.subarray(at, at + chunk);
  };
  const before = process.memoryUsage().rss;
  let count = 0;
  for await (const _ of readSequence(next)) {
    if (count++ % 10 === 0) await collectGarbage();
    assert.ok(process.memoryUsage().rss - before < 200 * MIB, `after ${count} items`);
  }
  assert.equal(count, 60);
});

test("readSequence holds no large item that was taken", {
  skip: isDeno ? false : "Bun's collector is conservative",
}, async () => {
  const bytes = encodedWhole(new Uint8Array(MIB));
  let at = 0;
  const items = readSequence(() =>
    at < bytes.length ? bytes.slice(at, at += 100_000) : new Promise<undefined>(() => {})
  );
  const first = async (): Promise<WeakRef<object>> => {
    const { value } = await items.next();
    assert.ok(value instanceof Uint8Array && value.length === MIB);
    return new WeakRef(value);
  };
  const taken = await first();
  items.next();
  for (let turn = 0; turn < 3; turn++) await collectGarbage();
  assert.ok(taken.deref() === undefined);
});
