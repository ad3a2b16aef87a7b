/** Runs a campaign as a test: short, under this runtime and the other one where it is there. */
import assert from "node:assert/strict";
import { otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { type Campaign, isUnharmed, type Tally } from "./_campaign.ts";

/** The seed of the tests; `dev/torture.ts` takes another one by `--seed`. */
const SEED = 1;

/** Runs it short, and fails unless every point was survived. */
export async function runShort(campaign: Campaign): Promise<Tally> {
  const runtimes = otherRuntimeCommand === undefined
    ? [runtimeCommand]
    : [runtimeCommand, otherRuntimeCommand];
  const tally = await campaign.run({ size: "short", seed: SEED, runtimes });
  const { findings, ...counts } = tally;
  const shown = findings.slice(0, 10).join("\n");
  assert.ok(isUnharmed(tally), `${campaign.name}: ${JSON.stringify(counts)}\n${shown}`);
  return tally;
}
