// deno-lint-ignore-file no-console -- a program prints.
/**
 * One of those who call the same cold key at the same time: `<root> <combination> <log>`. Says `ready`, then for every line
 * `<k> <live|die|stop> <time>` waits until that time (milliseconds since the epoch), calls, and prints what it got. Under
 * `die` whoever executes first kills itself; under `stop` it says `stop me` in the middle.
 */
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { fleche } from "../../../mod.ts";
import { openCrowdCache } from "../_crowd.ts";
import { bytesOf } from "../_results.ts";

const [root = "", combination = "", log = ""] = process.argv.slice(2);
const cache = openCrowdCache(combination, root);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

let [mode, executed] = ["live", 0];
const f = fleche(async (k: number) => {
  executed++;
  const isFirst = !existsSync(`${log}-${k}`);
  writeFileSync(`${log}-${k}`, "");
  appendFileSync(log, `${k}\n`);
  await pause(30);
  if (isFirst && mode === "die") process.kill(process.pid, "SIGKILL");
  if (isFirst && mode === "stop") {
    console.log("stop me");
    await pause(200);
  }
  return { k, bytes: bytesOf(k, 20_000) };
}, { name: "flight", module: "crowd", cache, strict: true });

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [k = "0", wanted = "live", time = "0"] = line.split(" ");
  mode = wanted;
  executed = 0;
  await pause(Math.max(0, Number(time) - Date.now()));
  const started = performance.now();
  try {
    const result = await f(Number(k));
    const isRight = result.k === Number(k) &&
      bytesOf(result.k, 20_000).every((byte, at) => byte === result.bytes[at]);
    console.log(JSON.stringify({ isRight, executed, ms: performance.now() - started }));
  } catch (error) {
    console.log(
      JSON.stringify({ error: String(error), isRight: true, executed, ms: performance.now() - started }),
    );
  }
}
await cache[Symbol.asyncDispose]();
process.exit(0);
