/** A process that is killed at any operation leaves a sound cache behind. */
import test from "node:test";
import { isDeno } from "../_runtime.ts";
import { runShort } from "./_run_campaign.ts";
import { campaigns } from "./_crash_campaign.ts";

const skip = isDeno ? false : "its processes are of both runtimes, whoever starts them";

for (const campaign of campaigns) {
  test(
    `torture, short: ${campaign.name}`,
    { timeout: 120_000, skip },
    async () => void await runShort(campaign),
  );
}
