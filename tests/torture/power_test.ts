/** What the death of the machine leaves is whole, or found to be damaged; under `durability: "full"` it is all there. */
import test from "node:test";
import { campaigns as logs } from "./_log_campaign.ts";
import { campaigns as files } from "./_power_campaign.ts";
import { runShort } from "./_run_campaign.ts";

for (const campaign of [...files, ...logs]) {
  test(`torture, short: ${campaign.name}`, { timeout: 120_000 }, async () => void await runShort(campaign));
}
