import { test } from "node:test";
import { join } from "node:path";
import { Sql } from "../../../src/storage/sql.ts";
import { storageConformance } from "../../../src/testing/storage_conformance.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";

for (const { name, needs, run } of storageConformance) {
  test(`Sql on a file: ${name}`, { timeout: 60_000 }, async () => {
    await withTemporaryDirectory(async (directory) => {
      const open = () => new Sql({ url: join(directory, "deep", "er.db") });
      await run(() => ({ storage: open(), reopen: open }));
    });
  });
  test(`Sql for values: ${name}`, { timeout: 60_000 }, async () => {
    await withTemporaryDirectory(async (directory) => {
      const open = () => new Sql({ url: join(directory, "values.db"), role: "values" });
      await run(() => ({ storage: open(), reopen: open }));
    });
  });
  if (needs?.includes("reopen") || needs?.includes("leases")) continue;
  test(`Sql in memory: ${name}`, { timeout: 60_000 }, async () => {
    await run(() => ({ storage: new Sql({ url: "sqlite://" }) }));
  });
}
