/**
 * Eight processes on one SQL cache, beside one process alone: how many calls they get done together. Runs within `run.ts`,
 * which is Deno, for either runtime.
 *
 * @module
 */
import { type Figure, type Group, quantile } from "../../harness/figures.ts";
import { random, shuffled } from "../../harness/random.ts";

const ROUNDS = 9;
/** Calls of each process: as many alone as in the crowd, so that nobody's optimizer has seen less. */
const CALLS = 2000;
const CROWD = 8;

/** A process, ready to go. */
interface Member {
  /** Lets it go. */
  go(): Promise<void>;
  /** Waits until it has made its calls. */
  done(): Promise<void>;
  /** Waits until it has ended. */
  ended(): Promise<void>;
}

/** Starts a process, and waits until it is ready. */
async function start(command: readonly string[], args: readonly string[]): Promise<Member> {
  const [program = "", ...options] = command;
  const child = new Deno.Command(program, {
    args: [...options, new URL("child.ts", import.meta.url).pathname, ...args],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const said = async (): Promise<void> => {
    if ((await lines.read()).done) {
      throw new Error(`A process of the crowd ended with ${(await child.status).code}`);
    }
  };
  await said();
  const writer = child.stdin.getWriter();
  return {
    go: async () => {
      await writer.write(new TextEncoder().encode("go\n"));
      await writer.close();
    },
    done: said,
    ended: async () => void await child.status,
  };
}

/** Microseconds of a call, of so many processes at once that each make `CALLS`. */
async function race(command: readonly string[], processes: number): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "fleche-bench-" });
  try {
    const members: Member[] = [];
    // One after another: the first one makes what all share.
    for (let number = 0; number < processes; number++) {
      members.push(await start(command, [folder, String(number), String(CALLS)]));
    }
    const started = performance.now();
    await Promise.all(members.map(async ({ go, done }) => {
      await go();
      await done();
    }));
    const elapsedMs = performance.now() - started;
    await Promise.all(members.map(({ ended }) => ended()));
    return (elapsedMs * 1000) / (processes * CALLS);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Measures the crowd.
 *
 * @param command How the runtime runs a file: program and options.
 */
export async function measureSqlCrowd(command: readonly string[]): Promise<Group> {
  const contestants = [
    { id: "alone", label: "one process", processes: 1, times: [] as number[] },
    { id: "crowd", label: `${CROWD} processes`, processes: CROWD, times: [] as number[] },
  ];
  const next = random(6);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { processes, times } of shuffled(contestants, next)) {
      times.push(await race(command, processes));
    }
  }
  return {
    id: "sql-crowd/mixed",
    title: "One SQL cache, a call of a mixed load: of five, four hit and one is new",
    reference: "alone",
    rounds: ROUNDS,
    figures: contestants.map(({ id, label, times }): Figure => ({
      id,
      label,
      medianUs: quantile(times, 0.5),
      minUs: Math.min(...times),
      roundsUs: times,
    })),
    absent: [],
  };
}
