/**
 * A process that works on a database beside others: `<url> <number> <operations>`.
 * Prints `put <key>` after each put of a key of its own, and at the end what it saw, as JSON.
 */
import { Sql } from "../../../src/storage/sql.ts";
import { isWhole, markedBody } from "./_body.ts";

const [url = "", number = "0", operations = "0"] = process.argv.slice(2);
const storage = new Sql({ url });
const seen = { done: 0, torn: 0, errors: [] as string[] };
const print = (line: string) => void process.stdout.write(`${line}\n`);

let state = Number(number) * 7919 + 1;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const index = {
  name: "work",
  module: "worker.ts",
  version: undefined,
  code: undefined,
  arguments: [["n", number.padStart(64, "0")]] as const,
  result: "0".repeat(64),
  time: 1,
  metadata: { tags: { number } },
};

for (let at = 0; at < Number(operations); at++) {
  const shared = `shared-${random(6)}`;
  try {
    switch (random(6)) {
      case 0:
        await storage.put(shared, markedBody(state, random(2000)), { index });
        break;
      case 1:
        // Now and then one that takes chunks.
        await storage.put(shared, markedBody(state, random(4) === 0 ? 600_000 : 100));
        break;
      case 2: {
        const key = `own-${number}-${at}`;
        await storage.put(key, markedBody(state, random(500)), { index });
        print(`put ${key}`);
        break;
      }
      case 3:
        await storage.delete(shared);
        break;
      case 4:
        await storage.has(shared);
        break;
      default: {
        const body = await storage.get(shared);
        if (body !== undefined && !isWhole(await body.bytes())) seen.torn++;
      }
    }
    seen.done++;
  } catch (error) {
    seen.errors.push(String(error));
  }
}
await storage[Symbol.asyncDispose]();
print(JSON.stringify(seen));
