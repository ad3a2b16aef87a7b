import { test } from "node:test";
import { campaigns } from "./_damage_campaign.ts";
import { runShort } from "./_run_campaign.ts";

for (const campaign of campaigns) {
  test(
    `the cache gives right results, and then hits again, over ${campaign.name}`,
    { timeout: 120_000 },
    async () => {
      await runShort(campaign);
    },
  );
}
