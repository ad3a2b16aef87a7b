import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cborCodec } from "../../../src/codec/cbor/cbor_codec.ts";
import { readStream } from "../../../src/codec/cbor/_read_stream.ts";
import { CodecError } from "../../../src/errors.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { mutants } from "./_mutants.ts";
import { decodedStream, encodedInChunks, encodedWhole, joined, rechunked, seeded } from "./_streams.ts";
import { graph, leaf, leafObject } from "./_values.ts";

const MIB = 1024 * 1024;

/** Values that have to do with where a chunk ends. */
function large(): Record<string, unknown> {
  const shared = { name: "shared", list: [1, 2, 3] };
  const cycle: Record<string, unknown> = { shared, first: "x".repeat(100) };
  cycle["self"] = cycle;
  cycle["list"] = [cycle, shared, new Map([[shared, cycle]]), new Set([cycle, 1])];
  return {
    cycle,
    bytes: [
      new Uint8Array(200_000).fill(7),
      "between",
      new Float64Array(20_000).fill(1.5),
      new Uint8Array(3),
    ],
    "bytes in forms": [new ArrayBuffer(70_000), new DataView(new ArrayBuffer(80_000)), new Date(0)],
    "long texts": { ["k".repeat(70_000)]: "é".repeat(70_000), next: "\ud800".repeat(30_000) },
    "long name, long bytes": { ["k".repeat(70_000)]: new Uint8Array(90_000) },
    map: new Map(Array.from({ length: 300 }, (_, i) => [`key ${i}`, { i, shared }])),
    set: new Set(Array.from({ length: 300 }, (_, i) => ({ i, shared: i % 7 === 0 ? shared : null }))),
    numbers: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`n${i}`, i * 1000])),
    errors: [
      new Error("a".repeat(300), { cause: [shared, { deep: [shared] }] }),
      new AggregateError([shared]),
    ],
    "no prototype": Object.assign(Object.create(null), { a: [1, shared], b: { c: [shared] } }),
    sparse: Object.assign([, 1, { a: [shared] }], { 9: [shared, "end"], name: shared }),
  };
}

/** Both ways of writing give the same bytes, and every way of reading them the value. */
async function assertStreams(value: unknown, chunk: number, seed: number): Promise<void> {
  const random = seeded(seed);
  const bytes = encodedWhole(value);
  assert.deepEqual(await joined(encodedInChunks(value, chunk)), bytes);
  const most = bytes.length > 20_000 ? 5000 : [1, 3, 40][seed % 3] ?? 1;
  const outcome = await decodedStream(rechunked(bytes, random, most));
  if ("error" in outcome) throw outcome.error;
  assertSame(outcome.value, value);
}

test("cborCodec streams every kind of value, cut anywhere", { timeout: 60_000 }, async () => {
  for (const [name, value] of [...Object.entries(corpus()), ...Object.entries(large())]) {
    for (const [seed, chunk] of [1, 16, 1000, 100_000].entries()) {
      try {
        await assertStreams(value, chunk, seed);
      } catch (cause) {
        throw new Error(`${name}, in chunks of ${chunk}`, { cause });
      }
    }
  }
});

test("cborCodec streams generated values, cut anywhere", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(graph, fc.array(fc.oneof(leaf, leafObject, graph), { maxLength: 5 })),
      fc.integer({ min: 0, max: 200 }),
      fc.nat(),
      assertStreams,
    ),
    { numRuns: 1000 },
  );
});

test("cborCodec answers with bytes up to 1 MiB, with a stream of chunks of up to 1 MiB above", async () => {
  const most = cborCodec.encode(new Uint8Array(MIB - 5));
  assert.ok(most instanceof Uint8Array && most.length === MIB);
  const rows = Array.from(
    { length: 60_000 },
    (_, i) => ({ i, text: "some text", bytes: new Uint8Array(60) }),
  );
  for (const value of [new Uint8Array(MIB - 4), "x".repeat(3 * MIB), new Float64Array(MIB), rows]) {
    const stream = await cborCodec.encode(value);
    assert.ok(stream instanceof ReadableStream);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const chunk of stream) parts.push(chunk);
    assert.ok(parts.slice(1, -1).every((chunk) => chunk.length >= MIB / 4), "no small chunks");
    assert.ok(parts.every((chunk) => chunk.length <= 2 * MIB));
    const back = await cborCodec.decode(new Blob(parts).stream());
    assert.deepEqual(back, value);
  }
});

test("cborCodec writes large bytes slice by slice, and nothing before it is asked for", async () => {
  let reads = 0;
  const last = {
    get late(): string {
      reads++;
      return "late";
    },
  };
  const bytes = new Uint8Array(4 * MIB).fill(1);
  const stream = await cborCodec.encode([bytes, last]);
  assert.ok(stream instanceof ReadableStream);
  assert.equal(reads, 1, "it was looked through");
  const reader = stream.getReader();
  const first = await reader.read();
  assert.ok(first.value !== undefined && first.value.length < 20);
  const second = await reader.read();
  assert.ok(second.value !== undefined && second.value.length <= MIB);
  assert.notEqual(second.value.buffer, bytes.buffer);
  assert.equal(reads, 1);
  await reader.cancel();
  await reader.cancel();
  assert.equal(reads, 1);
});

test("cborCodec refuses what it cannot write before there is a stream, wherever it stands", () => {
  const rows = Array.from({ length: 100_000 }, (_, i): unknown => ({ i, text: "some text or other" }));
  const refused = (value: unknown, path: string): void => {
    assert.throws(
      () => cborCodec.encode(value),
      (error) => error instanceof CodecError && error.path === path,
    );
  };
  refused({ rows: [...rows, { bad: () => 1 }] }, "$.rows[100000].bad");
  refused({ rows, after: [Symbol("own")] }, "$.after[0]");
  refused(new Map<unknown, unknown>([["rows", rows], ["bad", { f: () => 1 }]]), '$.get("bad").f');
  refused(new Set<unknown>([rows, () => 1]), "$.values()[1]");
  refused(Object.assign(new Error("x"), { rows, bad: () => 1 }), "$.bad");
  assert.ok(cborCodec.encode([1]) instanceof Uint8Array, "it is ready again");
});

test("cborCodec's stream fails when the value has changed into what cannot be written", async () => {
  const rows = Array.from({ length: 200_000 }, (_, i): unknown => ({ i, text: "some text" }));
  const map = new Map<unknown, unknown>([["rows", rows], ["last", 1]]);
  for (
    const [change, reason] of [
      [() => rows[199_999] = () => 1, /Cannot write \$.get\("rows"\)\[199999\] as CBOR: a function/],
      [() => map.delete("last"), /Cannot write \$ as CBOR: it changed/],
    ] as const
  ) {
    const stream = await cborCodec.encode(map);
    assert.ok(stream instanceof ReadableStream);
    change();
    await assert.rejects(
      joined(stream),
      (error) => error instanceof CodecError && reason.test(error.message),
    );
    rows[199_999] = 0;
  }
});

test("cborCodec refuses every truncation of a stream, and says where", { timeout: 60_000 }, async () => {
  const random = seeded(3);
  for (const [name, value] of [...Object.entries(corpus()), ["cycle", large()["cycle"]] as const]) {
    const bytes = encodedWhole(value);
    if (bytes.length > 2000) continue;
    for (let size = 0; size < bytes.length; size++) {
      const outcome = await decodedStream(rechunked(bytes.subarray(0, size), random, 30));
      assert.ok("error" in outcome, `${name} cut to ${size}`);
      assert.ok(outcome.error.offset !== undefined && outcome.error.offset <= size, outcome.error.message);
    }
  }
});

test("cborCodec refuses truncations within large strings of a stream", async () => {
  const bytes = encodedWhole(["a", new Uint8Array(300_000)]);
  for (const size of [8, 9, 1000, 40_000, 290_000, bytes.length - 1]) {
    const outcome = await decodedStream(rechunked(bytes.subarray(0, size), seeded(4), 20_000));
    assert.ok("error" in outcome);
    assert.match(outcome.error.message, new RegExp(`300000 bytes is declared where ${size - 8} are left`));
  }
});

test(
  "cborCodec reads 20,000 damaged values from streams as it does whole",
  { timeout: 120_000 },
  async () => {
    const random = seeded(5);
    let read = 0;
    for (const bytes of mutants(20_000, 6)) {
      const outcome = await decodedStream(rechunked(bytes, random, [1, 4, 60][random(3)] ?? 1));
      let whole: { value: unknown } | undefined;
      try {
        whole = { value: cborCodec.decode(bytes) };
      } catch (error) {
        assert.ok(error instanceof CodecError);
      }
      assert.equal("value" in outcome, whole !== undefined, bytes.toHex());
      if (whole === undefined || "error" in outcome) continue;
      read++;
      assertSame(outcome.value, whole.value);
    }
    assert.ok(read > 500 && read < 19_000, `${read} of 20000 were read`);
  },
);

test("cborCodec allocates nothing for what a stream declares and does not bring", async () => {
  const before = process.memoryUsage().rss;
  for (
    const hex of ["5bffffffffffffff", "d8565b000000f000000000", "7b00000000ffffffff", "9bffffffffffffffff"]
  ) {
    const head = Uint8Array.fromHex(hex.slice(0, -2) + "00");
    const outcome = await decodedStream(
      rechunked(new Uint8Array([...head, ...new Uint8Array(100_000)]), seeded(7), 9000),
    );
    assert.ok("error" in outcome);
  }
  assert.ok(process.memoryUsage().rss - before < 64 * MIB);
});

test("cborCodec lets go of a stream that it cannot read, and passes on what breaks it", async () => {
  let cancelled: unknown;
  const bad = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(100_000).fill(0xff)),
    cancel: (reason) => void (cancelled = reason),
  });
  await assert.rejects(async () => await cborCodec.decode(bad), CodecError);
  assert.ok(cancelled instanceof CodecError);
  const broken = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new RangeError("broken")),
  });
  await assert.rejects(async () => await cborCodec.decode(broken), /^RangeError: broken/);
});

test("cborCodec gives values that share no memory with a stream's chunks", async () => {
  const value = [new Uint8Array(100_000).fill(1), new Uint8Array(10).fill(2), new ArrayBuffer(8)];
  const chunk = encodedWhole(value);
  const back = await readStream(ReadableStream.from([chunk]));
  chunk.fill(9);
  assertSame(back, value);
});
