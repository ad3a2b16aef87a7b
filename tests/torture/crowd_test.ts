import { test } from "node:test";
import { campaigns } from "./_crowd_campaign.ts";
import { isDeno } from "../_runtime.ts";
import { runShort } from "./_run_campaign.ts";

const skip = isDeno ? false : "its processes are of both runtimes, whoever starts them";

for (const campaign of campaigns) {
  test(`the cache holds its promises through ${campaign.name}`, { timeout: 180_000, skip }, async () => {
    await runShort(campaign);
  });
}
