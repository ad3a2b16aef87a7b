/** Puts and gets one entry of a database: `<url>`. Prints what came of it. */
import { Sql } from "../../../src/storage/sql.ts";

const storage = new Sql({ url: process.argv[2] ?? "" });
try {
  await storage.put("key", new Uint8Array(3));
  process.stdout.write(`kept ${(await storage.get("key"))?.size}`);
} catch (error) {
  process.stdout.write(String(error instanceof Error ? error.message : error));
}
await storage[Symbol.asyncDispose]();
