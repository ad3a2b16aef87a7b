/**
 * Eight processes of both runtimes at once on one cache, over few keys: calls, hits, reruns, streams, removals, collecting,
 * verifying, clearing, opening and closing; now and then one of them is killed, and another takes its place. In every second
 * round nothing is removed that a call names: whatever a call has returned must be found when the world stands still.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { random } from "../_random.ts";
import { type Campaign, type CampaignOptions, Count, type Tally } from "./_campaign.ts";
import { Member } from "./_member.ts";
import { combinations, crowdFunctions, openCrowdCache } from "./_crowd.ts";

const script = fileURLToPath(new URL("./scripts/crowd_member.ts", import.meta.url));
const CROWD = 8;
const ROUNDS = { short: { count: 4, ms: 1000 }, full: { count: 24, ms: 2500 } } as const;
/** Of so many rounds one sees a member killed. */
const KILL_EVERY = 2;

interface Report {
  readonly calls: number;
  readonly runs: number;
  readonly wrong: readonly string[];
  readonly failed: readonly string[];
}

/** Looks up every call in the log, and all results. */
async function assertKept(count: Count, combination: string, root: string, log: string): Promise<void> {
  const returned = existsSync(log) ? new Set(readFileSync(log, "utf8").trim().split("\n")) : [];
  const cache = openCrowdCache(combination, root);
  try {
    const functions = crowdFunctions(cache);
    for (const line of returned) {
      const [name, k] = line.split(" ");
      const found = functions.find((each) => each.name === name);
      // The last line of whoever was killed may be cut off.
      if (found === undefined || !/^\d+$/.test(k ?? "")) continue;
      try {
        const verdict = await found.judge(await found.call.load(Number(k)), Number(k));
        count.add(`kept ${line}`, { wrong: verdict === undefined ? [] : [verdict] });
      } catch (error) {
        count.add(`kept ${line}`, { lost: [String(error)] });
      }
    }
  } finally {
    await cache[Symbol.asyncDispose]();
  }
}

async function run(combination: string, { size, seed, runtimes }: CampaignOptions): Promise<Tally> {
  const count = new Count();
  const root = mkdtempSync(join(tmpdir(), "fleche-torture-"));
  const next = random(seed);
  const { count: rounds, ms } = ROUNDS[size];
  let number = 0;
  const join_ = (log: string): Member => {
    const command = runtimes[number % runtimes.length] ?? [];
    return new Member([...command, script], [root, combination, String(seed * 1000 + number++), log]);
  };
  const log = join(root, "returned.log");
  const members = Array.from({ length: CROWD }, () => join_(log));
  try {
    await Promise.all(members.map((member) => member.line()));
    for (let round = 0; round < rounds; round++) {
      const mode = round % 2 === 0 ? "keep" : "all";
      rmSync(log, { force: true });
      for (const member of members) member.tell(`${ms} ${mode}`);
      const victim = Math.floor(round / KILL_EVERY) % CROWD;
      const kills = round % KILL_EVERY === KILL_EVERY - 1 || next() < 0.3;
      if (kills) setTimeout(() => members[victim]?.kill(), ms * next());
      const reports = await Promise.all(members.map((member) => member.line()));
      for (const [at, line] of reports.entries()) {
        const point = `${combination}, round ${round} (${mode}), process ${at}`;
        if (line !== undefined) {
          const { calls, runs, wrong, failed } = JSON.parse(line) as Report;
          for (let call = 1; call < calls; call++) count.add(point);
          count.add(`${point}, ${calls} calls, ${runs} executions`, { wrong, failed });
        } else if (at !== victim || !kills) {
          count.add(point, { failed: [`it died: ${members[at]?.errors}`] });
        }
      }
      if (mode === "keep") await assertKept(count, combination, root, log);
      for (const [at, line] of reports.entries()) {
        if (line !== undefined) continue;
        const member = members[at] = join_(log);
        await member.line();
      }
    }
    await Promise.all(members.map((member) => member.end()));
    for (const [at, { errors }] of members.entries()) {
      if (errors !== "") count.add(`${combination}, process ${at}`, { failed: [errors] });
    }
  } finally {
    for (const member of members) member.kill();
    rmSync(root, { recursive: true, force: true });
  }
  return count.tally();
}

export const campaigns: readonly Campaign[] = combinations.map((combination) => ({
  name: `a crowd over ${combination}`,
  run: (options) => run(combination, options),
}));
