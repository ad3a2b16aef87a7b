// deno-lint-ignore-file no-console -- a program prints.
/** Calls one cached function when it is told to, says what it got, and notes each execution in a file. */
import { appendFileSync } from "node:fs";
import process from "node:process";
import { Cache, CborFile, fleche, Sql } from "../../mod.ts";

const [root = "", kind = "files", what = "value", mode = "good"] = process.argv.slice(2);
const cache = kind === "files"
  ? new Cache({ values: new CborFile({ root }), calls: new CborFile({ root: `${root}/calls` }) })
  : new Cache({
    values: new Sql({ url: `${root}/one.db`, role: "values" }),
    calls: new Sql({ url: `${root}/one.db` }),
  });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function begin(): Promise<void> {
  appendFileSync(`${root}/executions.txt`, `${process.pid}\n`);
  await pause(300);
  if (mode === "dies") process.kill(process.pid, "SIGKILL");
}

const value = fleche(async (n: number) => {
  await begin();
  return { n, text: "x".repeat(1000) };
}, { name: "value", cache, cacheIf: () => mode !== "unkept" });

const stream = fleche(async function* (n: number) {
  await begin();
  for (let at = 0; at < 5; at++) {
    await pause(20);
    yield { n, at };
  }
}, { name: "stream", cache });

console.log("ready");
await new Promise((resolve) => process.stdin.once("data", resolve));
const result = what === "value" ? await value(7) : await Array.fromAsync(await stream(7));
console.log(JSON.stringify(result));
await cache[Symbol.asyncDispose]();
process.exit(0);
