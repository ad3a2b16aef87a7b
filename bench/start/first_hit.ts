/**
 * The process that calls a cached function once. Arguments: file and export of the contestant, its directory, and
 * `fill` where the call is to be computed; elsewhere a computation is an error.
 *
 * No Node built-in is imported here: that alone would cost a Deno process more than what is measured.
 *
 * @module
 */

// `as` here: the runtimes' globals are not typed in each other's, and the module's name is an argument.

import type { CacheContestant } from "../contestants/contract.ts";
import { answer, query } from "../harness/inputs.ts";

const { Deno: deno, Bun: bun } = globalThis as unknown as {
  Deno?: { args: string[] };
  Bun?: { argv: string[] };
};
const [file = "", name = "", directory = "", mode = "hit"] = deno?.args ?? bun?.argv.slice(2) ?? [];
const module = (await import(`../contestants/${file}`)) as Record<string, CacheContestant>;
const contestant = module[name];
if (contestant === undefined) throw new TypeError(`Cannot find contestant "${name}" in "${file}"`);
const cached = await contestant.open(directory, () => {
  if (mode !== "fill") throw new Error(`Cannot call it a hit: "${contestant.id}" computed`);
  return Promise.resolve(answer(1));
});
cached.enter?.();
await cached.call(query(1));
await cached.close();
