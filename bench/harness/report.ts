/** How a benchmark's own process hands its figures to `run.ts`: JSON in the file that its first argument names. @module */
import { writeFileSync } from "node:fs";
import process from "node:process";
import type { Group } from "./figures.ts";

/** Hands over the groups, or prints them when the benchmark was started by hand. */
export function handOver(groups: readonly Group[]): void {
  const [, , path] = process.argv;
  const text = JSON.stringify(groups, null, 2);
  if (path === undefined) console.log(text);
  else writeFileSync(path, text);
}
