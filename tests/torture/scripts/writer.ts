/**
 * Takes the steps of the scenario in a cache, says which are done, and is killed at an operation: arguments are the name of the
 * cache, its folder, the number of the operation and when (`before`, `half`, `after`). Without a number it lives, and lists
 * its operations.
 */
import fs from "node:fs";
import process from "node:process";
import { torturedCache } from "../_caches.ts";
import type { Fault } from "../_fault_layer.ts";
import { installFaults } from "../_faults.ts";
import { functionsOver, STEPS, takeStep } from "../_scenario.ts";

const [name = "", root = "", at = "0", when = "before"] = process.argv.slice(2);
// Not through a stream: what is said must have been heard when the process is killed.
const { writeSync } = fs;
const say = (text: string): void => void writeSync(1, `${text}\n`);

const operations: string[] = [];
const tortured = torturedCache(name);
await installFaults(tortured, root, {
  before(operation): Fault | undefined {
    operations.push(operation.name);
    return operation.at === Number(at) ? { kill: when as "before" } : undefined;
  },
});
const cache = tortured.open(root);
const generation = { now: 0 };
const functions = functionsOver(cache, { generation });
say("ready");
for (const step of STEPS) {
  if (!await takeStep(cache, functions, generation, step)) say(`wrong ${step.call}`);
  say("done");
}
await cache[Symbol.asyncDispose]();
say(`operations ${JSON.stringify(operations)}`);
process.exit(0);
