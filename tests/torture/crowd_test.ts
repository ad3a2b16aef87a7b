import { test } from "node:test";
import { campaigns } from "./_crowd_campaign.ts";
import { runShort } from "./_run_campaign.ts";

for (const campaign of campaigns) {
  test(`the cache holds its promises through ${campaign.name}`, { timeout: 180_000 }, async () => {
    await runShort(campaign);
  });
}
