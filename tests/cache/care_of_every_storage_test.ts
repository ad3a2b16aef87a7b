/** Looking after caches of every kind of storage, with damage done to the medium itself. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { createClient } from "@libsql/client";
import { type Cache, fleche, openCache, type StorageSettings } from "../../mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";

type Part = "calls" | "values";

interface Kind {
  readonly settings: (directory: string, part: Part) => StorageSettings;
  /** Changes a byte of an entry; absent where nothing but this process reaches the medium. */
  readonly damage?: (directory: string, part: Part, key: string) => Promise<void> | void;
  /** Leaves something among the entries that is none. */
  readonly litter?: (directory: string, part: Part) => void;
}

const files: Required<Pick<Kind, "damage" | "litter">> = {
  damage(directory, part, key) {
    const paths = readdirSync(join(directory, part), { recursive: true }).map(String);
    const path = join(directory, part, paths.find((each) => each.endsWith(`${key}.cbor`)) ?? "");
    const bytes = readFileSync(path);
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  },
  litter: (directory, part) => writeFileSync(join(directory, part, "v1", "notes.txt"), "not ours"),
};

const KINDS: Readonly<Record<string, Kind>> = {
  Memory: { settings: () => ({ type: "Memory" }) },
  CborFile: {
    settings: (directory, part) => ({ type: "CborFile", root: join(directory, part) }),
    ...files,
  },
  CompressedStorage: {
    settings: (directory, part) => ({
      type: "CompressedStorage",
      compression: "gzip",
      inner: { type: "CborFile", root: join(directory, part) },
    }),
    ...files,
  },
  Sql: {
    settings: (directory) => ({ type: "Sql", url: join(directory, "cache.db") }),
    async damage(directory, part, key) {
      const client = createClient({ url: `file:${join(directory, "cache.db")}` });
      const table = part === "calls" ? "calls" : "stored_values";
      const { rowsAffected } = await client.execute({
        sql: `UPDATE ${table} SET body = zeroblob(length(body)) WHERE key = ? AND body IS NOT NULL`,
        args: [key],
      });
      client.close();
      assert.equal(rowsAffected, 1);
    },
  },
};

interface Kept {
  readonly cache: Cache;
  readonly call: (n: number) => Promise<{ n: number }>;
  readonly runs: () => number;
  readonly key: (n: number) => Promise<string>;
  readonly result: (n: number) => Promise<string>;
}

/** A cache with the results of 1 to 6. */
async function withKept(
  name: string,
  { settings }: Kind,
  body: (kept: Kept, directory: string) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    await using cache = openCache({
      values: settings(directory, "values"),
      calls: settings(directory, "calls"),
    });
    let runs = 0;
    const f = fleche((n: number) => (runs++, { n, text: `${n} `.repeat(200) }), { name, cache });
    for (let n = 1; n <= 6; n++) await f(n);
    const result = async (n: number): Promise<string> =>
      (await cache.record(await f.digest(n)))?.result ?? "none";
    await body({ cache, call: f, runs: () => runs, key: f.digest, result }, directory);
  });
}

for (const [name, kind] of Object.entries(KINDS)) {
  test(`verify finds and repairs each kind of fault in ${name}`, () =>
    withKept(`verified in ${name}`, kind, async (kept, directory) => {
      const { cache, call, key, result, runs } = kept;
      assert.deepEqual((await cache.verify({ graceMs: 0 })).faults, []);
      const expected = [
        { kind: "missing", storage: "calls", key: await key(1) },
        { kind: "dangling", storage: "values", key: await result(2) },
      ];
      await cache.values.delete(await result(1));
      await cache.calls.delete(await key(2));
      if (kind.damage !== undefined) {
        for (const [part, at] of [["values", await result(3)], ["calls", await key(4)]] as const) {
          expected.push({ kind: "damaged", storage: part, key: at });
        }
        // What only the damaged record named.
        expected.push({ kind: "dangling", storage: "values", key: await result(4) });
        await kind.damage(directory, "values", await result(3));
        await kind.damage(directory, "calls", await key(4));
      }
      const litter: string[] = [];
      if (kind.litter !== undefined) {
        for (const part of ["calls", "values"] as const) kind.litter(directory, part);
        litter.push("calls", "values");
      }
      const inOrder = (faults: readonly object[]) => faults.map((fault) => JSON.stringify(fault)).sort();
      await warningsOf(async () => {
        const seen = await cache.verify({ graceMs: 0 });
        for (const { kind, storage, key } of seen.faults.filter(({ kind }) => kind === "foreign")) {
          assert.match(key, /notes\.txt$/, `${kind} in ${storage}`);
        }
        assert.deepEqual(
          seen.faults.filter(({ kind }) => kind === "foreign").map((fault) => fault.storage),
          litter,
        );
        const ours = seen.faults.filter(({ kind }) => kind !== "foreign");
        assert.deepEqual(inOrder(ours), inOrder(expected));
        assert.equal(seen.repaired, 0);

        const repair = await cache.verify({ graceMs: 0, repair: true });
        assert.deepEqual(repair.counts, seen.counts);
        // And the record of the value that was set aside.
        assert.equal(repair.repaired, expected.length + (kind.damage === undefined ? 0 : 1));
      });
      const { counts, entries } = await cache.verify({ graceMs: 0 });
      assert.deepEqual(counts, { ...counts, missing: 0, damaged: 0, dangling: 0, foreign: litter.length });
      assert.equal(entries, kind.damage === undefined ? 8 : 4);
      const before = runs();
      for (let n = 1; n <= 6; n++) assert.equal((await call(n)).n, n);
      assert.equal(runs() - before, kind.damage === undefined ? 2 : 4);
    }));

  test(`gc removes from ${name} what no record names, once it is old enough`, () =>
    withKept(`collected in ${name}`, kind, async ({ cache, call, key, runs }) => {
      for (const n of [1, 2]) await cache.calls.delete(await key(n));
      const young = await cache.gc();
      assert.deepEqual([young.records, young.named, young.young, young.removed], [4, 4, 2, 0]);
      const sizes = (await cache.stats()).values;
      const { removed, freedBytes } = await cache.gc({ graceMs: 0 });
      assert.equal(removed, 2);
      const left = (await cache.stats()).values;
      assert.deepEqual([left.entries, left.bytes], [4, (sizes.bytes ?? 0) - freedBytes]);
      assert.ok(freedBytes > 0);
      for (let n = 1; n <= 6; n++) await call(n);
      assert.equal(runs(), 8);
      assert.equal((await cache.gc({ graceMs: 0 })).removed, 0);
    }));

  test(`clear leaves nothing in ${name}, and what is computed again is kept`, () =>
    withKept(`cleared in ${name}`, kind, async ({ cache, call, runs }) => {
      assert.deepEqual(await cache.clear(), { records: 6, values: 6 });
      const { calls, values } = await cache.stats();
      assert.deepEqual([calls, values], [{ entries: 0, bytes: 0 }, { entries: 0, bytes: 0 }]);
      for (const _ of [1, 2]) for (let n = 1; n <= 6; n++) await call(n);
      assert.equal(runs(), 12);
    }));

  test(`two gcs of ${name} at once take turns`, () =>
    withKept(`collected twice in ${name}`, kind, async ({ cache, key }) => {
      for (const n of [1, 2, 3]) await cache.calls.delete(await key(n));
      const reports = await Promise.all([1, 2].map(() => cache.gc({ graceMs: 0 })));
      assert.equal(reports.reduce((sum, { removed }) => sum + removed, 0), 3);
      for (const { named } of reports) assert.equal(named, 3);
    }));
}
