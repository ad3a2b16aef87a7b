/** Other readers and writers of CBOR: cbor-x, and Python's cbor2 where it is installed (`FLECHE_PYTHON`, else `python3`). */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { decode as otherDecode } from "cbor-x/decode";
import { Encoder } from "cbor-x/encode";
import fc from "fast-check";
import { cborCodec } from "../../../src/codec/cbor/cbor_codec.ts";
import { readSequence } from "../../../src/codec/cbor/cbor_sequence.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";

const python = process.env["FLECHE_PYTHON"] ?? "python3";
const probe = spawnSync(python, ["-c", "import cbor2"], { encoding: "utf8" });
const withPython = probe.status === 0 ? {} : { skip: `"${python}" has no cbor2: pip install cbor2` };

function encoded(value: unknown): Uint8Array {
  const bytes = cborCodec.encode(value);
  assert.ok(bytes instanceof Uint8Array);
  return bytes;
}

/** Runs a Python program over lines of text. */
function runPython(program: string, lines: readonly string[] = []): string[] {
  const { status, stdout, stderr } = spawnSync(python, ["-c", program], {
    input: lines.map((line) => `${line}\n`).join(""),
    encoding: "utf8",
    env: { ...process.env, PYTHONIOENCODING: "utf-8" },
  });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split("\n");
}

/** JSON's values, with names and strings that other libraries keep: no lone surrogates, no `__proto__`. */
const plain = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes("__proto__"));

/** What cbor-x read, with numbers for its bigints: it gives those for every integer that takes eight bytes. */
function withNumbers(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withNumbers(each)]));
}

test("cborCodec writes plain data that cbor-x reads", () => {
  fc.assert(
    fc.property(plain, (value) => {
      assertSame(withNumbers(otherDecode(encoded(value))), value);
    }),
    { numRuns: 500 },
  );
});

test("cborCodec reads plain data that cbor-x writes", () => {
  const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
  fc.assert(
    // JSON makes 0 of -0, as cbor-x does.
    fc.property(plain.map((value): unknown => JSON.parse(JSON.stringify(value))), (value) => {
      // A copy: cbor-x gives a view of its buffer.
      assertSame(cborCodec.decode(new Uint8Array(encoder.encode(value))), value);
    }),
    { numRuns: 500 },
  );
});

test("cborCodec writes values that Python's cbor2 reads, all of them", withPython, () => {
  const lines = Object.values(corpus()).map((value) => encoded(value).toHex());
  const read = runPython(
    "import cbor2, sys\nfor line in sys.stdin: print(type(cbor2.loads(bytes.fromhex(line))).__name__)",
    lines,
  );
  assert.equal(read.length, lines.length);
});

test("cborCodec writes values that Python's cbor2 reads as Python's own", withPython, () => {
  const values: readonly (readonly [value: unknown, repr: string])[] = [
    [
      corpus()["record"],
      "{'id': 1234, 'name': 'Ada Lovelace', 'tags': ['a', 'b', 'c'], " +
      "'nested': {'score': 1.5, 'active': True, 'gone': None}}",
    ],
    [
      [2 ** 40, -(2 ** 53) + 1, 0.1, -0, 5n, 2n ** 64n, NaN],
      "[1099511627776, -9007199254740991, 0.1, -0.0, 5, " +
      "18446744073709551616, nan]",
    ],
    [
      new Date(1_700_000_000_123),
      "datetime.datetime(2023, 11, 14, 22, 13, 20, 123000, tzinfo=datetime.timezone.utc)",
    ],
    [new Set([1]), "{1}"],
    [new Uint8Array([1, 2]), "b'\\x01\\x02'"],
    [undefined, "undefined"],
    [corpus()["cycle"], "{'list': [{...}, [...]]}"],
  ];
  const read = runPython(
    "import cbor2, sys\nfor line in sys.stdin: print(repr(cbor2.loads(bytes.fromhex(line))))",
    values.map(([value]) => encoded(value).toHex()),
  );
  assert.deepEqual(read, values.map(([, repr]) => repr));
});

test("cborCodec writes items one after the other that Python's cbor2 reads as a sequence", withPython, () => {
  const items = [{ row: 1, text: "é" }, [1.5, null], new Uint8Array(100_000), "", new Set([7]), 0];
  const read = runPython(
    "import cbor2, io, sys\nstream = io.BytesIO(bytes.fromhex(sys.stdin.read()))\n" +
      "while stream.tell() < len(stream.getvalue()): print(repr(cbor2.load(stream))[:40])",
    [items.map((item) => encoded(item).toHex()).join("")],
  );
  assert.deepEqual(read, [
    "{'row': 1, 'text': 'é'}",
    "[1.5, None]",
    `b'${"\\x00".repeat(100)}`.slice(0, 40),
    "''",
    "{7}",
    "0",
  ]);
});

test("readSequence reads a sequence that Python's cbor2 writes", withPython, async () => {
  const [hex = ""] = runPython(
    "import cbor2\nprint(b''.join(map(cbor2.dumps, [{'a': [1, 2.5]}, 'é', b'12', None, 2**70, []])).hex())",
  );
  const bytes = [...Uint8Array.fromHex(hex)];
  const next = (): Uint8Array | undefined =>
    bytes.length === 0 ? undefined : Uint8Array.from(bytes.splice(0, 2));
  const items: unknown[] = [];
  for await (const item of readSequence(next)) items.push(item);
  assertSame(items, [{ a: [1, 2.5] }, "é", new Uint8Array([0x31, 0x32]), null, 2n ** 70n, []]);
});

test("cborCodec reads what Python's cbor2 writes", withPython, () => {
  const values: readonly (readonly [python: string, value: unknown])[] = [
    ["{'a': [1, -1, 1.5, None, True, 'é']}", { a: [1, -1, 1.5, null, true, "é"] }],
    ["2**70", 2n ** 70n],
    ["-2**70", -(2n ** 70n)],
    ["2**60", 2n ** 60n],
    ["b'12'", new Uint8Array([0x31, 0x32])],
    ["{7}", new Set([7])],
    ["cbor2.undefined", undefined],
    ["cbor2.CBORTag(86, b'\\0\\0\\0\\0\\0\\0\\xf0\\x3f')", new Float64Array([1])],
    ["float('-inf')", -Infinity],
  ];
  const written = runPython(
    "import cbor2, sys\nfor line in sys.stdin: print(cbor2.dumps(eval(line)).hex())",
    values.map(([source]) => source),
  );
  values.forEach(([, value], i) => assertSame(cborCodec.decode(Uint8Array.fromHex(written[i] ?? "")), value));
});
