/**
 * Eight processes of both runtimes call one cold key at the same moment, again and again: one of them executes. When that one is
 * killed in the middle, or stopped and let go on later, the others get their result within a bounded time all the same, and
 * nothing wrong is ever kept.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Campaign, type CampaignOptions, Count, type Harm, type Tally } from "./_campaign.ts";
import { Member } from "./_member.ts";

const script = fileURLToPath(new URL("./scripts/flight_member.ts", import.meta.url));
const CROWD = 8;
/** When all are told to begin: later than the last of them has heard of it. */
const BEGIN_AFTER_MS = 60;
/** Longer than a silence that is taken for death. */
const STOPPED_MS = 7000;
/** Most that a call may take whose executor has died or stands still. */
const TAKEN_OVER_MS = 20_000;

type Mode = "live" | "die" | "stop";

const ROUNDS: Readonly<Record<CampaignOptions["size"], Readonly<Record<Mode, number>>>> = {
  short: { live: 8, die: 1, stop: 1 },
  full: { live: 200, die: 8, stop: 8 },
};

interface Answer {
  readonly error?: string;
  readonly isRight: boolean;
  readonly executed: number;
  readonly ms: number;
}

function executionsOf(log: string, k: number): number {
  return readFileSync(log, "utf8").split("\n").filter((line) => line === String(k)).length;
}

/** The answer of a member; whoever asks to be stopped is, for a while. */
async function answerOf(member: Member): Promise<Answer | undefined> {
  const line = await member.line();
  if (line !== "stop me") return line === undefined ? undefined : JSON.parse(line) as Answer;
  member.stop();
  setTimeout(() => member.goOn(), STOPPED_MS);
  return await answerOf(member);
}

function harmOf(answers: readonly (Answer | undefined)[], mode: Mode): Harm {
  const [wrong, failed]: [string[], string[]] = [[], []];
  for (const answer of answers) {
    if (answer === undefined) continue;
    if (!answer.isRight) wrong.push("another result");
    if (answer.error !== undefined) failed.push(answer.error);
    if (answer.ms > TAKEN_OVER_MS) failed.push(`it took ${Math.round(answer.ms)} ms`);
  }
  const dead = answers.filter((answer) => answer === undefined).length;
  if (dead !== (mode === "die" ? 1 : 0)) failed.push(`${dead} have died`);
  return { wrong, failed };
}

async function run(combination: string, { size, runtimes }: CampaignOptions): Promise<Tally> {
  const count = new Count();
  const root = mkdtempSync(join(tmpdir(), "fleche-torture-"));
  const log = join(root, "executions");
  let started = 0;
  const start = (): Member =>
    new Member([...runtimes[started++ % runtimes.length] ?? [], script], [root, combination, log]);
  const members = Array.from({ length: CROWD }, start);
  const askAll = async (k: number, mode: Mode): Promise<(Answer | undefined)[]> => {
    for (const member of members) member.tell(`${k} ${mode} ${Date.now() + BEGIN_AFTER_MS}`);
    return await Promise.all(members.map(answerOf));
  };
  try {
    await Promise.all(members.map((member) => member.line()));
    // The code is loaded and the database is there: the first executions would not be of one moment.
    await askAll(0, "live");
    let k = 1;
    for (const mode of ["live", "die", "stop"] as const) {
      for (let round = 0; round < ROUNDS[size][mode]; round++, k++) {
        const harm = harmOf(await askAll(k, mode), mode);
        const executions = executionsOf(log, k);
        const failed = [...harm.failed ?? []];
        if (mode === "live" && executions !== 1) failed.push(`${executions} executions`);
        for (const [at, member] of members.entries()) {
          if (member.isOver) await (members[at] = start()).line();
        }
        const again = await askAll(k, "live");
        if (again.some((answer) => answer?.executed !== 0)) failed.push("a later call executed");
        const after = harmOf(again, "live");
        count.add(`${combination}, ${mode}, round ${round}`, {
          wrong: [...harm.wrong ?? [], ...after.wrong ?? []],
          failed: [...failed, ...after.failed ?? []],
        });
      }
    }
    await Promise.all(members.map((member) => member.end()));
  } finally {
    for (const member of members) member.kill();
    rmSync(root, { recursive: true, force: true });
  }
  return count.tally();
}

export const campaigns: readonly Campaign[] = ["CborFile and CborFile", "Sql and Sql"].map((combination) => ({
  name: `one execution for a crowd over ${combination}`,
  run: (options) => run(combination, options),
}));
