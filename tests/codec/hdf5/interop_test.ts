/** Python's bagofholding, where it is installed (`FLECHE_PYTHON`, else `python3`), in both directions. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { corpus } from "../_corpus.ts";
import { PickleObject } from "../../../src/codec/pickle_object.ts";
import { assertSame } from "../_same.ts";
import { codec, encodedWhole } from "./_bytes.ts";

const python = process.env["FLECHE_PYTHON"] ?? "python3";
const probe = spawnSync(python, ["-c", "import bagofholding; print(bagofholding.__version__)"], {
  encoding: "utf8",
});
const options = probe.stdout?.trim() === "0.1.16"
  ? { timeout: 60_000 }
  : { timeout: 60_000, skip: `"${python}" has no bagofholding 0.1.16: pip install bagofholding==0.1.16` };

/** Runs a Python program on files in a directory; gives what it prints. */
function run(directory: string, program: string): string[] {
  const { status, stdout, stderr } = spawnSync(python, ["-c", program], {
    cwd: directory,
    encoding: "utf8",
    env: { ...process.env, PYTHONIOENCODING: "utf-8:surrogatepass" },
  });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split("\n");
}

/** What Python's `repr` says of each value, as Python loads it. */
async function loaded(values: readonly unknown[]): Promise<string[]> {
  let printed: string[] = [];
  await withTemporaryDirectory(async (directory) => {
    for (const [i, value] of values.entries()) {
      writeFileSync(join(directory, `${i}.h5`), await encodedWhole(value));
    }
    printed = run(
      directory,
      `from bagofholding import H5Bag
for i in range(${values.length}): print(ascii(H5Bag(f"{i}.h5").load()).replace("\\n", ""))`,
    );
  });
  return printed;
}

/** What is read of the values that Python expressions make. */
async function saved(expressions: readonly string[]): Promise<unknown[]> {
  const values: unknown[] = [];
  await withTemporaryDirectory(async (directory) => {
    writeFileSync(join(directory, "expressions.json"), JSON.stringify(expressions));
    run(
      directory,
      `import json, collections, datetime, numpy as np
from bagofholding import H5Bag
s = [1]
cycle = []
cycle.append(cycle)
for i, each in enumerate(json.load(open("expressions.json"))): H5Bag.save(eval(each), f"{i}.h5")`,
    );
    for (const i of expressions.keys()) {
      values.push(await codec.decode(new Uint8Array(readFileSync(join(directory, `${i}.h5`)))));
    }
  });
  return values;
}

test("hdf5Codec writes values that bagofholding loads, all of them", options, async () => {
  const values = Object.values(corpus());
  assert.equal((await loaded(values)).length, values.length);
});

test("hdf5Codec writes values that bagofholding loads as Python's own", options, async () => {
  const shared = [1];
  const cases: readonly (readonly [value: unknown, repr: string])[] = [
    [
      corpus()["record"],
      "{'id': 1234, 'name': 'Ada Lovelace', 'tags': ['a', 'b', 'c'], " +
      "'nested': {'score': 1.5, 'active': True, 'gone': None}}",
    ],
    [
      [2 ** 40, 0.1, -0, 5n, 2n ** 63n, 2n ** 64n, -(2n ** 70n), NaN, Infinity],
      "[1099511627776, 0.1, -0.0, 5, 9223372036854775808, 18446744073709551616, -1180591620717411303424, nan, inf]",
    ],
    [["é", "\ud800", "a\0b", ""], "['\\xe9', '\\ud800', 'a\\x00b', '']"],
    [new Set([1]), "{1}"],
    [new Map<unknown, unknown>([[1, "a"], ["b", null]]), "{1: 'a', 'b': None}"],
    [[new Uint8Array([1, 0]), new Uint8Array()], "[b'\\x01\\x00', b'']"],
    [{ "a/b": 1, "": 2 }, "{'a/b': 1, '': 2}"],
    [undefined, "None"],
    [corpus()["cycle"], "{'list': [{...}, [...]]}"],
    [[new Float32Array([1.5]), new BigInt64Array([-1n])], "[array([1.5], dtype=float32), array([-1])]"],
    [Object.assign(new Int16Array(6), { shape: [2, 3] }), "array([[0, 0, 0],       [0, 0, 0]], dtype=int16)"],
    [Object.assign(new Uint8Array([0, 1]), { shape: [2], dtype: "bool" }), "array([False,  True])"],
    [Object.assign(new Float64Array([1, 2]), { shape: [1], dtype: "complex128" }), "array([1.+2.j])"],
    [Object.assign(new Float16Array(1), { shape: [] }), "np.float16(0.0)"],
    [[shared, shared], "[[1], [1]]"],
  ];
  assert.deepEqual(await loaded(cases.map(([value]) => value)), cases.map(([, repr]) => repr));
});

test("hdf5Codec writes what h5py finds: chunks, order, many names, shared identity", options, async () => {
  await withTemporaryDirectory(async (directory) => {
    const shared = { s: 1 };
    const value = {
      z: new Float64Array(1_000_000).map((_, i) => i),
      a: Object.assign(new Float32Array(3_000_000), { shape: [1000, 3000] }),
      many: Object.fromEntries(Array.from({ length: 7000 }, (_, i) => [`k${i}`, i % 9])),
      shared: [shared, shared],
      text: "x",
    };
    writeFileSync(join(directory, "v.h5"), await encodedWhole(value));
    const printed = run(
      directory,
      `import h5py, numpy as np
from bagofholding import H5Bag
f = h5py.File("v.h5")
print(list(f["object"]))
print(f["object/z"].chunks, f["object/z"].dtype, np.array_equal(f["object/z"][()], np.arange(1000000)))
print(f["object/a"].chunks, f["object/a"].shape)
print(list(f["object/many"])[:3], all(f["object/many"][f"k{i}"][()] == i % 9 for i in range(7000)))
print(f["object/text"].asstr()[()], f["object/text"].attrs["content_type"])
f.close()
s = H5Bag("v.h5").load("object/shared")
print(s[0] is s[1])`,
    );
    assert.deepEqual(printed, [
      "['z', 'a', 'many', 'shared', 'text']",
      "(131072,) float64 True",
      "(87, 3000) (1000, 3000)",
      "['k0', 'k1', 'k2'] True",
      "x bagofholding.content.Str",
      "True",
    ]);
  });
});

test("hdf5Codec reads what bagofholding saves", options, async () => {
  const numpy = (array: object, own: object): object => Object.assign(array, own);
  const cases: readonly (readonly [expression: string, value: unknown])[] = [
    ["[1, -1, 1.5, 1.0, None, True, 'é', '\\ud800', '']", [1, -1, 1.5, 1, null, true, "é", "\ud800", ""]],
    ["(1, [2, (3,)])", [1, [2, [3]]]],
    ["{'b': {1}, 'a': frozenset([2])}", { a: new Set([2]), b: new Set([1]) }],
    ["{1: 'a', 'b': None}", new Map<unknown, unknown>([[1, "a"], ["b", null]])],
    ["{'a/b': 1, 'ü': 2}", { "a/b": 1, "ü": 2 }],
    ["[2**53 - 1, 2**53, 2**63, -2**70]", [2 ** 53 - 1, 2n ** 53n, 2n ** 63n, -(2n ** 70n)]],
    ["[b'', b'a\\0', bytearray(b'b')]", [new Uint8Array(), new Uint8Array([97, 0]), new Uint8Array([98])]],
    ["np.arange(6.).reshape(2, 3)", numpy(new Float64Array([0, 1, 2, 3, 4, 5]), { shape: [2, 3] })],
    [
      "np.asfortranarray(np.arange(6, dtype='i2').reshape(2, 3))",
      numpy(new Int16Array([0, 1, 2, 3, 4, 5]), { shape: [2, 3] }),
    ],
    ["np.arange(3, dtype='>u4')", numpy(new Uint32Array([0, 1, 2]), { shape: [3] })],
    ["np.array(5.)", numpy(new Float64Array([5]), { shape: [] })],
    ["np.zeros((0, 3))", numpy(new Float64Array(), { shape: [0, 3] })],
    ["np.array([True, False])", numpy(new Uint8Array([1, 0]), { shape: [2], dtype: "bool" })],
    ["np.array([1+2j], dtype='>c8')", numpy(new Float32Array([1, 2]), { shape: [1], dtype: "complex64" })],
    ["np.array([1.5], dtype=np.float16)", numpy(new Float16Array([1.5]), { shape: [1] })],
    [
      "{f'k{i:03}': i for i in range(500)}",
      Object.fromEntries(Array.from({ length: 500 }, (_, i) => [
        `k${String(i).padStart(3, "0")}`,
        i,
      ])),
    ],
    ["list(range(30000))", Array.from({ length: 30_000 }, (_, i) => i)],
    ["1+2j", new PickleObject({ module: "builtins", name: "complex", kind: "call", args: [1, 2] })],
    ["int", new PickleObject({ module: "builtins", name: "int", kind: "global" })],
    ["range(3)", new PickleObject({ module: "builtins", name: "range", kind: "call", args: [0, 3, 1] })],
  ];
  const values = await saved(cases.map(([expression]) => expression));
  for (const [i, [expression, value]] of cases.entries()) {
    try {
      assertSame(values[i], value);
      if (ArrayBuffer.isView(value)) {
        assert.deepEqual(Reflect.get(values[i] as object, "shape"), Reflect.get(value, "shape"));
        assert.equal(Reflect.get(values[i] as object, "dtype"), Reflect.get(value, "dtype"));
      }
    } catch (cause) {
      throw new Error(expression, { cause });
    }
  }
});

test("hdf5Codec reads bagofholding's references", options, async () => {
  const [shared, cycle, forward] = await saved(["[s, {'a': s}]", "cycle", "{'z': s, 'a': [s]}"]);
  const [first, second] = shared as [unknown, { a: unknown }];
  assert.equal(first, second.a);
  assert.equal((cycle as unknown[])[0], cycle);
  // Read in the order of names, a reference comes before what it leads to.
  const { z, a } = forward as { z: unknown; a: unknown[] };
  assert.equal(a[0], z);
});

test(
  "hdf5Codec writes what it read of bagofholding's, and bagofholding loads it again",
  options,
  async () => {
    const [value] = await saved(["[np.arange(6).reshape(2, 3), np.array([1j]), np.array([True])]"]);
    assert.deepEqual(await loaded([value]), [
      "[array([[0, 1, 2],       [3, 4, 5]]), array([0.+1.j]), array([ True])]",
    ]);
  },
);
