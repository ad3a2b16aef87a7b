/**
 * One process of the crowd: `<folder> <number> <calls>`. Says `ready`, waits for a line, makes its calls, and prints how many
 * milliseconds they took. Four of five are of a hundred calls that everybody makes and that are kept already, every fifth is
 * one that nobody has made.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import { Cache, fleche, Sql } from "../../../mod.ts";
import { answer, query } from "../../harness/inputs.ts";
import { random } from "../../harness/random.ts";

const SHARED = 100;
const NEW_EVERY = 5;
const WARM_UP = 2000;

const [folder = "", number = "0", calls = "0"] = process.argv.slice(2);
const url = `${folder}/crowd.db`;
const cache = new Cache({ values: new Sql({ url, role: "values" }), calls: new Sql({ url }) });
let computed = 0;
// Under `strict` whatever the cache cannot do is an error, which ends the run.
const cached = fleche((argument: { readonly id: number }) => {
  computed++;
  return answer(argument.id);
}, { name: "crowded", module: "bench", cache, strict: true });

const next = random(Number(number) + 1);
/** A number of a call that nobody has made: each process has a million of its own. */
let fresh = SHARED + Number(number) * 1_000_000;
async function call(id: number): Promise<void> {
  assert.equal((await cached(query(id))).id, id);
}

for (let id = 0; id < SHARED; id++) await call(id);
for (let i = 0; i < WARM_UP; i++) await call(i % NEW_EVERY === 0 ? fresh++ : Math.floor(next() * SHARED));
computed = 0;
console.log("ready");
await new Promise((resolve) => process.stdin.once("data", resolve));
const started = performance.now();
for (let i = 0; i < Number(calls); i++) {
  await call(i % NEW_EVERY === 0 ? fresh++ : Math.floor(next() * SHARED));
}
const elapsed = performance.now() - started;
assert.equal(computed, Math.ceil(Number(calls) / NEW_EVERY), "what is kept was computed");
console.log(String(elapsed));
await cache[Symbol.asyncDispose]();
process.exit(0);
