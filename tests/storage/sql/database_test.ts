import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Client, createClient } from "@libsql/client";
import { Database } from "../../../src/storage/sql/_database.ts";
import { Sql } from "../../../src/storage/sql.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { query } from "./_databases.ts";

const options = { timeout: 60_000 };

/** A database that does not wait for locks, and the path of its file. */
async function withDatabase(
  body: (database: Database, path: string, client: Client) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "some.db");
    await query(path, "PRAGMA journal_mode = WAL");
    await query(path, "CREATE TABLE t (a)");
    await query(path, "INSERT INTO t VALUES (1)");
    const client = createClient({ url: `file:${path}`, concurrency: 1, timeout: 0 });
    const database = new Database(client, "file");
    try {
      await body(database, path, client);
    } finally {
      database.close();
    }
  });
}

async function whileLocked(path: string, body: () => Promise<void>): Promise<void> {
  const other = createClient({ url: `file:${path}` });
  const lock = await other.transaction("write");
  await body();
  await lock.rollback();
  other.close();
}

const valueOf = async (database: Database) => (await database.read("SELECT a FROM t")).rows[0]?.[0];

test("Database reads and commits after it met a lock", options, async () => {
  await withDatabase(async (database, path) => {
    await whileLocked(path, async () => {
      await assert.rejects(database.write(["UPDATE t SET a = 2"]), { code: "SQLITE_BUSY" });
      assert.equal(await valueOf(database), 1);
    });
    await query(path, "UPDATE t SET a = 3");
    assert.equal(await valueOf(database), 3, "no old snapshot");
    await database.write(["UPDATE t SET a = 4"]);
    assert.deepEqual(await query(path, "SELECT a FROM t"), [{ a: 4 }]);
    await query(path, "UPDATE t SET a = 5");
    assert.equal(await valueOf(database), 5, "no lock is left behind");
  });
});

test("Database sets a connection up that takes the place of another", options, async () => {
  await withDatabase(async (database, path) => {
    await whileLocked(path, () => assert.rejects(database.write(["DELETE FROM t"]), { code: "SQLITE_BUSY" }));
    assert.equal((await database.read("PRAGMA wal_autocheckpoint")).rows[0]?.[0], 4000);
  });
});

test("Database does what waited behind an operation that met a lock", options, async () => {
  await withDatabase(async (database, path) => {
    await whileLocked(path, async () => {
      const results = await Promise.allSettled([
        database.write(["UPDATE t SET a = 2"]),
        database.write(["UPDATE t SET a = 2"]),
        valueOf(database),
        valueOf(database),
        valueOf(database),
      ]);
      assert.deepEqual(results.map(({ status }) => status), [
        "rejected",
        "rejected",
        "fulfilled",
        "fulfilled",
        "fulfilled",
      ]);
    });
    await Promise.all([
      database.write(["UPDATE t SET a = a + 1"]),
      database.write(["UPDATE t SET a = a + 1"]),
    ]);
    assert.deepEqual(await query(path, "SELECT a FROM t"), [{ a: 3 }]);
  });
});

test("Database rejects what it is asked when it is closed", options, async () => {
  await withDatabase(async (database) => {
    database.close();
    database.close();
    await assert.rejects(database.read("SELECT 1"), { code: "CLIENT_CLOSED" });
    await assert.rejects(database.write(["SELECT 1"]), { code: "CLIENT_CLOSED" });
  });
});

test("Sql says once which database cannot be opened, and what would work", options, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "folder.db");
    mkdirSync(path);
    const storage = new Sql({ url: path });
    await assert.rejects(storage.get("key"), ({ message, code }: Error & { code?: string }) => {
      assert.equal(code, "SQLITE_CANTOPEN");
      assert.equal(message.split("SQLITE_CANTOPEN").length, 2, message);
      assert.ok(message.startsWith(`Cannot open database "${path}": SQLITE_CANTOPEN: `), message);
      assert.match(message, /\(the file and its folder must be writable, to read it as well\)$/);
      return true;
    });
    await storage[Symbol.asyncDispose]();
  });
});
