// deno-lint-ignore-file no-console -- a program prints.
/** Checks caches that writers have left: its argument lists them, as JSON. Prints what is lost, wrong or failed in each. */
import process from "node:process";
import { torturedCache } from "../_caches.ts";
import type { Harm } from "../_campaign.ts";
import { checkCache, type CheckOptions } from "../_check.ts";

const left = JSON.parse(process.argv[2] ?? "[]") as (CheckOptions & { name: string; root: string })[];
const harms: Harm[] = [];
for (const { name, root, ...options } of left) {
  harms.push(await checkCache(torturedCache(name), root, options));
}
console.log(JSON.stringify(harms));
process.exit(0);
