/**
 * A process that writes drafts beside others, several at once: `<url> <number> <drafts>`, or `<url> unfinished`, which
 * leaves one behind. Prints `put <key>` after each that was finished, and at the end what it saw, as JSON.
 */
import { Sql } from "../../../src/storage/sql.ts";
import { markedBody } from "./_body.ts";
import { contentOf } from "./_drafts.ts";

const [url = "", number = "0", drafts = "0"] = process.argv.slice(2);
const storage = new Sql({ url, role: "values" });
const print = (line: string) => void process.stdout.write(`${line}\n`);

let state = Number(number) * 7919 + 1;
function random(below: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

const seen = { finished: 0, abandoned: 0, wrong: 0, errors: [] as string[] };

async function write(at: number): Promise<void> {
  const body = markedBody(state, random(4) === 0 ? random(2000) : random(1_500_000));
  const draft = await storage.draft();
  for (let position = 0; position < body.length;) {
    const chunk = body.subarray(position, position + 1 + random(400_000));
    await draft.write(chunk);
    position += chunk.length;
    if (random(8) === 0) {
      const content = await contentOf(draft);
      if (Buffer.compare(content, body.subarray(0, content.length)) !== 0) seen.wrong++;
    }
  }
  if (random(4) === 0) {
    await draft.abandon();
    seen.abandoned++;
    return;
  }
  const key = random(2) === 0 ? `shared-${random(4)}` : `own-${number}-${at}`;
  await draft.finish(key);
  seen.finished++;
  print(`put ${key}`);
}

if (number === "unfinished") {
  const draft = await storage.draft();
  await draft.write(markedBody(1, 900_000));
  print("left behind");
} else {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < Number(drafts)) await write(next++).catch((error) => seen.errors.push(String(error)));
  };
  await Promise.all([worker(), worker(), worker()]);
  await storage[Symbol.asyncDispose]();
  print(JSON.stringify(seen));
}
