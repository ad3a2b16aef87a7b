import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { Sql } from "../../../src/storage/sql.ts";
import type { EntryInfo, StorageEvent } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { query } from "./_databases.ts";

const timeout = 60_000;
const LARGE = 600_000;

async function withDatabase(body: (storage: Sql, path: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "calls.db");
    const storage = new Sql({ url: path });
    try {
      await body(storage, path);
    } finally {
      await storage[Symbol.asyncDispose]();
    }
  });
}

async function listed(storage: Sql, key = "key"): Promise<EntryInfo> {
  for await (const entry of storage.upkeep.entries()) if (entry.key === key) return entry;
  throw new Error(`${key} is not listed`);
}

const DAMAGE: readonly (readonly [what: string, size: number, sql: string])[] = [
  ["another byte in a row", 10, "UPDATE calls SET body = CAST(x'01' || substr(body, 2) AS BLOB)"],
  ["a body cut short", 10, "UPDATE calls SET body = substr(body, 2)"],
  ["another checksum", 10, "UPDATE calls SET checksum = zeroblob(32)"],
  [
    "another byte in the first chunk",
    LARGE,
    "UPDATE chunks SET data = CAST(x'01' || substr(data, 2) AS BLOB) WHERE seq = 0",
  ],
  [
    "another byte in the last chunk",
    LARGE,
    "UPDATE chunks SET data = CAST(x'01' || substr(data, 2) AS BLOB) WHERE seq = 2",
  ],
  ["a chunk that is missing", LARGE, "DELETE FROM chunks WHERE seq = 1"],
  [
    "a chunk at another place",
    LARGE,
    "UPDATE chunks SET data = (SELECT data FROM chunks WHERE seq = 1) WHERE seq = 0",
  ],
  ["another size", LARGE, "UPDATE calls SET size = size - 1"],
];

for (const [what, size, sql] of DAMAGE) {
  test(`Sql.upkeep.check finds ${what}, and leaves it there`, { timeout }, async () => {
    await withDatabase(async (storage, path) => {
      await storage.put("key", new Uint8Array(size).fill(7).with(5, 8));
      assert.equal(await storage.upkeep.check("key"), "whole");
      await query(path, sql);
      assert.equal(await storage.upkeep.check("key"), "damaged");
      assert.equal(await storage.upkeep.check("key"), "damaged");
      assert.equal(await storage.has("key"), true);
    });
  });

  test(`Sql.get tells who watches of ${what}, once it is removed`, { timeout }, async () => {
    await withDatabase(async (storage, path) => {
      const events: StorageEvent[] = [];
      storage.watch((event) => events.push(event));
      await storage.put("key", new Uint8Array(size).fill(7).with(5, 8));
      await query(path, sql);
      const body = await storage.get("key");
      await body?.bytes().catch(() => {});
      assert.deepEqual(events, [{ type: "evict", key: "key", reason: "damaged" }]);
      assert.equal(await storage.has("key"), false);
      assert.equal(await storage.get("key"), undefined);
      assert.equal(events.length, 1);
    });
  });
}

test("Sql.upkeep.setAside removes as damaged, and tells who watches", { timeout }, async () => {
  await withDatabase(async (storage) => {
    const events: StorageEvent[] = [];
    storage.watch((event) => events.push(event));
    await storage.put("key", new Uint8Array(3));
    const entry = await listed(storage);
    assert.equal(await storage.upkeep.remove({ ...entry, mark: "1" }), false);
    assert.deepEqual(events, []);
    assert.equal(await storage.upkeep.setAside(entry), true);
    assert.deepEqual(events, [{ type: "evict", key: "key", reason: "damaged" }]);
  });
});

test(
  "Sql.upkeep.check looks again when a large entry was replaced and swept meanwhile",
  { timeout },
  async () => {
    await withDatabase(async (storage, path) => {
      await storage.put("key", new Uint8Array(LARGE));
      let isFirst = true;
      const replaced: Promise<unknown>[] = [];
      const onBytes = (): void => {
        if (!isFirst) return;
        isFirst = false;
        replaced.push(
          storage.put("key", new Uint8Array(LARGE + 1)).then(() =>
            query(path, "DELETE FROM chunks WHERE seq > 0 AND body NOT IN (SELECT chunked FROM calls)")
          ),
        );
      };
      assert.equal(await storage.upkeep.check("key", { onBytes }), "whole");
      await Promise.all(replaced);
    });
  },
);

test("Sql.upkeep.entries lists 100,000 entries from an index, a page at a time", { timeout }, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("key", new Uint8Array(3));
    await query(
      path,
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
INSERT INTO calls (key, size, checksum, body, modified, mark)
SELECT printf('%064x', i), i, zeroblob(32), x'', 1000 + i, i FROM n`,
    );
    let count = 0;
    let turns = 0;
    let isOver = false;
    const turn = (): void => void (isOver || (turns++, setImmediate(turn)));
    turn();
    for await (const entry of storage.upkeep.entries({ prefix: "0" })) {
      if (entry.size !== count || entry.time !== 1000 + count || entry.mark !== String(count)) {
        assert.deepEqual(entry, { size: count, time: 1000 + count, mark: String(count) });
      }
      count++;
    }
    isOver = true;
    assert.equal(count, 100_000);
    assert.ok(turns > 3, `${turns} turns`);
    const after = (99_990).toString(16).padStart(64, "0");
    assert.equal((await Array.fromAsync(storage.upkeep.entries({ prefix: "0", after }))).length, 9);
    const plan = await query(
      path,
      "EXPLAIN QUERY PLAN SELECT CAST(key AS BLOB), size, modified, mark FROM calls INDEXED BY calls_upkeep WHERE key > ? ORDER BY key LIMIT 5",
      ["a"],
    );
    assert.match(String(plan[0]?.["detail"]), /COVERING INDEX calls_upkeep \(key>\?\)/);
  });
});
