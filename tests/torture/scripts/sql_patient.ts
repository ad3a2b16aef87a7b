// deno-lint-ignore-file no-console -- a program prints.
/**
 * Calls cached functions over damaged databases: `<folder> <pristine folder> <kind>`, and on standard input a point a line:
 * `<file> <flip|zero> <offset>`. For each it puts the pristine database back, damages it, calls everything twice, and
 * prints what happened as JSON. The native library may die of a damaged database; this process dies alone then.
 */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { Cache, fleche, Sql } from "../../../mod.ts";
import { type Kind, kinds } from "../_results.ts";

const [folder = "", pristine = "", mode = "damage"] = process.argv.slice(2);
const chosen = kinds.filter(({ name }) => ["small", "large", "stream"].includes(name));
const url = `${folder}/one.db`;

function openOne(): Cache {
  // The log may hold leases of whoever made it, who is dead: they would be waited for.
  const [values, calls] = [new Sql({ url, role: "values" }), new Sql({ url })];
  return new Cache({ values, calls, singleFlight: "off" });
}

interface Outcome {
  readonly wrong: string[];
  readonly failed: string[];
  /** How often the third call of a kind ran the function. */
  readonly unkept: number;
  /** How often the first call ran it. */
  readonly computed: number;
}

async function callAll(cache: Cache, n: number): Promise<Outcome> {
  const [wrong, failed]: [string[], string[]] = [[], []];
  let [unkept, computed] = [0, 0];
  const callOne = async (kind: Kind): Promise<void> => {
    let runs = 0;
    const call = fleche((n: number) => {
      runs++;
      return kind.make(n);
    }, { name: kind.name, module: "torture", cache });
    let verdict = await kind.judge(await call(n), n);
    if (verdict === "damaged" && runs === 0) verdict = await kind.judge(await call(n), n);
    if (verdict !== undefined) wrong.push(`${kind.name}: ${verdict}`);
    computed += runs;
    runs = 0;
    const again = await kind.judge(await call(n), n);
    if (again !== undefined) wrong.push(`${kind.name}, again: ${again}`);
    // A large result is not kept that has met the damage halfway; the next one is.
    runs = 0;
    const atLast = await kind.judge(await call(n), n);
    if (atLast !== undefined) wrong.push(`${kind.name}, at last: ${atLast}`);
    unkept += runs;
  };
  for (const kind of chosen) {
    try {
      await callOne(kind);
    } catch (error) {
      failed.push(`${kind.name}: ${error}`);
    }
  }
  return { wrong, failed, unkept, computed };
}

if (mode === "make" || mode === "make-wal") {
  const cache = openOne();
  await callAll(cache, 1);
  if (mode === "make") await cache[Symbol.asyncDispose]();
  for (const name of readdirSync(folder)) {
    if (name.startsWith("one.db")) copyFileSync(`${folder}/${name}`, `${pristine}/${name}`);
  }
  process.exit(0);
}

console.warn = () => {};
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [file = "", damage = "", offset = "0"] = line.split(" ");
  for (const name of readdirSync(folder)) if (name.startsWith("one.db")) rmSync(`${folder}/${name}`);
  for (const name of readdirSync(pristine)) {
    // Shared memory is made anew: nobody has the database open.
    if (!name.endsWith("-shm")) copyFileSync(`${pristine}/${name}`, `${folder}/${name}`);
  }
  const bytes = readFileSync(`${folder}/${file}`);
  const at = Number(offset);
  if (damage === "zero") bytes.fill(0, at, at + 64);
  else if (damage === "flip") bytes[at] = (bytes[at] ?? 0) ^ (1 << at / 64 % 8);
  writeFileSync(`${folder}/${file}`, damage === "cut" ? bytes.subarray(0, at) : bytes);
  const cache = openOne();
  const outcome = await callAll(cache, 1);
  await cache[Symbol.asyncDispose]().catch((error) => outcome.failed.push(`dispose: ${error}`));
  console.log(JSON.stringify(outcome));
}
process.exit(0);
