/** What happens to a cache's files between two calls: every time the right result, and a hit again on the call after. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type Cache, fleche, openCache } from "../../mod.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";

const PARTS = { values: "values", calls: "calls" };

function openFiles(root: string, parts: { values: string; calls: string } = PARTS): Cache {
  return openCache({
    values: { type: "CborFile", root: join(root, parts.values) },
    calls: { type: "CborFile", root: join(root, parts.calls) },
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) =>
      entry.isFile() && entry.name.endsWith(".cbor") && !entry.parentPath.includes("quarantine")
    )
    .map((entry) => join(entry.parentPath, entry.name)).sort();
}

interface Counted {
  readonly call: (n: number) => Promise<unknown>;
  readonly key: (n: number) => Promise<string>;
  readonly runs: () => number;
}

function counted(cache: Cache, strict = true): Counted {
  let runs = 0;
  const f = fleche((n: number) => {
    runs++;
    return { n, rows: new Float64Array(n === 2 ? 100_000 : 3).fill(n) };
  }, { name: "counted", cache, strict });
  return { call: f, key: f.digest, runs: () => runs };
}

async function assertComputed(f: Counted, n: number): Promise<void> {
  const before = f.runs();
  const expected = { n, rows: new Float64Array(n === 2 ? 100_000 : 3).fill(n) };
  assert.deepEqual(await f.call(n), expected);
  assert.equal(f.runs(), before + 1, "the first call computes");
  assert.deepEqual(await f.call(n), expected);
  assert.equal(f.runs(), before + 1, "the second call hits");
}

/** What can be done to the one file that is there, by name. */
const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  "is deleted": (path) => rmSync(path),
  "is emptied": (path) => writeFileSync(path, ""),
  "is cut in half": (path) =>
    writeFileSync(path, readFileSync(path).subarray(0, readFileSync(path).length / 2)),
  "has a byte changed": (path) => {
    const bytes = readFileSync(path);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  },
  "has a byte added": (path) => writeFileSync(path, new Uint8Array([...readFileSync(path), 0])),
  "is bare CBOR": (path) => writeFileSync(path, cborCodec.encode({ n: 7 }) as Uint8Array),
  "is a folder": (path) => {
    rmSync(path);
    mkdirSync(path);
  },
};

for (const n of [1, 2]) {
  for (const part of ["values", "calls"] as const) {
    for (const [damage, inflict] of Object.entries(DAMAGES)) {
      const size = n === 2 ? "large" : "small";
      test(`fleche computes again and then hits when a ${size} call's file in ${part} ${damage}`, () =>
        withTemporaryDirectory(async (root) => {
          await using cache = openFiles(root);
          const f = counted(cache);
          await assertComputed(f, n);
          const [path, another] = filesBelow(join(root, part));
          assert.ok(path !== undefined && another === undefined);
          inflict(path);
          await warningsOf(() => assertComputed(f, n));
        }));
    }
  }
}

test("fleche takes no record for another's when files are swapped", () =>
  withTemporaryDirectory(async (root) => {
    await using cache = openFiles(root);
    const f = counted(cache);
    for (const part of ["values", "calls"]) {
      await f.call(3);
      await f.call(4);
      const [one = "", other = ""] = filesBelow(join(root, part));
      renameSync(one, `${root}/aside`);
      renameSync(other, one);
      renameSync(`${root}/aside`, other);
      await warningsOf(async () => {
        await assertComputed(f, 3);
        await assertComputed(f, 4);
      });
    }
  }));

for (
  const [what, record] of Object.entries({
    "of a later version": { fleche: 2, result: "0".repeat(64), name: "counted" },
    "without a result": { fleche: 1, name: "counted" },
    "that names no value": { fleche: 1, result: "0".repeat(64) },
    "whose result is no digest": { fleche: 1, result: `../${"x".repeat(61)}` },
    "that is a list": [1, 2],
    "that is a text": "record",
    "that is null": null,
  })
) {
  test(`fleche computes again and then hits over a record ${what}`, () =>
    withTemporaryDirectory(async (root) => {
      await using cache = openFiles(root);
      const f = counted(cache);
      await f.call(3);
      await cache.calls.put(await f.key(3), await cborCodec.encode(record));
      await warningsOf(() => assertComputed(f, 3));
    }));
}

test("fleche computes again and then hits over a record whose form is not that of its codec", () =>
  withTemporaryDirectory(async (root) => {
    await using cache = openFiles(root);
    const f = counted(cache);
    await f.call(3);
    const record = await cache.record(await f.key(3));
    const form = { kind: "response", status: 200, statusText: "", headers: [], hasBody: true };
    await cache.calls.put(await f.key(3), await cborCodec.encode({ fleche: 1, form, ...record }));
    await warningsOf(() => assertComputed(f, 3));
  }));

test("fleche computes again and then hits over a value that is no CBOR", () =>
  withTemporaryDirectory(async (root) => {
    await using cache = openFiles(root);
    const f = counted(cache);
    await f.call(3);
    const record = await cache.record(await f.key(3));
    await cache.values.put(record?.result ?? "", new Uint8Array([0xff, 0xff]));
    await warningsOf(() => assertComputed(f, 3));
  }));

test("a cache keeps calls and values in one root, and two caches share it", () =>
  withTemporaryDirectory(async (root) => {
    const one = { values: "one", calls: "one" };
    await using first = openFiles(root, one);
    await using second = openFiles(root, one);
    const f = counted(first);
    for (const n of [1, 2, 3]) await assertComputed(f, n);
    const g = counted(second);
    for (const n of [1, 2, 3]) await g.call(n);
    assert.equal(g.runs(), 0);
  }));

test("fleche goes on when the root is deleted between calls", () =>
  withTemporaryDirectory(async (root) => {
    await using cache = openFiles(root);
    const f = counted(cache);
    for (const n of [1, 2]) {
      await assertComputed(f, n);
      for (const part of ["values", "calls"]) rmSync(join(root, part), { recursive: true });
      await assertComputed(f, n);
    }
  }));

test("fleche returns results uncached, with a warning, when the root is a file", () =>
  withTemporaryDirectory(async (root) => {
    writeFileSync(join(root, "values"), "");
    await using cache = openFiles(root);
    const f = counted(cache, false);
    const warnings = await warningsOf(async () => {
      for (const n of [1, 2]) assert.deepEqual(((await f.call(n)) as { n: number }).n, n);
    });
    assert.equal(f.runs(), 2);
    assert.ok(warnings.length > 0);
    assert.ok(warnings.every((warning) => warning.includes("it is returned uncached")), warnings.join("\n"));
    assert.deepEqual(await Array.fromAsync(cache.calls.keys()), [], "no record without a value");
  }));

test("damage that a storage sets aside is warned of once, by the storage, and told to those who listen", () =>
  withTemporaryDirectory(async (root) => {
    const cache = openFiles(root);
    const f = counted(cache, false);
    await f.call(1);
    for (const path of filesBelow(join(root, "values"))) writeFileSync(path, "damaged");
    const told: string[] = [];
    cache.events.subscribe((event) => event.type === "warning" && told.push(event.message));
    const warnings = await warningsOf(async () => await assertComputed(f, 1));
    assert.equal(warnings.length, 1, warnings.join("\n"));
    assert.match(
      warnings[0] ?? "",
      /it is damaged; it was set aside in .*quarantine.* and will be computed again/,
    );
    assert.equal(told.length, 1, told.join("\n"));
  }));
