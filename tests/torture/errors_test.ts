/** Errors of the system at any operation do no harm. */
import test from "node:test";
import { runShort } from "./_run_campaign.ts";
import { campaigns } from "./_errors_campaign.ts";

for (const campaign of campaigns) {
  test(`torture, short: ${campaign.name}`, { timeout: 120_000 }, async () => void await runShort(campaign));
}
