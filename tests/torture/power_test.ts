/** What the death of the machine leaves is whole, or found to be damaged; under `durability: "full"` it is all there. */
import test from "node:test";
import { campaigns } from "./_power_campaign.ts";
import { runShort } from "./_run_campaign.ts";

for (const campaign of campaigns) {
  test(`torture, short: ${campaign.name}`, { timeout: 120_000 }, async () => void await runShort(campaign));
}
