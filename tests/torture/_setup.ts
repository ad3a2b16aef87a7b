/** A folder as the scenario finds it: with one entry in it, that is damaged. */
import fs from "node:fs";
import { createClient } from "@libsql/client";
import type { TorturedCache } from "./_caches.ts";
import { filesBelow } from "./_check.ts";
import { functionsOver, SETUP, takeStep } from "./_scenario.ts";

/** Makes it. */
export async function setUp(tortured: TorturedCache, root: string): Promise<void> {
  const cache = tortured.open(root);
  const generation = { now: 0 };
  await takeStep(cache, functionsOver(cache), generation, SETUP);
  await cache[Symbol.asyncDispose]();
  for (const path of filesBelow(`${root}/values/v1`)) {
    const bytes = fs.readFileSync(path);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    fs.writeFileSync(path, bytes);
  }
  if (!fs.existsSync(`${root}/one.db`)) return;
  const client = createClient({ url: `file:${root}/one.db` });
  await client.execute("UPDATE stored_values SET checksum = zeroblob(32)");
  await client.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  client.close();
}
