/**
 * Pickles of protocols 0 to 5 as Python writes them, kept in a golden file, so that they are read without Python as well.
 * `deno task golden` writes that anew where `FLECHE_PYTHON` (else `python3`) has numpy, cloudpickle and dill.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CodecError } from "../../../src/errors.ts";
import { pickleCodec } from "../../../src/codec/pickle/pickle_codec.ts";
import { assertGolden } from "../../_golden.ts";
import { assertSame } from "../_same.ts";
import { inChunks } from "./_bytes.ts";
import { python } from "./_python.ts";
import { told } from "./_told.ts";

const GOLDEN = "codec/pickle/python.txt";

interface Fixture {
  readonly name: string;
  readonly protocol: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

function fixtures(): Fixture[] {
  if (process.env["FLECHE_GOLDEN"] === "write") writeFixtures();
  const text = readFileSync(new URL(`../../golden/${GOLDEN}`, import.meta.url), "utf8");
  return text.trimEnd().split("\n").map((line) => {
    const [name = "", protocol = "", hex = ""] = line.split("\t");
    return { name, protocol: Number(protocol), bytes: Uint8Array.fromHex(hex) };
  });
}

function writeFixtures(): void {
  const script = fileURLToPath(new URL("scripts/write_fixtures.py", import.meta.url));
  const { status, stdout } = spawnSync(python, [script], {
    encoding: "utf8",
    env: { ...process.env, PYTHONHASHSEED: "0" },
  });
  // Where a package is not installed, what was written with it stays.
  if (status === 0 && /^numpy/m.test(stdout) && /^dill/m.test(stdout)) assertGolden(GOLDEN, stdout);
}

const all = fixtures();

function shapedAs<View extends object>(view: View, shape: readonly number[], dtype?: string): View {
  return Object.assign(view, { shape }, dtype === undefined ? {} : { dtype });
}

function cycles(): Record<string, unknown> {
  const list: unknown[] = [];
  list.push(list);
  const dict: Record<string, unknown> = {};
  dict["self"] = dict;
  const numbered = new Map<unknown, unknown>([[1, "one"]]);
  numbered.set(2, numbered);
  const large = new Map<unknown, unknown>(Array.from({ length: 1100 }, (_, i) => [i, i]));
  large.set(0, large);
  const tuple: unknown[] = [[]];
  (tuple[0] as unknown[]).push(tuple);
  return {
    "cycle": list,
    "dict cycle": dict,
    "numbered cycle": numbered,
    "large numbered cycle": large,
    "tuple cycle": tuple,
  };
}

const shared = ["shared"];
const grid = [0, 1, 2, 3, 4, 5];
const counted = Array.from({ length: 24 }, (_, i) => i);
const integers = [2n ** 53n, -(2n ** 53n), 2n ** 64n, -(2n ** 200n), 3n ** 2000n];

/** What has a value in JavaScript. */
const VALUES: Readonly<Record<string, unknown>> = {
  "none": null,
  "bools": [true, false],
  "ints": [0, 1, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1],
  "negative": [-1, -128, -129, -(2 ** 31), -(2 ** 31) - 1, -(2 ** 53) + 1],
  "huge": integers,
  "floats": [0, -0, 1.5, 1e300, 5e-324, 0.1, NaN, Infinity, -Infinity],
  "strings": ["", "a", "é€𝄞", "line\nfeed\r\\ \x1a\0", "x".repeat(300), "\ud800", "a\udc00b", "'\""],
  "bytes": [new Uint8Array(), Uint8Array.of(0, 255), new Uint8Array(300).fill(120)],
  "bytearray": Uint8Array.of(0, 255, 97, 98),
  "lists": [[], [1], [1, [2, [3]]], Array.from({ length: 1100 }, (_, i) => i)],
  "tuples": [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
  "dict": JSON.parse('{"b":1,"a":{"":null},"__proto__":2}'),
  "numbered dict": new Map<unknown, unknown>([[1, "a"], [2.5, "b"], [null, "c"], [[1, 2], "d"]]),
  "mixed dict": new Map<unknown, unknown>([["a", 1], [2, "b"], ["c", 3]]),
  "set": new Set([1]),
  "frozenset": new Set([1, 2]),
  "empty set": new Set(),
  "shared": [shared, { again: shared }],
  ...cycles(),
  "datetime aware": new Date("2024-02-29T01:02:03.004Z"),
  "datetime of microseconds": Temporal.Instant.from("2024-02-29T01:02:03.004567Z"),
  "datetime naive": Temporal.PlainDateTime.from("2024-02-29T01:02:03.004567"),
  "datetime of an offset": Temporal.ZonedDateTime.from("2024-02-29T01:02:03+05:30[+05:30]"),
  "datetime of a negative offset": Temporal.ZonedDateTime.from("2024-02-29T01:02:03-03:30[-03:30]"),
  "datetime of a zone": Temporal.ZonedDateTime.from("2024-07-01T12:00[Europe/Vienna]"),
  "date": Temporal.PlainDate.from("9999-12-31"),
  "time": Temporal.PlainTime.from("23:59:59.999999"),
  "timedelta": [
    Temporal.Duration.from({ days: 1, seconds: 2, microseconds: 3 }),
    Temporal.Duration.from({ seconds: -1 }),
    Temporal.Duration.from({ days: -1, seconds: -86394, microseconds: -999993 }),
  ],
  "ordered dict": new Map([["b", 1], ["a", 2]]),
  "numpy 0-d": shapedAs(new Float64Array([1.5]), []),
  "numpy 1-d": shapedAs(new Uint16Array([1, 2, 3]), [3]),
  "numpy 2-d": shapedAs(new Int32Array(grid), [2, 3]),
  "numpy Fortran": shapedAs(new Int32Array(grid), [2, 3]),
  "numpy 3-d Fortran": shapedAs(new Uint8Array(counted), [2, 3, 4]),
  "numpy strided": shapedAs(new BigInt64Array([0n, 3n, 6n, 9n]), [4]),
  "numpy big-endian": shapedAs(new Int32Array([1, 258]), [2]),
  "numpy bool": shapedAs(new Uint8Array([1, 0]), [2], "bool"),
  "numpy float16": shapedAs(new Float16Array([1.5]), [1]),
  "numpy complex": shapedAs(new Float64Array([1, 2, -0, -0.5]), [2], "complex128"),
  "numpy complex64": shapedAs(new Float32Array([1, 2]), [1], "complex64"),
  "numpy datetime64": shapedAs(
    new BigInt64Array([1_709_164_800_000_000_000n, -(2n ** 63n)]),
    [2],
    "datetime64[ns]",
  ),
  "numpy timedelta64": shapedAs(new BigInt64Array([1n, 2n]), [2], "timedelta64[25us]"),
  "numpy empty": shapedAs(new Float64Array(), [0, 3]),
  "numpy one byte each": [shapedAs(new Uint8Array([5]), [1]), shapedAs(new Uint8Array([5]), [1])],
  "numpy scalars": [1.5, -3, 7, true, 0.5, 2n ** 60n],
  "cloudpickle data": { a: [1, [2.5, null]] },
  "dill data": { a: [1, [2.5, null]] },
};

const F8 = 'numpy.dtype("f8", false, true) with [3, "<", null, null, null, -1, -1, 0]';
const I4 = F8.replace("f8", "i4");

/** What is told by a `PickleObject`; the list is of protocols, where what is told differs from one to the next. */
const TOLD: Readonly<Record<string, string | RegExp | Readonly<Record<string, string>>>> = {
  "datetime folded": {
    "0123": 'PlainDateTime "2024-10-27T02:30:00"', // these lose the fold in Python, too
    "45": "datetime.datetime(Uint8Array[7, 232, 138, 27, 2, 30, 0, 0, 0, 0])",
  },
  "datetime folded in a zone": {
    "0123": 'ZonedDateTime "2024-10-27T02:30:00+02:00[Europe/Vienna]"',
    "45": 'ZonedDateTime "2024-10-27T02:30:00+01:00[Europe/Vienna]"',
  },
  "datetime that a zone skips":
    'datetime.datetime(Uint8Array[7, 232, 3, 31, 2, 30, 0, 0, 0, 0], (builtins.getattr(zoneinfo.ZoneInfo, "_unpickle"))("Europe/Vienna", 1))',
  "datetime of a named offset":
    'datetime.datetime(Uint8Array[7, 232, 2, 29, 0, 0, 0, 0, 0, 0], datetime.timezone(Duration "PT3600S", "CET"))',
  "time aware": 'datetime.time(Uint8Array[1, 2, 0, 0, 0, 0], datetime.timezone(Duration "PT0S"))',
  "timezone": 'datetime.timezone(Duration "PT0S")',
  "decimal": 'decimal.Decimal("1.10")',
  "fraction": "fractions.Fraction(1, 3)",
  "uuid": 'uuid.UUID.__new__() with {"int": 5}',
  "complex": "builtins.complex(1, 2)",
  "default dict": 'collections.defaultdict(builtins.int) + {"a": 1}',
  "counter": 'collections.Counter({"a": 2, "b": 1})',
  "deque": "collections.deque([], 3) + [1, 2]",
  "named tuple": {
    "01": 'copyreg._reconstructor(shapes.Pair, builtins.tuple, [1, [2, "b"]])',
    "2345": 'shapes.Pair.__new__(1, [2, "b"])',
  },
  "path": 'pathlib.PurePosixPath("a", "b")',
  "enum": "shapes.Color(1)",
  "instance": 'shapes.Point.__new__() with {"x": 1, "y": [2, [3]]}',
  "slots": 'shapes.Slots.__new__() with [null, {"a": 1, "b": [2, [3]]}]',
  "dataclass": 'shapes.Data.__new__() with {"name": "n", "parts": [1, 2]}',
  "list subclass": {
    "01": 'copyreg._reconstructor(shapes.OwnList, builtins.list, [1, 2]) with {"note": "kept"}',
    "2345": 'shapes.OwnList.__new__() + [1, 2] with {"note": "kept"}',
  },
  "dict subclass": {
    "01": 'copyreg._reconstructor(shapes.OwnDict, builtins.dict, {"a": 1}) with {"note": "kept"}',
    "2345": 'shapes.OwnDict.__new__() + {"a": 1} with {"note": "kept"}',
  },
  "range": "builtins.range(1, 10, 2)",
  "slice": "builtins.slice(1, null, 2)",
  "exception": 'builtins.ValueError("wrong", 3) with {"note": "kept"}',
  "function by name": "builtins.len",
  "class": "collections.OrderedDict",
  "method by name": 'builtins.getattr(builtins.str, "upper")',
  "new with names": {
    "01": "shapes.Named.__new__()",
    "23":
      '(functools.partial(builtins.getattr(shapes.Named, "__new__")) with [builtins.getattr(shapes.Named, ' +
      '"__new__"), [shapes.Named, 1], {"flag": true}, null])()',
    "45": 'shapes.Named.__new__(1, **{"flag": true})',
  },
  "numpy object": "numpy.core.multiarray._reconstruct(numpy.ndarray, [0], Uint8Array[98]) with [1, [3], " +
    'numpy.dtype("O8", false, true) with [3, "|", null, null, null, -1, -1, 63], false, [1, "a", null]]',
  "numpy structured": /numpy\.dtype\("V12", false, true\) with \[3, "\|", null, \["a", "b"\], \{"a": \[numpy/,
  "numpy str": /numpy\.dtype\("U2", false, true\) with \[3, "<", null, null, null, 8, 4, 8\]/,
  "numpy complex scalar": `numpy.core.multiarray.scalar(${
    F8.replace("f8", "c16")
  }, Uint8Array[0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 64])`,
  "numpy dtype": I4.replace("i4", "f8"),
  "cloudpickle lambda":
    /^cloudpickle\.cloudpickle\._make_function\(.*_make_empty_cell\(\).* with \[.*3.*\] by .*_function_setstate$/,
  "dill lambda": /^dill\._dill\._create_function\(dill\._dill\._create_code\(.*builtins|__main__/,
};

test("pickleCodec reads what Python writes in protocols 0 to 5", async () => {
  assert.deepEqual(
    [...new Set(all.map(({ name }) => name))].sort(),
    [...Object.keys(VALUES), ...Object.keys(TOLD)].sort(),
  );
  for (const { name, protocol, bytes } of all) {
    const values = [pickleCodec.decode(bytes), await pickleCodec.decode(inChunks(bytes, () => 5))];
    for (const value of values) {
      const where = `${name} in protocol ${protocol}`;
      if (Object.hasOwn(VALUES, name)) {
        try {
          assertSame(value, VALUES[name]);
        } catch (cause) {
          throw new Error(where, { cause });
        }
        continue;
      }
      const expected = TOLD[name];
      if (expected instanceof RegExp) assert.match(told(value), expected, where);
      else if (typeof expected === "string") assert.equal(told(value), expected, where);
      else {
        const [, text] = Object.entries(expected ?? {}).find(([key]) => key.includes(`${protocol}`)) ?? [];
        assert.equal(told(value), text, where);
      }
    }
  }
});

test("pickleCodec writes what it has read of Python so that it reads the same again", async () => {
  for (const { name, protocol, bytes } of all) {
    const value = pickleCodec.decode(bytes);
    if (name === "dill lambda") {
      // A function that stands in its own globals: dill fills these in when the function is there already.
      assert.throws(
        () => pickleCodec.encode(value),
        /refers to an object from within that object's own state/,
      );
      continue;
    }
    const again = await pickleCodec.decode(await pickleCodec.encode(value));
    assert.equal(told(again), told(value), `${name} in protocol ${protocol}`);
  }
});

test("pickleCodec gives each numpy array memory of its own, where Python shares their bytes", () => {
  for (const { bytes } of all.filter(({ name }) => name === "numpy one byte each")) {
    const [first, second] = pickleCodec.decode(bytes) as Uint8Array[];
    first?.fill(9);
    assert.equal(second?.[0], 5);
  }
});

function read(text: string): unknown {
  return pickleCodec.decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

test("pickleCodec reads the opcodes of Python 2 and of old protocols", () => {
  const values: readonly (readonly [pickle: string, told: string])[] = [
    ["S'a\\x41\\101\\n\\'b'\n.", '"aAA\\n\'b"'],
    ['S"it\'s"\n.', '"it\'s"'],
    ["S'\\xff'\n.", "Uint8Array[255]"],
    ["T\x03\0\0\0abc.", '"abc"'],
    ["U\x03abc.", '"abc"'],
    ["U\x01\xff.", "Uint8Array[255]"],
    ["Vl\\u00e9\\U0001d11e\xe9\n.", '"lé𝄞é"'],
    ["I01\n.", "true"],
    ["I00\n.", "false"],
    ["I-5\n.", "-5"],
    ["L5L\n.", "5"],
    ["L-36893488147419103232L\n.", "-36893488147419103232n"],
    ["F1.5\n.", "1.5"],
    ["F-1e-05\n.", "-0.00001"],
    ["Fnan\n.", "NaN"],
    ["F-inf\n.", "-Infinity"],
    ["(I1\nI2\nl.", "[1, 2]"],
    ["(I1\nI2\nt.", "[1, 2]"],
    ["(S'a'\nI2\nd.", '{"a": 2}'],
    ["(I1\nI2\nd.", "Map{1: 2}"],
    ["(lp0\nI1\nag0\n0.", "[1]"],
    ["]q\0h\0a.", "[…]"],
    ["]r\x01\0\0\0j\x01\0\0\0a.", "[…]"],
    ["(I1\n(I2\n1t.", "[1]"],
    ["I1\n20.", "1"],
    ["(I1\nimodule\nName\n.", "module.Name(1)"],
    ["(cmodule\nName\nI1\no.", "module.Name(1)"],
    ["(S'k'\nimodule\nName\n}S'a'\nI1\nsb.", 'module.Name("k") with {"a": 1}'],
    ["Pan id\n.", 'pickle.persistent_load("an id")'],
    ["I7\nQ.", "pickle.persistent_load(7)"],
    ["\x82\x05.", "copyreg._inverted_registry(5)"],
    ["\x83\x05\x01.", "copyreg._inverted_registry(261)"],
    ["\x84\x05\0\0\0.", "copyreg._inverted_registry(5)"],
    ["c__builtin__\nxrange\n(I3\ntR.", "builtins.range(3)"],
    ["\x80\x03c__builtin__\n__main__\n.", "__builtin__.__main__"],
    ["cexceptions\nKeyError\n(S'k'\ntR.", 'builtins.KeyError("k")'],
    ["\x80\x02\x8a\x00.", "0"],
    ["\x80\x02\x8a\x01\xff.", "-1"],
    ["\x80\x05\x96\x02\0\0\0\0\0\0\0ab.", "Uint8Array[97, 98]"],
    ["\x80\x04\x8e\x02\0\0\0\0\0\0\0ab.", "Uint8Array[97, 98]"],
    ["\x80\x04\x8d\x02\0\0\0\0\0\0\0ab.", '"ab"'],
    ["\x80\x04\x8f(K\x01K\x02\x90.", "Set{1, 2}"],
    ["\x80\x04(K\x01K\x02\x91.", "Set{1, 2}"],
  ];
  for (const [pickle, expected] of values) assert.equal(told(read(pickle)), expected, JSON.stringify(pickle));
});

/** Every opcode of Python's `pickletools`, by its character; `interop_test.ts` holds that against Python. */
const OPCODES = "().012BCFGIJKLMNPQRSTUVX]abcdeghijlopqrstu}" +
  "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96\x97\x98";

test("pickleCodec knows every opcode of Python's, and refuses the others and out-of-band buffers by name", () => {
  for (let code = 0; code < 256; code++) {
    const character = String.fromCharCode(code);
    let message = "";
    try {
      read(`(${character}`);
    } catch (error) {
      assert.ok(error instanceof CodecError, String(error));
      message = error.message;
    }
    const isOpcode = OPCODES.includes(character);
    assert.equal(/opcode 0x[0-9a-f]{2} is none/.test(message), !isOpcode, `${code}: ${message}`);
  }
  for (const code of ["\x97", "\x98"]) {
    assert.throws(() => read(`\x80\x05${code}.`), /buffers that are not in it/);
  }
  assert.throws(() => read("\x80\x06N."), /protocol 6 is not known to this version/);
});

test("pickleCodec calls nothing that a pickle names", () => {
  assert.equal(told(read("cos\nsystem\n(S'echo pwned'\ntR.")), 'os.system("echo pwned")');
});
