import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createClient } from "@libsql/client";
import { openCache } from "../../../mod.ts";
import { findStorageType } from "../../../src/config/storage_types.ts";
import { connect } from "../../../src/storage/sql/_connect.ts";
import type { Database } from "../../../src/storage/sql/_database.ts";
import { Sql } from "../../../src/storage/sql.ts";
import type { Durability } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";

const options = { timeout: 60_000 };
const synchronous = async (database: Database) => (await database.read("PRAGMA synchronous")).rows[0]?.[0];

for (const [durability, level] of [["process", 1], ["full", 2]] as const) {
  test(
    `a database is opened, and connected anew, with synchronous = ${level} for "${durability}"`,
    options,
    () =>
      withTemporaryDirectory(async (directory) => {
        const path = join(directory, "calls.db");
        const database = await connect({ kind: "file", path }, { durability, timeoutMs: 1 });
        assert.equal(await synchronous(database), level);
        const other = createClient({ url: `file:${path}` });
        const transaction = await other.transaction("write");
        await assert.rejects(database.write(["DELETE FROM calls"]), { code: "SQLITE_BUSY" });
        await transaction.rollback();
        other.close();
        assert.equal(await synchronous(database), level);
        database.close();
      }),
  );
}

test("Sql refuses a durability and a time that there are not", () => {
  const url = "sqlite://";
  assert.throws(() => new Sql({ url, durability: "half" as Durability }), /expected "process" or "full"/);
  for (const timeoutMs of [0, -1, NaN, Infinity]) {
    assert.throws(() => new Sql({ url, timeoutMs }), RangeError);
  }
});

test("the configuration hands the durability and the time of a section on to Sql", () => {
  const type = findStorageType("Sql");
  const use = { role: "calls", durability: "half" as Durability } as const;
  assert.throws(() => type?.open({ url: "sqlite://" }, use), /Cannot use durability "half"/);
  assert.throws(
    () => type?.open({ url: "sqlite://", timeout_ms: 0 }, { ...use, durability: "full" }),
    /Cannot wait 0 ms/,
  );
});

test("a section may not have Sql wait for no time", () => {
  const settings = { type: "Sql", url: "sqlite://" };
  for (const timeout_ms of [0, 1.5, 3_600_001]) {
    assert.throws(
      () => openCache({ values: { ...settings, timeout_ms }, calls: settings }),
      { name: "ConfigError", message: /values\.timeout_ms.*an integer/ },
    );
  }
});
