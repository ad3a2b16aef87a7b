/** A process that is killed at any operation leaves a sound cache behind. */
import test from "node:test";
import { runShort } from "./_run_campaign.ts";
import { campaigns } from "./_crash_campaign.ts";

for (const campaign of campaigns) {
  test(`torture, short: ${campaign.name}`, { timeout: 120_000 }, async () => void await runShort(campaign));
}
