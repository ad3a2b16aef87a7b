/**
 * Crash points: a writer is killed at its n-th operation on files or databases, for every n, or at any moment (in the middle of
 * what a database does to its files), and a fresh process of the other runtime reads everything and goes on.
 */
import fs from "node:fs";
import { random } from "../_random.ts";
import { type TorturedCache, torturedCaches } from "./_caches.ts";
import { type Campaign, type CampaignOptions, Count, type Harm, type Tally } from "./_campaign.ts";
import { eachInTwos, runScript, withFolder } from "./_processes.ts";
import { setUp } from "./_setup.ts";

/** How many caches one process checks. */
const CHECKED_TOGETHER = 10;

/** When, at an operation, the writer is killed. */
type When = "before" | "half" | "after";

interface Point {
  readonly tortured: TorturedCache;
  readonly runtime: readonly string[];
  readonly at: number;
  readonly when: When;
  /** Instead of at an operation: so long after its first step began, in milliseconds. */
  readonly afterMs?: number;
}

/** A writer was killed, and this is left. */
interface Left {
  readonly name: string;
  readonly root: string;
  readonly done: number;
  readonly point: string;
}

/** Every point of one cache in one runtime, by a run that nobody kills. */
async function pointsOf(
  tortured: TorturedCache,
  runtime: readonly string[],
  template: string,
): Promise<Point[]> {
  const root = `${template}-listed`;
  fs.cpSync(template, root, { recursive: true });
  const { stdout, stderr, status } = await runScript(runtime, "writer.ts", {
    arguments: [tortured.name, root],
  });
  fs.rmSync(root, { recursive: true });
  const listed = /^operations (.+)$/m.exec(stdout)?.[1];
  if (status !== 0 || listed === undefined) throw new Error(`Cannot list operations: ${stdout}${stderr}`);
  return (JSON.parse(listed) as string[]).flatMap((name, index): Point[] => {
    const whens: When[] = name === "write" || name === "mkdir"
      ? ["before", "half"]
      : name === "batch" || name === "execute" || name === "rename"
      ? ["before", "after"]
      : ["before"];
    return whens.map((when) => ({ tortured, runtime, at: index + 1, when }));
  });
}

/** Some of a list, each as likely as another. */
function sample<T>(list: readonly T[], count: number, next: () => number): T[] {
  const rest = [...list];
  return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(next() * rest.length, 1))
    .flat();
}

async function check(left: readonly Left[], runtime: readonly string[], count: Count): Promise<void> {
  if (left.length === 0) return;
  const { stdout, stderr } = await runScript(runtime, "checker.ts", {
    arguments: [JSON.stringify(left)],
    longestMs: 600_000,
  });
  try {
    const harms = JSON.parse(stdout) as Harm[];
    left.forEach(({ point }, index) => count.add(point, harms[index]));
  } catch {
    for (const { point } of left) {
      count.add(point, { failed: [`its checker failed: ${stderr.slice(0, 2000)}`] });
    }
  }
  for (const { root } of left) fs.rmSync(root, { recursive: true, force: true });
}

/** Kills at each of the points, and has checked what is left. */
async function killAt(
  points: readonly Point[],
  { folder, runtimes, count }: {
    readonly folder: string;
    readonly runtimes: CampaignOptions["runtimes"];
    readonly count: Count;
  },
): Promise<void> {
  let serial = 0;
  const batches = Array.from(
    { length: Math.ceil(points.length / CHECKED_TOGETHER) },
    (_, index) => points.slice(index * CHECKED_TOGETHER, (index + 1) * CHECKED_TOGETHER),
  );
  await eachInTwos(batches, async (batch) => {
    const left: Left[] = [];
    for (const { tortured: { name }, runtime, at, when, afterMs } of batch) {
      const root = `${folder}/${serial++}`;
      fs.cpSync(`${folder}/${name}`, root, { recursive: true });
      const { signal, stdout, stderr } = await runScript(runtime, "writer.ts", {
        arguments: [name, root, String(at), when],
        ...afterMs !== undefined && { killAfterMs: afterMs },
      });
      // Some operations are done in another order each time: then there was none of that number. Or it was done sooner.
      if (signal !== "SIGKILL") {
        fs.rmSync(root, { recursive: true });
        if (/^operations /m.test(stdout)) continue;
        throw new Error(`Cannot kill at operation ${at}: ${stdout}${stderr}`);
      }
      const point = afterMs === undefined
        ? `${name}, ${when} operation ${at}`
        : `${name}, after ${afterMs} ms`;
      if (/^wrong/m.test(stdout)) count.add(point, { wrong: [stdout] });
      left.push({ name, root, done: stdout.split("\n").filter((line) => line === "done").length, point });
    }
    const first = batch[0]?.runtime;
    await check(left, runtimes.find((each) => each !== first) ?? runtimes[0] ?? [], count);
  });
}

type Pick = (tortured: TorturedCache, template: string, next: () => number) => Promise<Point[]>;

function crashCampaign(
  name: string,
  caches: readonly TorturedCache[],
  pick: (options: CampaignOptions) => Pick,
): Campaign {
  return {
    name,
    run: (options) =>
      withFolder(async (folder): Promise<Tally> => {
        const count = new Count();
        const next = random(options.seed);
        const points: Point[] = [];
        for (const tortured of caches) {
          const template = `${folder}/${tortured.name}`;
          await setUp(tortured, template);
          points.push(...await pick(options)(tortured, template, next));
        }
        await killAt(points, { folder, runtimes: options.runtimes, count });
        return count.tally();
      }),
  };
}

const named = (...names: string[]): readonly TorturedCache[] =>
  torturedCaches.filter(({ name }) => names.includes(name));
const rest = torturedCaches.filter(({ name }) => name !== "CborFile" && name !== "Sql");

/** At every operation, or at some. */
const atOperations =
  (shortCount: number) =>
  ({ size, runtimes: [runtime = []] }: CampaignOptions): Pick =>
  async (tortured, template, next) => {
    const all = await pointsOf(tortured, runtime, template);
    return size === "full" ? all : sample(all, shortCount, next);
  };

/** Longer than the scenario takes, in milliseconds. */
const LONGEST_MS = 150;

const atAnyMoment =
  ({ size, runtimes: [runtime = []] }: CampaignOptions): Pick => async (tortured, _, next) =>
    await Promise.resolve(Array.from({ length: size === "full" ? 150 : 12 }, () => ({
      tortured,
      runtime,
      at: 0,
      when: "before",
      afterMs: next() * LONGEST_MS,
    })));

/** These. */
export const campaigns: readonly Campaign[] = [
  crashCampaign("kill -9 at every operation: CborFile", named("CborFile"), atOperations(20)),
  crashCampaign("kill -9 at every operation: Sql", named("Sql"), atOperations(20)),
  crashCampaign("kill -9 at every operation: all others", rest, atOperations(2)),
  crashCampaign("kill -9 at any moment", named("CborFile", "Sql"), atAnyMoment),
];
