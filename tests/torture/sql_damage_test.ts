import { test } from "node:test";
import { runShort } from "./_run_campaign.ts";
import { campaigns } from "./_sql_damage_campaign.ts";

for (const campaign of campaigns) {
  test(`the cache gives right results over ${campaign.name}`, { timeout: 120_000 }, async () => {
    await runShort(campaign);
  });
}
