/** Streamed results under random schedules, seeded: `FLECHE_SOAK=5000` runs more of them, `FLECHE_SEED=77` that one alone. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import process from "node:process";
import test from "node:test";
import { CborFile, Memory, Sql, type Storage } from "../../mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { filesBelow } from "../storage/file/_entries.ts";
import { runSchedule } from "./_run_schedule.ts";
import { scheduleOf } from "./_schedule.ts";

const { FLECHE_SOAK, FLECHE_SEED } = process.env;
const FIRST = Number(FLECHE_SEED ?? 1);

/** Runs schedules; each is given a way to open storages, and a check of what is left. */
async function soak(
  count: number,
  open: (seed: number) => (role: "values" | "calls") => Storage,
  check?: (seed: number) => void,
): Promise<void> {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", onUnhandled);
  try {
    const last = FLECHE_SEED === undefined ? Number(FLECHE_SOAK ?? count) : FIRST;
    for (let seed = FIRST; seed <= last; seed++) {
      const schedule = scheduleOf(seed);
      try {
        await runSchedule(schedule, open(seed));
        check?.(seed);
        assert.deepEqual(unhandled, [], "unhandled rejections");
      } catch (error) {
        throw new Error(`schedule ${JSON.stringify(schedule)}: ${error}`, { cause: error });
      }
    }
  } finally {
    process.off("unhandledRejection", onUnhandled);
  }
}

const options = { timeout: 3_600_000 };

test(
  "a streamed call comes out right under random schedules in memory",
  options,
  () => soak(200, () => () => new Memory()),
);

test(
  "a streamed call comes out right under random schedules in files, and leaves none but entries",
  options,
  () =>
    withTemporaryDirectory((root) =>
      soak(100, (seed) => (role) => new CborFile({ root: `${root}/${seed}/${role}` }), (seed) => {
        mkdirSync(`${root}/${seed}`, { recursive: true });
        const others = filesBelow(`${root}/${seed}`).filter((name) => !/(\.cbor|CACHEDIR\.TAG)$/.test(name));
        assert.deepEqual(others, [], "files left");
      })
    ),
);

test(
  "a streamed call comes out right under random schedules in a database",
  options,
  () =>
    withTemporaryDirectory((root) =>
      soak(100, (seed) => (role) => new Sql({ url: `${root}/${seed}-${role}.db` }))
    ),
);
