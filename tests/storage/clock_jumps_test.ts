/** The wall clock is set while storages are at work: by a person, by the network, by a machine that comes back from sleep. */
import assert from "node:assert/strict";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cache, fleche, openCache } from "../../mod.ts";
import { CborFile } from "../../src/storage/cbor_file.ts";
import { beat } from "../../src/storage/file/_leases.ts";
import { Sql } from "../../src/storage/sql.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { withClockOf, withWallClockSet } from "./_clock.ts";
import { query } from "./sql/_databases.ts";

const options = { timeout: 60_000 };
const YEAR_MS = 365 * 24 * 3600 * 1000;
const KEY = "abcd".padEnd(64, "0");

for (const [name, offsetMs] of [["ahead", YEAR_MS], ["back", -YEAR_MS]] as const) {
  test(
    `CborFile and Sql keep and find what they are given after the clock was set ${name}`,
    options,
    () =>
      withTemporaryDirectory(async (directory) => {
        for (
          const storage of [new CborFile({ root: directory }), new Sql({ url: join(directory, "c.db") })]
        ) {
          const early = await storage.draft();
          await early.write(new Uint8Array(700_000));
          await storage.put("early", new Uint8Array(3));
          await withWallClockSet(offsetMs, async () => {
            await early.finish("draft");
            await storage.put("late", new Uint8Array(700_000));
            for (const key of ["early", "draft", "late"]) {
              assert.ok(await storage.get(key) !== undefined, key);
            }
          });
          await storage[Symbol.asyncDispose]();
        }
      }),
  );

  test(
    `a lease of a file is its holder's after the clock was set ${name}`,
    options,
    () =>
      withTemporaryDirectory(async (root) => {
        const { leases } = new CborFile({ root });
        const lease = await leases.take(KEY);
        await withWallClockSet(offsetMs, async () => {
          beat();
          assert.equal(await leases.take(KEY), undefined);
          await lease?.release();
        });
        assert.deepEqual(readdirSync(join(root, "v1", "tmp")), []);
      }),
  );

  test(
    `calls return and are kept after the clock was set ${name}`,
    options,
    () =>
      withTemporaryDirectory(async (root) => {
        const settings = { type: "CborFile", root };
        await using mine = openCache({ values: settings, calls: settings });
        let runs = 0;
        const double = fleche((x: number) => (runs++, 2 * x), { name: `double, clock ${name}` });
        using _cache = cache(mine);
        assert.equal(await double(1), 2);
        await withWallClockSet(offsetMs, async () => {
          for (const x of [1, 2, 2]) assert.equal(await double(x), 2 * x);
        });
        for (const x of [1, 2]) assert.equal(await double(x), 2 * x);
        assert.equal(runs, 2);
      }),
  );
}

test(
  "a dead holder's lease of the future is waited for some seconds, not until then",
  options,
  () =>
    withTemporaryDirectory(async (directory) => {
      const file = new CborFile({ root: directory });
      await (await file.leases.take(KEY))?.release();
      const path = join(directory, "v1", "tmp", `${KEY}.cbor.lease`);
      writeFileSync(path, "");
      const future = new Date(Date.now() + YEAR_MS);
      utimesSync(path, future, future);
      await withClockOf(999, () => file.leases.wait(KEY));
      assert.deepEqual(readdirSync(join(directory, "v1", "tmp")), []);

      const url = join(directory, "calls.db");
      const sql = new Sql({ url });
      assert.equal(await sql.has(KEY), false);
      await query(url, "INSERT INTO leases VALUES ('calls', ?, 'x', unixepoch() + 31536000)", [KEY]);
      await withClockOf(999, async () => await sql.leases?.wait(KEY));
      assert.deepEqual(await query(url, "SELECT * FROM leases"), []);
      await sql[Symbol.asyncDispose]();
    }),
);
