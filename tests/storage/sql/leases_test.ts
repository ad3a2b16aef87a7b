import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Sql } from "../../../src/storage/sql.ts";
import type { Lease, Leases } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { query } from "./_databases.ts";

const options = { timeout: 60_000 };

async function withLeases(body: (leases: Leases, path: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "cache.db");
    const storage = new Sql({ url: path });
    try {
      assert.ok(storage.leases);
      await body(storage.leases, path);
    } finally {
      await storage[Symbol.asyncDispose]();
    }
  });
}

async function taken(leases: Leases | undefined): Promise<Lease> {
  const lease = await leases?.take("key");
  assert.ok(lease !== undefined, "expected a lease");
  return lease;
}

const holdersIn = (path: string) => query(path, "SELECT key, holder FROM leases ORDER BY key");

test("SqlLeases.take inserts a row, release deletes it", options, async () => {
  await withLeases(async (leases, path) => {
    const lease = await taken(leases);
    assert.deepEqual(
      await query(path, "SELECT entry_table, key, unixepoch() - beat < 10 AS lives FROM leases"),
      [{ entry_table: "calls", key: "key", lives: 1 }],
    );
    await lease.release();
    assert.deepEqual(await holdersIn(path), []);
  });
});

test("SqlLeases of calls and values of one file never meet", options, async () => {
  await withLeases(async (leases, path) => {
    const values = new Sql({ url: path, role: "values" });
    const held = [await taken(leases), await taken(values.leases)];
    await held[0]?.release();
    assert.equal(await values.leases?.take("key"), undefined);
    await leases.wait("key");
    await held[1]?.release();
    await values[Symbol.asyncDispose]();
  });
});

test(
  "SqlLeases.wait takes a lease that is older than a minute at once, and no younger one",
  options,
  async () => {
    await withLeases(async (leases, path) => {
      const insert = "INSERT INTO leases VALUES ('calls', 'key', 'dead', unixepoch() - ?)";
      await leases.wait("key");
      await query(path, insert, [50]);
      await assert.rejects(leases.wait("key", { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
      assert.deepEqual(await holdersIn(path), [{ key: "key", holder: "dead" }]);
      await query(path, "UPDATE leases SET beat = unixepoch() - 62");
      await leases.wait("key");
      assert.deepEqual(await holdersIn(path), []);
    });
  },
);

test("A SQL lease that was taken over is not released by its first holder", options, async () => {
  await withLeases(async (leases, path) => {
    const lease = await taken(leases);
    await query(path, "DELETE FROM leases");
    const next = await taken(leases);
    await lease.release();
    assert.equal((await holdersIn(path)).length, 1);
    assert.equal(await leases.take("key"), undefined);
    await next.release();
  });
});

test(
  "Sql sweeps leases of dead processes on open, and none that is younger than ten minutes",
  options,
  async () => {
    await withLeases(async (leases, path) => {
      await leases.wait("key");
      for (const [key, age] of [["dead", 601], ["silent", 590]] as const) {
        await query(path, "INSERT INTO leases VALUES ('stored_values', ?, 'x', unixepoch() - ?)", [key, age]);
      }
      const other = new Sql({ url: path });
      await other.has("key");
      await other[Symbol.asyncDispose]();
      assert.deepEqual(await holdersIn(path), [{ key: "silent", holder: "x" }]);
    });
  },
);

test("SqlLeases.take rejects where no database can be, wait is over", options, async () => {
  await withTemporaryDirectory(async (directory) => {
    const storage = new Sql({ url: directory });
    await assert.rejects(async () => await storage.leases?.take("key"), /Cannot open database/);
    await storage.leases?.wait("key");
    await storage[Symbol.asyncDispose]();
  });
});

test("A SQL lease outlives its storage: release never rejects", options, async () => {
  await withTemporaryDirectory(async (directory) => {
    const storage = new Sql({ url: join(directory, "cache.db") });
    const lease = await taken(storage.leases);
    await storage[Symbol.asyncDispose]();
    await lease.release();
    await assert.rejects(async () => await storage.leases?.take("key"), TypeError);
    await storage.leases?.wait("key");
  });
});

test("Sql has no leases in memory, which nobody shares", async () => {
  const storage = new Sql({ url: "sqlite://" });
  assert.equal(storage.leases, undefined);
  await storage[Symbol.asyncDispose]();
});
