// deno-lint-ignore-file no-console -- a program prints.
/** Runs one campaign in this runtime, at the size and with the seed that are given, and prints its tally. */
import process from "node:process";
import { otherRuntimeCommand, runtimeCommand } from "../../_runtime.ts";
import type { Campaign } from "../_campaign.ts";

const [file = "", name = "", size = "full", seed = "1"] = process.argv.slice(2);
const { campaigns } = await import(new URL(`../${file}`, import.meta.url).href) as {
  campaigns: readonly Campaign[];
};
const campaign = campaigns.find((each) => each.name === name);
if (campaign === undefined) throw new Error(`Cannot find campaign "${name}" in ${file}`);
const tally = await campaign.run({
  size: size === "short" ? "short" : "full",
  seed: Number(seed),
  runtimes: otherRuntimeCommand === undefined ? [runtimeCommand] : [runtimeCommand, otherRuntimeCommand],
});
console.log(JSON.stringify(tally));
process.exit(0);
