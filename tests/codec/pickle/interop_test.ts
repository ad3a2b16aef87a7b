/**
 * Real Python (`FLECHE_PYTHON`, else `python3`), both ways. What the standard library has is tested wherever there is a Python,
 * and must be where `FLECHE_PYTHON_REQUIRED` is set; numpy, cloudpickle and dill where they are installed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cloudpickleCodec } from "../../../src/codec/pickle/cloudpickle_codec.ts";
import { pickleCodec } from "../../../src/codec/pickle/pickle_codec.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";
import { bytesOf, corpusBytes, plainCorpus } from "./_bytes.ts";
import { needsPackage, needsPython, runPython } from "./_python.ts";

const timeout = 60_000;
const standard = { ...needsPython, timeout };
const withNumpy = { ...needsPython, ...needsPackage("numpy"), timeout };

async function linesOf(values: readonly unknown[]): Promise<string[]> {
  return await Promise.all(values.map(async (value) => (await bytesOf(cloudpickleCodec(), value)).toHex()));
}

function read(line: string): unknown {
  return cloudpickleCodec().decode(Uint8Array.fromHex(line));
}

/** Typed arrays other than Uint8Array, which stand for numpy's. */
const NEEDS_NUMPY = /^(?!Uint8Array)\w+Array with|^empty views|numpy/;

const REPR =
  "import pickle, sys\nfor line in sys.stdin: print(ascii(pickle.loads(bytes.fromhex(line))).replace(chr(10), chr(32)))";

test(
  "Python reads every kind of value but numpy's arrays, with the standard library alone",
  standard,
  async () => {
    const values = Object.entries(corpus()).filter(([name]) => !NEEDS_NUMPY.test(name)).map(([, value]) =>
      value
    );
    assert.equal(runPython(REPR, await linesOf(values)).length, values.length);
  },
);

test("Python reads plain values as its own", standard, async () => {
  const { record, cycle } = corpus();
  const values: readonly (readonly [value: unknown, repr: string])[] = [
    [
      record,
      "{'id': 1234, 'name': 'Ada Lovelace', 'tags': ['a', 'b', 'c'], " +
      "'nested': {'score': 1.5, 'active': True, 'gone': None}}",
    ],
    [
      [2 ** 40, -(2 ** 53) + 1, 0.1, -0, 5n, -5n, 2n ** 64n, 0n, NaN, -Infinity],
      "[1099511627776, " +
      "-9007199254740991, 0.1, -0.0, 5, -5, 18446744073709551616, 0, nan, -inf]",
    ],
    [[255n, -128n, -129n, 256n, -(2n ** 64n)], "[255, -128, -129, 256, -18446744073709551616]"],
    [2 ** 53, "9007199254740992.0"],
    ["é\ud800", "'\\xe9\\ud800'"],
    [
      new Date(1_700_000_000_123),
      "datetime.datetime(2023, 11, 14, 22, 13, 20, 123000, tzinfo=datetime.timezone.utc)",
    ],
    [new Date(NaN), "nan"],
    [new Set([1]), "{1}"],
    [new Set([[1]]), "[[1]]"],
    [new Map<unknown, unknown>([[1, "a"], ["b", 2]]), "{1: 'a', 'b': 2}"],
    [new Map<unknown, unknown>([[1, "a"], [1n, 2]]), "[(1, 'a'), (1, 2)]"],
    [Object.assign([1, , 3], { name: "x" }), "{'length': 3, '0': 1, '2': 3, 'name': 'x'}"],
    [new Uint8Array([1, 2]), "b'\\x01\\x02'"],
    [new ArrayBuffer(2), "b'\\x00\\x00'"],
    [[undefined, null], "[None, None]"],
    [cycle, "{'list': [{...}, [...]]}"],
    [Temporal.PlainDate.from("2024-02-29"), "datetime.date(2024, 2, 29)"],
    [Temporal.PlainTime.from("01:02:03.004005006"), "datetime.time(1, 2, 3, 4005)"],
    [Temporal.PlainDateTime.from("2024-02-29T01:02"), "datetime.datetime(2024, 2, 29, 1, 2)"],
    [
      Temporal.Instant.from("2024-02-29T01:02:03.004005Z"),
      "datetime.datetime(2024, 2, 29, 1, 2, 3, 4005, tzinfo=datetime.timezone.utc)",
    ],
    [
      Temporal.ZonedDateTime.from("2024-02-29T01:02[Asia/Kolkata]"),
      "datetime.datetime(2024, 2, 29, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(seconds=19800)))",
    ],
    [
      Temporal.Duration.from("-P1DT2H0.5S"),
      "datetime.timedelta(days=-2, seconds=79199, microseconds=500000)",
    ],
    [Temporal.Duration.from("P1Y"), "'P1Y'"],
    [Temporal.PlainYearMonth.from("2024-02"), "'2024-02'"],
    [/a+/g, "('a+', 'g', 0)"],
    [new URL("https://example.org/"), "('https://example.org/',)"],
    [Symbol.for("key"), "'key'"],
    [new Blob(["ab"], { type: "image/png" }), "(b'ab', 'image/png')"],
    [Object.assign(new TypeError("m"), { stack: "s" }), "{'message': 'm', 'stack': 's'}"],
  ];
  const lines = runPython(REPR, await linesOf(values.map(([value]) => value)));
  assert.deepEqual(lines, values.map(([, repr]) => repr));
});

test("pickletools finds nothing to complain of in what is written", standard, async () => {
  const files = (await corpusBytes()).map((bytes) => bytes.toHex());
  const large = [{ text: "x".repeat(300_000), rows: Array.from({ length: 60_000 }, (_, i) => ({ i })) }];
  const lines = [...files, ...await linesOf(large)];
  const program = `
import io, pickletools, sys
for line in sys.stdin:
    pickletools.dis(bytes.fromhex(line), io.StringIO())
    print("read")
`;
  assert.equal(runPython(program, lines).length, lines.length);
});

test("pickleCodec has no opcode that Python has not, and all that it has", standard, () => {
  const [codes = ""] = runPython(
    "import pickletools\nprint(bytes(ord(op.code) for op in pickletools.opcodes).hex())",
  );
  const pythons = new Set(Uint8Array.fromHex(codes));
  for (let code = 0; code < 256; code++) {
    // A mark and the opcode alone: no pickle, but for different reasons.
    assert.throws(() => pickleCodec.decode(Uint8Array.of(0x28, code)), (error) => {
      return /opcode 0x[0-9a-f]{2} is none/.test(String(error)) === !pythons.has(code);
    }, `opcode ${code}`);
  }
});

test("Python reads frames as the C and the Python unpickler do", standard, async () => {
  const rows = Array.from({ length: 60_000 }, (_, i) => ({ i, text: `row number ${i}`, list: [i / 3] }));
  const value = [rows, "x".repeat(300_000), new Uint8Array(200_000), rows.slice(0, 3)];
  const program = `
import hashlib, io, json, pickle, sys
for line in sys.stdin:
    content = bytes.fromhex(line)
    for value in (pickle.loads(content), pickle._Unpickler(io.BytesIO(content)).load()):
        assert value[3][0] is value[0][0]
        print(json.dumps([value[0][59_999], len(value[0]), len(value[1]), len(value[2])]))
`;
  const expected = JSON.stringify([rows[59_999], 60_000, 300_000, 200_000]);
  for (const line of runPython(program, await linesOf([value]))) {
    assert.deepEqual(JSON.parse(line), JSON.parse(expected));
  }
});

/** Values that Python has types for: nothing is lost when it has read and written them. */
function pythonic(): unknown[] {
  const values = plainCorpus();
  const names = [
    "null",
    "true",
    "false",
    "integers",
    "negative integers",
    "strings",
    "long strings",
    "lone surrogates",
    "array",
    "own __proto__",
    "names of Object.prototype",
    "shared",
    "not shared",
    "cycle",
    "record",
    "Uint8Array with an offset",
  ];
  return [
    ...names.map((name) => values[name]),
    [-0, 0.5, 0.1, 1e300, 5e-324, NaN, Infinity, -Infinity],
    [2n ** 64n, -(2n ** 64n), 2n ** 200n + 1n],
    new Map<unknown, unknown>([[1, "a"], [null, 2.5], ["b", new Map([[true, 1]])]]),
    new Set(["a"]),
    [new Date(1_700_000_000_123), new Date(0), new Date(-1)],
    Temporal.PlainDate.from("2024-02-29"),
    Temporal.PlainTime.from("23:59:59.999999"),
    Temporal.PlainDateTime.from("2024-02-29T01:02:03.000004"),
    Temporal.Instant.from("2024-02-29T01:02:03.000004Z"),
    Temporal.ZonedDateTime.from("2024-02-29T01:02:03+05:30[+05:30]"),
    Temporal.Duration.from({ days: -1, seconds: -2, microseconds: -3 }),
  ];
}

test("Python writes what it has read in protocols 0 to 5, and it is the same", standard, async () => {
  const values = pythonic();
  const program = `
import pickle, sys
for line in sys.stdin:
    value = pickle.loads(bytes.fromhex(line))
    for protocol in range(6): print(pickle.dumps(value, protocol).hex())
`;
  const lines = runPython(program, await linesOf(values));
  assert.equal(lines.length, values.length * 6);
  lines.forEach((line, i) => assertSame(read(line), values[Math.floor(i / 6)]));
});

/** Runs write_fixtures.py for its classes and values, then `body` with each of them. */
function withFixtures(body: string): string {
  const script = readFileSync(fileURLToPath(new URL("scripts/write_fixtures.py", import.meta.url)), "utf8");
  const [definitions = ""] = script.split('if __name__ == "__main__":');
  return `${definitions}\n${body}`;
}

const WRITE = `
for name, value in SELECTED.items():
    for protocol in range(6):
        try:
            print(name, protocol, pickle.dumps(value, protocol).hex(), sep="\\t")
        except (TypeError, ValueError, pickle.PicklingError):
            pass
`;

/** Compares what came back with what was sent, attribute by attribute where a class has no equality of its own. */
const COMPARE = `
def parts(value):
    if hasattr(value, "tzinfo") or isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        return repr(value)
    own = dict(getattr(value, "__dict__", {}))
    for slot in getattr(type(value), "__slots__", ()):
        if isinstance(slot, str) and slot in ("a", "b") and type(value).__module__ == "shapes":
            own[slot] = getattr(value, slot)
    if type(value).__module__ == "numpy":
        import numpy
        return (str(value.dtype), value.shape, value.tolist())
    return (own, repr(value) if type(value).__repr__ is not object.__repr__ else None)

for line in sys.stdin:
    name, protocol, content = line.rstrip("\\n").split("\\t")
    value, original = pickle.loads(bytes.fromhex(content)), SELECTED[name]
    same = type(value) is type(original) and (parts(value) == parts(original))
    print("same" if same else f"{name} in protocol {protocol}: {value!r} {parts(value)} is not {original!r} {parts(original)}")
`;

/** What is in JavaScript what something else is, too: tuples, frozensets, bytearrays and zones do not come back as themselves. */
const CHANGED = [
  "tuples",
  "tuple cycle",
  "frozenset",
  "bytearray",
  "numbered dict",
  "ordered dict",
  "datetime of a zone",
  "datetime folded in a zone",
  "datetime folded",
];
/** These write differently what they are, for their last bits or because they hold themselves. */
const SPECIAL = [
  "floats",
  "huge",
  "cycle",
  "dict cycle",
  "numbered cycle",
  "large numbered cycle",
  "new with names",
];

async function throughUs(selected: string): Promise<string[]> {
  const lines = runPython(withFixtures(selected + WRITE));
  const back = await Promise.all(lines.map(async (line) => {
    const [name, protocol, hex = ""] = line.split("\t");
    const bytes = await bytesOf(pickleCodec, pickleCodec.decode(Uint8Array.fromHex(hex)));
    return `${name}\t${protocol}\t${bytes.toHex()}`;
  }));
  return runPython(withFixtures(selected + COMPARE), back);
}

test("Python's own objects are themselves again when they have gone through us", standard, async () => {
  const skipped = JSON.stringify([...CHANGED, ...SPECIAL]);
  const results = await throughUs(`SELECTED = {k: v for k, v in VALUES.items() if k not in ${skipped}}\n`);
  assert.ok(results.length > 200, `${results.length}`);
  assert.deepEqual(results.filter((each) => each !== "same"), []);
});

test("numpy's arrays are themselves again when they have gone through us", withNumpy, async () => {
  const results = await throughUs(
    'SELECTED = {k: v for k, v in PACKAGES.items() if k not in ("numpy scalars", "numpy big-endian", "numpy one byte each", "numpy dtype", "numpy complex scalar")}\n',
  );
  assert.ok(results.length > 60, `${results.length}`);
  assert.deepEqual(results.filter((each) => each !== "same"), []);
});

test("numpy reads typed arrays with their dtype and shape", withNumpy, async () => {
  const arrays: readonly (readonly [value: unknown, text: string])[] = [
    [new Float64Array([1.5, -0]), "float64 (2,) [1.5, -0.0]"],
    [new Float32Array([1.5]), "float32 (1,) [1.5]"],
    [new Float16Array([1.5]), "float16 (1,) [1.5]"],
    [new Int8Array([-1]), "int8 (1,) [-1]"],
    [new Uint8ClampedArray([255]), "uint8 (1,) [255]"],
    [new Int16Array([-2]), "int16 (1,) [-2]"],
    [new Uint16Array([2]), "uint16 (1,) [2]"],
    [new Int32Array([-3]), "int32 (1,) [-3]"],
    [new Uint32Array([3]), "uint32 (1,) [3]"],
    [new BigInt64Array([-4n]), "int64 (1,) [-4]"],
    [new BigUint64Array([4n]), "uint64 (1,) [4]"],
    [new Float64Array(), "float64 (0,) []"],
    [Object.assign(new Int32Array([1, 2, 3, 4]), { shape: [2, 2] }), "int32 (2, 2) [[1, 2], [3, 4]]"],
    [Object.assign(new Uint8Array([7]), { shape: [] }), "uint8 () 7"],
    [Object.assign(new Uint8Array([0, 1]), { shape: [2], dtype: "bool" }), "bool (2,) [False, True]"],
    [
      Object.assign(new Float64Array([1, 2]), { shape: [1], dtype: "complex128" }),
      "complex128 (1,) [(1+2j)]",
    ],
    [
      Object.assign(new BigInt64Array([1000n]), { shape: [1], dtype: "datetime64[ms]" }),
      "datetime64[ms] (1,) [datetime.datetime(1970, 1, 1, 0, 0, 1)]",
    ],
    [
      Object.assign(new BigInt64Array([3n]), { shape: [1], dtype: "timedelta64[25us]" }),
      "timedelta64[25us] (1,) [datetime.timedelta(microseconds=75)]",
    ],
  ];
  const program = `
import pickle, sys
for line in sys.stdin:
    array = pickle.loads(bytes.fromhex(line))
    assert array.flags.writeable
    print(array.dtype, array.shape, array.tolist())
`;
  const lines = runPython(program, await linesOf(arrays.map(([value]) => value)));
  assert.deepEqual(lines, arrays.map(([, text]) => text));
});

test("Python reads every kind of value, numpy's arrays too", withNumpy, async () => {
  const files = await corpusBytes();
  assert.equal(runPython(REPR, files.map((bytes) => bytes.toHex())).length, files.length);
});

const ADDER = `
import sys
names = {"__name__": "other"}
exec("def adder(n):\\n    return lambda value: value + n\\n", names)
adder = names["adder"]
`;

test(
  "cloudpickle's functions work again when they have gone through us",
  { ...needsPython, ...needsPackage("cloudpickle"), timeout },
  async () => {
    const written = runPython(`${ADDER}
import cloudpickle
class Greeter:
    greeting = "hello"
    def greet(self, name="you"): return f"{self.greeting} {name}"
for protocol in (4, 5):
    print(cloudpickle.dumps(adder(3), protocol).hex())
    print(cloudpickle.dumps(Greeter, protocol).hex())
    print(cloudpickle.dumps({"a": [1, (2, b"3")]}, protocol).hex())
`);
    assertSame(read(written[2] ?? ""), { a: [1, [2, Uint8Array.of(0x33)]] });
    const back = await linesOf(written.map(read));
    const results = runPython(
      `
import pickle, sys
loaded = [pickle.loads(bytes.fromhex(line)) for line in sys.stdin]
for adder, Greeter, data in (loaded[:3], loaded[3:]):
    print(adder(4), Greeter().greet(), data)
`,
      back,
    );
    assert.deepEqual(results, new Array(2).fill("7 hello you {'a': [1, [2, b'3']]}"));
  },
);

test(
  "dill's files are read, and dill reads ours",
  { ...needsPython, ...needsPackage("dill"), timeout },
  async () => {
    const written = runPython(`${ADDER}
import dill
print(dill.dumps({"a": [1, (2, b"3")], "range": range(3)}).hex())
print(dill.dumps(len).hex())
`);
    const back = await linesOf(written.map(read));
    const results = runPython(
      "import dill, sys\nfor line in sys.stdin: print(dill.loads(bytes.fromhex(line)))",
      [
        ...back,
        ...await linesOf([corpus()["record"]]),
      ],
    );
    assert.equal(results[0], "{'a': [1, [2, b'3']], 'range': range(0, 3)}");
    assert.equal(results[1], "<built-in function len>");
    assert.match(results[2] ?? "", /^\{'id': 1234/);
  },
);
