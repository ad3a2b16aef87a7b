import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createClient } from "@libsql/client";
import { Sql } from "../../../src/storage/sql.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";
import { noise } from "../file/_entries.ts";

const timeout = 60_000;
const PAGE_BYTES = 4096;

/** Of the page that holds some bytes of a long row, destroys the number of the page that goes on: SQLite finds it corrupt. */
function breakPageWith(path: string, bytes: Uint8Array): void {
  const file = readFileSync(path);
  const at = file.indexOf(bytes);
  assert.ok(at > 0, "the bytes are not in the file");
  file.fill(0xff, at - at % PAGE_BYTES, at - at % PAGE_BYTES + 4);
  writeFileSync(path, file);
}

async function withBroken(
  { body, at }: { readonly body: Uint8Array; readonly at: number },
  check: (storage: Sql) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const url = join(directory, "pages.db");
    const before = new Sql({ url, role: "values" });
    await before.put("key", body);
    await before[Symbol.asyncDispose]();
    breakPageWith(url, body.subarray(at, at + 32));
    const storage = new Sql({ url, role: "values" });
    try {
      const warnings = await warningsOf(() => check(storage));
      assert.equal(warnings.length, 1, warnings.join("; "));
    } finally {
      await storage[Symbol.asyncDispose]();
    }
  });
}

test("Sql misses an entry whose page SQLite finds corrupt, and keeps others", { timeout }, async () => {
  await withBroken({ body: noise(100_000), at: 50_000 }, async (storage) => {
    assert.equal(await storage.get("key"), undefined);
    await storage.put("another", noise(1000));
    assert.deepEqual(await (await storage.get("another"))?.bytes(), noise(1000));
  });
});

test(
  "Sql misses a row that has neither a body nor chunks, and keeps another in its place",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const url = join(root, "neither.db");
      const storage = new Sql({ url, role: "values" });
      await storage.put("key", noise(600_000));
      const client = createClient({ url: `file:${url}`, concurrency: 1 });
      await client.execute("PRAGMA ignore_check_constraints = ON");
      await client.execute("UPDATE stored_values SET chunked = NULL");
      client.close();
      const warnings = await warningsOf(async () => assert.equal(await storage.get("key"), undefined));
      assert.equal(warnings.length, 1);
      assert.equal(await storage.has("key"), false);
      await storage.put("key", noise(100));
      assert.deepEqual(await (await storage.get("key"))?.bytes(), noise(100));
      await storage[Symbol.asyncDispose]();
    }),
);

test(
  "Sql says of a large entry where its pages are corrupt, and misses it from then on",
  { timeout },
  async () => {
    const body = noise(700_000);
    await withBroken({ body, at: 400_000 }, async (storage) => {
      const found = await storage.get("key");
      await assert.rejects(Promise.resolve(found?.bytes()), {
        name: "IntegrityError",
        key: "key",
        offset: 262_144,
      });
      assert.equal(await storage.get("key"), undefined);
      await storage.put("key", body);
      assert.deepEqual(await (await storage.get("key"))?.bytes(), body);
    });
  },
);

test(
  "Sql puts a call whose rows another program has left behind",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const url = join(root, "orphans.db");
      const storage = new Sql({ url });
      const index = {
        name: "f",
        module: undefined,
        version: undefined,
        code: undefined,
        arguments: [["n", "0".repeat(64)]] as const,
        result: "1".repeat(64),
        time: 1,
        metadata: { tags: { a: 1 } },
      };
      await storage.put("key", noise(100), { index });
      const client = createClient({ url: `file:${url}`, concurrency: 1 });
      await client.execute("PRAGMA foreign_keys = OFF");
      await client.execute("DELETE FROM calls");
      client.close();
      await storage.put("key", noise(200), { index });
      assert.deepEqual(await (await storage.get("key"))?.bytes(), noise(200));
      await storage[Symbol.asyncDispose]();
    }),
);
