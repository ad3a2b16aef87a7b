/** Streamed results under random schedules, seeded: `FLECHE_SOAK=5000` runs more of them. */
import process from "node:process";
import test from "node:test";
import { Memory } from "../../mod.ts";
import { runSchedule, scheduleOf } from "./_schedule.ts";

const COUNT = Number(process.env["FLECHE_SOAK"] ?? 200);

test(
  `a streamed call comes out right under ${COUNT} random schedules in memory`,
  { timeout: 600_000 },
  async () => {
    for (let seed = 1; seed <= COUNT; seed++) {
      const schedule = scheduleOf(seed);
      try {
        await runSchedule(schedule, () => new Memory());
      } catch (error) {
        throw new Error(`schedule ${JSON.stringify(schedule)}: ${error}`, { cause: error });
      }
    }
  },
);
