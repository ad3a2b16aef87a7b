import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { APPLICATION_ID, MIGRATIONS } from "../../../src/storage/sql/_schema.ts";
import { Sql } from "../../../src/storage/sql.ts";
import type { CallIndex } from "../../../src/storage/types.ts";
import { assertGolden } from "../../_golden.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { query } from "./_databases.ts";

const digestOf = (letter: string) => letter.repeat(64);

const area: CallIndex = {
  name: "area",
  module: "src/shapes.ts",
  version: "2.0",
  code: digestOf("c"),
  arguments: [["w", digestOf("2")], ["h", digestOf("3")]],
  result: digestOf("6"),
  time: 1_700_000_000.25,
  metadata: { runtime: { wall: 0.5, cpu: { user: 1 } }, tags: { "it's": ["a", null, "\u0000\ud83d\ude00"] } },
};

async function withDatabase(
  body: (storage: Sql, path: string) => Promise<void>,
): Promise<void> {
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

/** Makes a database of an older version of this one. */
async function downgrade(path: string, version: 2 | 3): Promise<void> {
  for (const table of ["calls", "stored_values"]) {
    await query(path, `DROP INDEX ${table}_upkeep`);
    for (const column of ["modified", "mark"]) {
      await query(path, `ALTER TABLE ${table} DROP COLUMN ${column}`);
    }
  }
  if (version === 2) await query(path, "DROP TABLE leases");
  await query(path, `PRAGMA user_version = ${version}`);
}

test("Sql makes the documented schema", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    await storage.has("key");
    const rows = await query(
      path,
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
    );
    const [version] = await query(path, "PRAGMA user_version");
    const [id] = await query(path, "PRAGMA application_id");
    const [mode] = await query(path, "PRAGMA journal_mode");
    const marks = `-- user_version ${version?.["user_version"]}, application_id ${id?.["application_id"]}, ${
      mode?.["journal_mode"]
    }`;
    assertGolden(
      "storage/sql/schema.sql",
      [marks, ...rows.map((row) => `${row["sql"]};`)].join("\n\n") + "\n",
    );
  });
});

test("Sql keeps a call's index in columns that any SQL reader can join", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put(digestOf("a"), new Uint8Array([1, 2, 3]), { index: area });
    const other = { ...area, arguments: [["w", digestOf("3")], ["h", digestOf("2")]] as const, version: 3 };
    await storage.put(digestOf("b"), new Uint8Array([4]), { index: other });
    const found = await query(
      path,
      `SELECT key, calls.name, module, version, code_digest, result, time, size, chunked, hex(body) AS body
FROM calls JOIN arguments ON call_key = key WHERE arguments.name = ? AND value = ?`,
      ["w", digestOf("2")],
    );
    assert.deepEqual(found, [{
      key: digestOf("a"),
      name: "area",
      module: "src/shapes.ts",
      version: '"2.0"',
      code_digest: digestOf("c"),
      result: digestOf("6"),
      time: 1_700_000_000.25,
      size: 3,
      chunked: null,
      body: "010203",
    }]);
    assert.deepEqual(await query(path, "SELECT version FROM calls WHERE key = ?", [digestOf("b")]), [{
      version: "3",
    }]);
    assert.deepEqual(
      await query(path, "SELECT position, name, value FROM arguments WHERE call_key = ? ORDER BY position", [
        digestOf("a"),
      ]),
      [{ position: 0, name: "w", value: digestOf("2") }, { position: 1, name: "h", value: digestOf("3") }],
    );
  });
});

test("Sql keeps metadata as JSON by namespace", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("key", new Uint8Array(1), { index: area });
    const rows = await query(path, "SELECT name, data FROM metadata ORDER BY name");
    assert.deepEqual(rows.map(({ name }) => name), ["runtime", "tags"]);
    assert.deepEqual(rows.map(({ data }) => JSON.parse(String(data))), [
      area.metadata["runtime"],
      area.metadata["tags"],
    ]);
    const wall = "SELECT data ->> '$.wall' AS wall FROM metadata WHERE name = 'runtime'";
    assert.deepEqual(await query(path, wall), [{ wall: 0.5 }]);
  });
});

test("Sql keeps NULL columns for what has no index", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("raw", new Uint8Array(5));
    const [row] = await query(
      path,
      "SELECT name, module, version, code_digest, result, time, size FROM calls",
    );
    assert.deepEqual(row, {
      name: null,
      module: null,
      version: null,
      code_digest: null,
      result: null,
      time: null,
      size: 5,
    });
  });
});

test("Sql replaces and deletes the index with its entry", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    const counts = () =>
      query(path, "SELECT (SELECT count(*) FROM arguments) a, (SELECT count(*) FROM metadata) m");
    await storage.put("key", new Uint8Array(300_000), { index: area });
    assert.deepEqual(await counts(), [{ a: 2, m: 2 }]);
    await storage.put("key", new Uint8Array(1), {
      index: { ...area, arguments: [["w", digestOf("9")]], metadata: {} },
    });
    assert.deepEqual(await counts(), [{ a: 1, m: 0 }]);
    await storage.put("key", new Uint8Array(1));
    assert.deepEqual(await counts(), [{ a: 0, m: 0 }]);
    await storage.put("key", new Uint8Array(1), { index: area });
    await storage.delete("key");
    assert.deepEqual(await counts(), [{ a: 0, m: 0 }]);
  });
});

test("Sql answers queries from its indices", { timeout: 60_000 }, async () => {
  await withDatabase(async (storage, path) => {
    await storage.put("key", new Uint8Array(1), { index: area });
    const QUERIES: readonly (readonly [string, RegExp])[] = [
      ["SELECT body FROM calls WHERE key = ''", /SEARCH calls USING INDEX sqlite_autoindex_calls_1/],
      [
        "SELECT call_key FROM arguments WHERE name = 'w' AND value = ''",
        /COVERING INDEX arguments_value \(value=\? AND name=\?\)/,
      ],
      ["SELECT call_key FROM arguments WHERE value = ''", /COVERING INDEX arguments_value \(value=\?\)/],
      [
        "SELECT key FROM calls WHERE name = 'area' AND module = 'm' ORDER BY time DESC",
        /^SEARCH calls USING INDEX calls_name \(name=\? AND module=\?\)$/,
      ],
      [
        "SELECT key FROM calls WHERE time > 0 ORDER BY time DESC",
        /^SEARCH calls USING INDEX calls_time \(time>\?\)$/,
      ],
      ["SELECT key FROM calls WHERE result = ''", /INDEX calls_result \(result=\?\)/],
      ["SELECT body FROM stored_values WHERE key = ''", /USING INDEX sqlite_autoindex_stored_values_1/],
      ["SELECT key FROM stored_values WHERE key > 'a' ORDER BY key", /USING COVERING INDEX/],
      ["SELECT call_key FROM metadata WHERE name = 'tags'", /COVERING INDEX metadata_name/],
    ];
    for (const [sql, expected] of QUERIES) {
      const plan = (await query(path, `EXPLAIN QUERY PLAN ${sql}`)).map(({ detail }) => detail).join("\n");
      assert.match(plan, expected, sql);
    }
  });
});

test("Sql refuses another program's database and leaves it alone", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "theirs.db");
    for (const made of ["CREATE TABLE calls (key TEXT)", "PRAGMA application_id = 7"]) {
      await query(path, made);
      const before = readFileSync(path);
      const storage = new Sql({ url: path });
      await assert.rejects(storage.get("key"), {
        message:
          `Cannot open database "${path}": it is another program's database; choose a file that is new or fleche's own`,
      });
      await storage[Symbol.asyncDispose]();
      assert.deepEqual(readFileSync(path), before);
    }
    const text = join(directory, "notes.db");
    writeFileSync(text, "No database at all, but quite a text. ".repeat(100));
    await assert.rejects(
      new Sql({ url: text }).has("key"),
      /it is not a SQLite database; choose another file/,
    );
  });
});

test("Sql refuses a database of a newer version and writes nothing to it", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "calls.db");
    const first = new Sql({ url: path });
    await first.put("key", new Uint8Array(1));
    await first[Symbol.asyncDispose]();
    await query(path, "PRAGMA user_version = 5");
    await query(path, "PRAGMA wal_checkpoint(TRUNCATE)");
    const before = readFileSync(path);
    const storage = new Sql({ url: path });
    await assert.rejects(
      storage.put("key", new Uint8Array(2)),
      /its schema has version 5 and this fleche knows versions up to 4; update fleche or choose another file/,
    );
    await storage[Symbol.asyncDispose]();
    assert.deepEqual(readFileSync(path), before);
    await query(path, "PRAGMA user_version = 4");
    const again = new Sql({ url: path });
    assert.equal((await again.get("key"))?.size, 1);
    await again[Symbol.asyncDispose]();
  });
});

test("Sql takes a database of version 1 along, without its large bodies", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "calls.db");
    const [first = []] = MIGRATIONS;
    for (const sql of [...first, "PRAGMA user_version = 1", `PRAGMA application_id = ${APPLICATION_ID}`]) {
      await query(path, sql);
    }
    const body = new TextEncoder().encode("a record");
    const checksum = createHash("sha256").update("fleche-sql-1 body 3 key").update(body).digest();
    await query(path, "INSERT INTO calls (key, size, checksum, body) VALUES ('key', 8, ?, ?)", [
      checksum,
      body,
    ]);
    await query(path, "INSERT INTO bodies (id) VALUES (1)");
    await query(path, "INSERT INTO chunks VALUES (1, 0, zeroblob(32), zeroblob(300000))");
    await query(
      path,
      "INSERT INTO calls (key, size, checksum, chunked) VALUES ('large', 300000, zeroblob(32), 1)",
    );
    const storage = new Sql({ url: path });
    assert.deepEqual(await (await storage.get("key"))?.bytes(), body);
    assert.deepEqual(await Array.fromAsync(storage.keys()), ["key"]);
    assert.deepEqual(await query(path, "PRAGMA user_version"), [{ user_version: 4 }]);
    assert.deepEqual(await query(path, "SELECT released IS NULL AS kept FROM bodies"), [{ kept: 0 }]);
    await storage[Symbol.asyncDispose]();
  });
});

test("Sql takes a database of version 2 along, with all that is in it", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "calls.db");
    const first = new Sql({ url: path });
    await first.put("small", new Uint8Array(10));
    await first.put("large", new Uint8Array(300_000));
    await first[Symbol.asyncDispose]();
    await downgrade(path, 2);
    const storage = new Sql({ url: path });
    assert.equal((await (await storage.get("small"))?.bytes())?.length, 10);
    assert.equal((await (await storage.get("large"))?.bytes())?.length, 300_000);
    await (await storage.leases?.take("small"))?.release();
    assert.deepEqual(await query(path, "PRAGMA user_version"), [{ user_version: 4 }]);
    await storage[Symbol.asyncDispose]();
  });
});

test(
  "Sql takes a database of version 3 along, with entries of an unknown time",
  { timeout: 60_000 },
  async () => {
    await withTemporaryDirectory(async (directory) => {
      const path = join(directory, "calls.db");
      for (const role of ["calls", "values"] as const) {
        const first = new Sql({ url: path, role });
        await first.put("small", new Uint8Array(10));
        await first.put("large", new Uint8Array(300_000));
        await first[Symbol.asyncDispose]();
      }
      await downgrade(path, 3);
      for (const role of ["calls", "values"] as const) {
        const storage = new Sql({ url: path, role });
        const listed = async () => await Array.fromAsync(storage.upkeep.entries());
        assert.deepEqual((await listed()).map(({ key, size, time }) => [key, size, time]), [
          ["large", 300_000, 0],
          ["small", 10, 0],
        ]);
        assert.equal(await storage.upkeep.check("large"), "whole");
        const [large, small] = await listed();
        await storage.put("small", new Uint8Array(10));
        assert.equal(small !== undefined && await storage.upkeep.remove(small), false, "it was put again");
        assert.equal(large !== undefined && await storage.upkeep.remove(large), true);
        assert.deepEqual(await Array.fromAsync(storage.keys()), ["small"]);
        await storage[Symbol.asyncDispose]();
      }
      assert.deepEqual(await query(path, "PRAGMA user_version"), [{ user_version: 4 }]);
    });
  },
);

test("Sql fills an empty file", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "empty.db");
    writeFileSync(path, "");
    const storage = new Sql({ url: path });
    await storage.put("key", new Uint8Array(1));
    assert.deepEqual(await query(path, "PRAGMA user_version"), [{ user_version: 4 }]);
    await storage[Symbol.asyncDispose]();
  });
});
