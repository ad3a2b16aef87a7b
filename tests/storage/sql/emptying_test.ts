/** Databases whose pages are damaged so that SQLite refuses to write: they are emptied, and used again. */
import assert from "node:assert/strict";
import { closeSync, openSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { createClient } from "@libsql/client";
import { Sql } from "../../../mod.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";

const PAGE = 4096;
const bytes = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size).fill(7);

async function fill(url: string): Promise<void> {
  const storage = new Sql({ url, role: "values" });
  for (let at = 0; at < 20; at++) await storage.put(`key ${at}`, bytes(5000));
  await storage[Symbol.asyncDispose]();
}

/** Overwrites all pages but the first. */
function ruin(path: string): void {
  const fd = openSync(path, "r+");
  for (let at = PAGE; at < statSync(path).size; at += PAGE) writeSync(fd, bytes(PAGE), 0, PAGE, at);
  closeSync(fd);
}

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  "whose pages are overwritten": ruin,
  "that was cut off": (path) => truncateSync(path, 3 * PAGE + 100),
};

for (const [what, damage] of Object.entries(DAMAGES)) {
  test(`Sql empties a database ${what}, with one warning, and keeps what is put`, () =>
    withTemporaryDirectory(async (directory) => {
      const url = join(directory, "ruined.db");
      await fill(url);
      damage(url);
      const storage = new Sql({ url, role: "values" });
      const warnings = await warningsOf(async () => {
        for (let at = 0; at < 3; at++) await storage.put(`new ${at}`, bytes(300_000));
      });
      assert.equal(warnings.length, 1, warnings.join("\n"));
      assert.match(warnings[0] ?? "", /ruined\.db".* it was emptied, and results will be computed again$/);
      assert.deepEqual(await Array.fromAsync(storage.keys()), ["new 0", "new 1", "new 2"]);
      assert.deepEqual(await (await storage.get("new 1"))?.bytes(), bytes(300_000));
      await storage[Symbol.asyncDispose]();
    }));
}

test("Sql goes on in a database that another one has emptied meanwhile", () =>
  withTemporaryDirectory(async (directory) => {
    const url = join(directory, "shared.db");
    await fill(url);
    const [one, other] = [new Sql({ url, role: "values" }), new Sql({ url })];
    assert.equal(await one.has("key 1"), true);
    assert.equal(await other.has("key 1"), false);
    ruin(url);
    await warningsOf(async () => await one.put("first", bytes(10)));
    await other.put("second", bytes(10));
    assert.deepEqual(await Array.fromAsync(one.keys()), ["first"]);
    assert.deepEqual(await Array.fromAsync(other.keys()), ["second"]);
    await one[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
  }));

test("Sql leaves the damaged database of another program as it is", () =>
  withTemporaryDirectory(async (directory) => {
    const path = join(directory, "theirs.db");
    const client = createClient({ url: `file:${path}` });
    await client.execute("CREATE TABLE theirs (x TEXT)");
    for (let at = 0; at < 20; at++) await client.execute("INSERT INTO theirs VALUES (hex(randomblob(2000)))");
    client.close();
    truncateSync(path, 2 * PAGE);
    const storage = new Sql({ url: path });
    await assert.rejects(storage.put("key", bytes(10)), /Cannot open database/);
    await storage[Symbol.asyncDispose]();
    assert.equal(statSync(path).size, 2 * PAGE);
  }));
