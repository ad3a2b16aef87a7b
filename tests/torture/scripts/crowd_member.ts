// deno-lint-ignore-file no-console -- a program prints.
/**
 * One of a crowd: `<root> <combination> <seed> <log>`. Says `ready`, then for every line `<milliseconds> <keep|all>` works so
 * long at random on the cache that all share, and prints what it saw as JSON. Under `keep` nothing is removed that a
 * call names, and every call that has returned stands in the log: it must be found afterwards.
 */
import { appendFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { random } from "../../_random.ts";
import { type CrowdFunction, crowdFunctions, KEYS, openCrowdCache } from "../_crowd.ts";

const [root = "", combination = "", seed = "1", log = ""] = process.argv.slice(2);
const next = random(Number(seed));
const below = (limit: number): number => Math.floor(next() * limit);

/** How long one operation may take: a dead process's lease is waited for some 5 seconds, and once more behind another. */
const PATIENCE_MS = 30_000;
/** Collecting under `keep` spares what is younger than this: nobody is stopped so long between a value and its record. */
const GRACE_MS = 10_000;

let runs = 0;
let cache = openCrowdCache(combination, root);
let functions = crowdFunctions(cache, () => runs++);

interface Seen {
  calls: number;
  wrong: string[];
  failed: string[];
}
let seen: Seen = { calls: 0, wrong: [], failed: [] };
console.warn = (...parts: unknown[]) => {
  seen.failed.push(`warning: ${parts.join(" ")}`);
};

async function callOne(mode: string): Promise<void> {
  const { name, call, judge } = functions[below(functions.length)] ?? functions[0] as CrowdFunction;
  const k = below(KEYS);
  const result = await (below(8) === 0 ? call.rerun(k) : call(k));
  // Not every stream is read to its end.
  if (result instanceof ReadableStream && below(12) === 0) {
    const reader = result.getReader();
    await reader.read();
    return await reader.cancel();
  }
  const verdict = await judge(result, k);
  seen.calls++;
  if (verdict !== undefined) seen.wrong.push(`${name}(${k}): ${verdict}`);
  else if (mode === "keep") appendFileSync(log, `${name} ${k}\n`);
}

async function remove(): Promise<void> {
  const { call } = functions[below(functions.length)] ?? functions[0] as CrowdFunction;
  const key = await call.digest(below(KEYS));
  const record = await cache.record(key);
  if (below(2) === 0) await cache.calls.delete(key);
  else if (record !== undefined) await cache.values.delete(record.result);
}

async function operate(mode: string): Promise<void> {
  const chance = below(1000);
  if (chance < 10) {
    const old = cache;
    cache = openCrowdCache(combination, root);
    functions = crowdFunctions(cache, () => runs++);
    return await old[Symbol.asyncDispose]();
  }
  if (chance < 15) return void await cache.gc({ graceMs: mode === "keep" ? GRACE_MS : below(2000) });
  if (chance < 20) return void await cache.verify({ repair: below(2) === 0 });
  if (mode === "all" && chance < 22) return void await cache.clear();
  if (mode === "all" && chance < 80) return await remove();
  if (chance < 150) return void await Promise.all([callOne(mode), callOne(mode)]);
  await callOne(mode);
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [durationMs = "0", mode = "keep"] = line.split(" ");
  for (const end = performance.now() + Number(durationMs); performance.now() < end;) {
    try {
      await inTime(operate(mode));
    } catch (error) {
      seen.failed.push(
        error instanceof Error ? `${error.name}: ${error.message} | ${error.cause ?? ""}` : String(error),
      );
      if (seen.failed.length > 20) break;
    }
  }
  console.log(JSON.stringify({ ...seen, runs }));
  seen = { calls: 0, wrong: [], failed: [] };
  runs = 0;
}
await cache[Symbol.asyncDispose]();
process.exit(0);
