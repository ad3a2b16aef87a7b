import { test } from "node:test";
import { isDeno } from "../_runtime.ts";
import { runShort } from "./_run_campaign.ts";
import { campaigns } from "./_sql_damage_campaign.ts";

const skip = isDeno ? false : "its processes are of both runtimes, whoever starts them";

for (const campaign of campaigns) {
  test(`the cache gives right results over ${campaign.name}`, { timeout: 120_000, skip }, async () => {
    await runShort(campaign);
  });
}
