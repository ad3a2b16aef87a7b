// deno-lint-ignore-file no-console -- a program prints.
/** Takes the steps of the scenario in a cache, and says which went wrong and of what was warned. */
import process from "node:process";
import { warningsOf } from "../../_warnings.ts";
import { torturedCache } from "../_caches.ts";
import { functionsOver, STEPS, takeStep } from "../_scenario.ts";

const [name = "", root = ""] = process.argv.slice(2);
const cache = torturedCache(name).open(root);
const generation = { now: 0 };
const functions = functionsOver(cache, { generation });
const wrong: string[] = [];
const warnings = await warningsOf(async () => {
  // What deletes is asked for by nobody's call, and may say that it cannot.
  for (const step of STEPS.filter(({ call }) => call !== "forget" && call !== "collect")) {
    try {
      if (!await takeStep(cache, functions, generation, step)) wrong.push(step.call);
    } catch (error) {
      wrong.push(`${step.call} throws ${error instanceof Error ? error.stack : error}`);
    }
  }
});
console.log(JSON.stringify({ wrong, warnings }));
process.exit(0);
