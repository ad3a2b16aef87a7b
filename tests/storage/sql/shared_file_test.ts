import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { cache, fleche, openCache } from "../../../mod.ts";
import { Sql } from "../../../src/storage/sql.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { noise } from "../file/_entries.ts";
import { query } from "./_databases.ts";

const options = { timeout: 60_000 };

async function withBoth(body: (values: Sql, calls: Sql, path: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "cache.db");
    const [values, calls] = [new Sql({ url: path, role: "values" }), new Sql({ url: path, role: "calls" })];
    try {
      await body(values, calls, path);
    } finally {
      await values[Symbol.asyncDispose]();
      await calls[Symbol.asyncDispose]();
    }
  });
}

test("Sql is a whole cache by two settings with one URL", options, async () => {
  await withTemporaryDirectory(async (directory) => {
    const url = `sqlite:///${join(directory, "cache.db")}`;
    const open = () => openCache({ values: { type: "Sql", url }, calls: { type: "Sql", url } });
    let runs = 0;
    const twice = fleche((text: string) => {
      runs++;
      return text + text;
    }, { name: "twice" });
    const large = "x".repeat(400_000);
    for (let turn = 0; turn < 2; turn++) {
      const both = open();
      await cache(both, async () => {
        for (const text of ["a", "b", large]) assert.equal(await twice(text), text + text);
      });
      const key = await twice.digest("a");
      const record = await both.record(key);
      assert.ok(record !== undefined);
      assert.equal((await Array.fromAsync(both.calls.keys())).length, 3);
      assert.equal((await Array.fromAsync(both.values.keys())).length, 3);
      assert.ok(await both.calls.has(key) && !await both.values.has(key));
      assert.ok(await both.values.has(record.result) && !await both.calls.has(record.result));
      await both[Symbol.asyncDispose]();
    }
    assert.equal(runs, 3);
    const rows = await query(
      join(directory, "cache.db"),
      "SELECT calls.name, v.size > 0 AS kept FROM calls JOIN stored_values v ON v.key = calls.result",
    );
    assert.deepEqual(rows, Array.from({ length: 3 }, () => ({ name: "twice", kept: 1 })));
  });
});

test("Sql keeps a value and a call of one key apart", options, async () => {
  await withBoth(async (values, calls) => {
    for (const size of [10, 600_000]) {
      await values.put("key", noise(size, 1));
      assert.equal(await calls.get("key"), undefined);
      await calls.put("key", noise(size, 2));
      assert.deepEqual(await (await values.get("key"))?.bytes(), noise(size, 1));
      assert.deepEqual(await (await calls.get("key"))?.bytes(), noise(size, 2));
      assert.equal(await calls.delete("key"), true);
      assert.deepEqual(await (await values.get("key"))?.bytes(), noise(size, 1));
      assert.deepEqual(await Array.fromAsync(calls.keys()), []);
      assert.deepEqual(await Array.fromAsync(values.keys()), ["key"]);
    }
  });
});

test("Sql releases the large bodies of both tables", options, async () => {
  await withBoth(async (values, calls, path) => {
    for (const storage of [values, calls]) {
      await storage.put("key", noise(600_000));
      await storage.put("key", noise(600_000));
      await storage.delete("key");
    }
    const [row] = await query(path, "SELECT count(*) AS n, count(released) AS released FROM bodies");
    assert.deepEqual(row, { n: 4, released: 4 });
  });
});

test("Sql never waits for itself: both storages of a file write at once", options, async () => {
  await withBoth(async (values, calls) => {
    const work = Array.from({ length: 40 }, async (_, at) => {
      const draft = await values.draft();
      await draft.write(noise(300_000, at + 1));
      await calls.put(`call-${at}`, noise(100));
      await draft.write(noise(300_000, at + 1));
      await draft.finish(`value-${at}`);
      await values.put(`small-${at}`, noise(1000));
    });
    // Who waits for a lock of this very process waits in vain, and rejects.
    await Promise.all(work);
    assert.equal((await Array.fromAsync(calls.keys())).length, 40);
    assert.equal((await Array.fromAsync(values.keys())).length, 80);
  });
});

test("Sql has the roles that there are", () => {
  assert.throws(() => new Sql({ url: "sqlite://", role: "both" as "calls" }), {
    name: "TypeError",
    message: `Cannot use role "both": expected "calls" or "values"`,
  });
});
