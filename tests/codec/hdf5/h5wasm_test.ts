/** What the HDF5 library itself, as h5wasm, finds in the files that are written. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as h5wasm from "h5wasm";
import { hdf5Codec } from "../../../src/codec/hdf5/hdf5_codec.ts";
import { assertGolden } from "../../_golden.ts";
import { corpus } from "../_corpus.ts";
import { encodedWhole } from "./_bytes.ts";

await h5wasm.ready;
let count = 0;

/** Opens a value's file with h5wasm, for as long as `body` takes. */
async function opened<T>(value: unknown, body: (file: h5wasm.File) => T): Promise<T> {
  return openedBytes(await encodedWhole(value), body);
}

function openedBytes<T>(bytes: Uint8Array, body: (file: h5wasm.File) => T): T {
  const { FS } = h5wasm;
  assert.ok(FS !== null);
  const name = `${count++}.h5`;
  FS.writeFile(name, bytes);
  const file = new h5wasm.File(name, "r");
  try {
    return body(file);
  } finally {
    file.close();
    FS.unlink(name);
  }
}

/** A line a node: its path, what it is, and what it says. */
function listing(file: h5wasm.File): string[] {
  return file.paths().map((path) => {
    const node = file.get(path);
    assert.ok(node instanceof h5wasm.Group || node instanceof h5wasm.Dataset, `${path} cannot be opened`);
    const said = Object.entries(node.attrs).map(([name, { value }]) => `${name}=${value}`);
    const what = node instanceof h5wasm.Group
      ? "group"
      : `dataset ${JSON.stringify(node.dtype)} ${JSON.stringify(node.shape)}`;
    return [path, what, ...said].join(" ");
  });
}

test("hdf5Codec writes files that HDF5 opens, all of their nodes", { timeout: 60_000 }, async () => {
  for (const value of Object.values(corpus())) {
    const lines = await opened(value, listing);
    assert.ok(lines.length > 0);
    for (const line of lines) assert.match(line, /content_type=/);
  }
});

test("hdf5Codec writes numbers that HDF5 reads, in chunks where there are many", async () => {
  const numbers = new Float64Array(1_000_000).map((_, i) => i / 3);
  await opened({ numbers }, (file) => {
    const dataset = file.get("object/numbers");
    assert.ok(dataset instanceof h5wasm.Dataset);
    assert.equal(dataset.dtype, "<d");
    assert.deepEqual(dataset.shape, [1_000_000]);
    assert.deepEqual(dataset.metadata.chunks, [131_072]);
    assert.deepEqual(dataset.slice([[999_990, 1_000_000]]), numbers.slice(999_990));
  });
});

test("hdf5Codec writes the layout of bagofholding", async () => {
  const shared = ["a"];
  const value = {
    number: 1,
    text: "é",
    list: [1.5, null, undefined, true, 5n, 2n ** 70n],
    array: Object.assign(new Int16Array(6), { shape: [2, 3] }),
    plain: new Float64Array(2),
    flags: Object.assign(new Uint8Array(2), { shape: [2], dtype: "bool" }),
    complex: Object.assign(new Float32Array(2), { shape: [1], dtype: "complex64" }),
    surrogate: "\ud800",
    set: new Set(["a"]),
    pairs: new Map([[{}, 1]]),
    date: new Date(0),
    pattern: /a/g,
    sparse: [, 1],
    error: Object.assign(new TypeError("no"), { stack: "here", code: 1 }),
    bytes: new Uint8Array(3),
    shared,
    again: shared,
    map: new Map([["k", 1]]),
    odd: { "odd/": 1 },
  };
  assertGolden("codec/hdf5/layout.txt", (await opened(value, listing)).map((line) => `${line}\n`).join(""));
});

test("hdf5Codec writes files for the version of bagofholding that it was told", () => {
  for (const [options, version] of [[{}, "0.1.16"], [{ bagofholdingVersion: "0.2.0" }, "0.2.0"]] as const) {
    const body = hdf5Codec(options).encode(1);
    assert.ok(body instanceof Uint8Array);
    const said = openedBytes(
      body,
      ({ attrs }) => Object.entries(attrs).map(([name, { value }]) => [name, value]),
    );
    assert.deepEqual(Object.fromEntries(said), {
      qualname: "H5Bag",
      module: "bagofholding.h5.bag",
      version,
      libver_str: "latest",
      fleche: 1n,
    });
  }
});
