import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createClient } from "@libsql/client";
import { cache, fleche, openCache } from "../../../mod.ts";
import { Sql } from "../../../src/storage/sql.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";

const options = { timeout: 60_000 };
const bytes = new Uint8Array([1, 2, 3]);

/** What another process does that begins a transaction and never ends it. */
async function lock(path: string): Promise<() => Promise<void>> {
  const other = createClient({ url: `file:${path}` });
  const transaction = await other.transaction("write");
  return async () => {
    await transaction.rollback();
    other.close();
  };
}

test(
  "a call whose database is locked for good returns, with one warning, and is kept afterwards",
  options,
  () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "cache.db");
      const settings = { type: "Sql", url: path, timeout_ms: 300 };
      const mine = openCache({ values: settings, calls: settings });
      let runs = 0;
      const double = fleche((x: number) => (runs++, 2 * x), { name: "double under a lock" });
      using _active = cache(mine);
      assert.equal(await double(1), 2);
      const unlock = await lock(path);
      const warnings = await warningsOf(async () => {
        for (const x of [1, 2, 3, 4]) assert.equal(await double(x), 2 * x);
      });
      assert.equal(runs, 4);
      assert.equal(warnings.length, 1, warnings.join("\n"));
      assert.ok(
        warnings[0]?.includes(
          `Cannot use database "${path}": SQLITE_BUSY: database is locked (another program keeps it locked; a larger timeout_ms`,
        ),
        String(warnings),
      );
      await unlock();
      for (const x of [4, 4]) assert.equal(await double(x), 8);
      assert.equal(runs, 5);
      await mine[Symbol.asyncDispose]();
    }),
);

test(
  "Sql waits for a lock once as long as it may, then shortly, and anew when it could write",
  options,
  () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "calls.db");
      const [calls, values] = (["calls", "values"] as const).map((role) =>
        new Sql({ url: path, role, timeoutMs: 1000 })
      ) as [Sql, Sql];
      await calls.put("key", bytes);
      await values.put("key", bytes);
      const timed = async (storage: Sql): Promise<number> => {
        const begun = performance.now();
        await assert.rejects(storage.put("key", bytes), { code: "SQLITE_BUSY" });
        return performance.now() - begun;
      };
      let unlock = await lock(path);
      assert(await timed(calls) >= 900);
      // The other storage over the same file knows.
      for (const storage of [values, calls, values]) assert(await timed(storage) < 900);
      await unlock();
      await values.put("key", bytes);
      unlock = await lock(path);
      assert(await timed(calls) >= 900);
      await unlock();
      for (const storage of [calls, values]) await storage[Symbol.asyncDispose]();
    }),
);

test(
  "Sql waits shortly for a database that it could not open for a lock",
  options,
  () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "calls.db");
      const other = createClient({ url: `file:${path}`, concurrency: 1 });
      // Without a log, readers are locked out too; the journal in memory leaves no file open.
      await other.execute("PRAGMA journal_mode = MEMORY");
      await other.execute("PRAGMA locking_mode = EXCLUSIVE");
      await other.execute("CREATE TABLE t (a)");
      await other.execute("DROP TABLE t");
      const storage = new Sql({ url: path, timeoutMs: 1000 });
      await assert.rejects(storage.get("key"), { code: "SQLITE_BUSY" });
      const begun = performance.now();
      await assert.rejects(storage.get("key"), { code: "SQLITE_BUSY" });
      assert(performance.now() - begun < 900);
      other.close();
      await storage[Symbol.asyncDispose]();
    }),
);

test(
  "calls of several functions whose database is another program's give one warning",
  options,
  () =>
    withTemporaryDirectory(async (directory) => {
      const path = join(directory, "other.db");
      const other = createClient({ url: `file:${path}` });
      await other.execute("CREATE TABLE users (name)");
      other.close();
      await using mine = openCache({ values: { type: "Sql", url: path }, calls: { type: "Sql", url: path } });
      const warnings = await warningsOf(async () => {
        for (const name of ["one", "two"]) {
          assert.equal(await fleche((x: number) => 2 * x, { name: `${name} in users`, cache: mine })(1), 2);
        }
      });
      assert.equal(warnings.length, 1, warnings.join("\n"));
      assert.match(warnings[0] ?? "", /it is another program's database; choose a file that is new/);
    }),
);
