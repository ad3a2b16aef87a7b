/**
 * The measuring loop: every contestant of a group in one process, in rounds whose order is shuffled, after a warm-up,
 * with a forced collection between rounds. What drifts (clock, neighbours, heat) then drifts for all alike.
 *
 * @module
 */
import { type Figure, type Group, quantile } from "./figures.ts";
import { random, shuffled } from "./random.ts";

/** One way of doing a group's job. */
export interface Contestant {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
  /** Mean size of what `call` writes, for the table. */
  readonly sizeBytes?: number;
  /** Whether `call` answers at once; its result is then not awaited, which would cost a turn of the event loop. */
  readonly sync?: boolean;
  /** Does the job once. `i` counts up over the whole run, so that a job may differ each time. */
  call(i: number): unknown;
  /**
   * Does the job so many times in place of `call`, and gives the milliseconds that it took by its own clock: for what
   * runs in another process.
   */
  timed?(calls: number): Promise<number>;
  /** Called before each batch, untimed. */
  enter?(): void;
}

/** How long and how often. */
export interface MeasureOptions {
  /** @default 31 */
  readonly rounds?: number;
  /** Time that a batch should take, in milliseconds. @default 10 */
  readonly batchMs?: number;
  /** Most calls in a batch: bounds what a job leaves behind. @default 20000 */
  readonly maxBatch?: number;
  /**
   * Time that a contestant's batches may take together, in milliseconds: who is over it, after 5 rounds at least, sits
   * out the rest. @default Infinity
   */
  readonly budgetMs?: number;
  /** Before what a collection is forced: a round, or each batch where one leaves much behind. @default "round" */
  readonly collect?: "round" | "batch";
  /** Seed of the rounds' order. @default 1 */
  readonly seed?: number;
}

const ROUNDS = 31;
/** Fewest rounds that a median is taken of. */
const MIN_ROUNDS = 5;
const MAX_BATCH = 20_000;
/** V8 needs some 20 000 hits of ours, and less of what is smaller, before their time stays the same. */
const WARM_UP_MS = 500;
/** Calls in a round that are timed one by one. */
const MAX_SINGLES = 50;
/** Fewest of them that a 99th percentile is taken of. */
const MIN_SINGLES = 500;

interface Runner {
  readonly contestant: Contestant;
  readonly means: number[];
  readonly singles: number[];
  batch: number;
  next: number;
  spentMs: number;
}

/** Results end here, so that no optimizer can drop the job that made them. */
export const sink: { last: unknown } = { last: undefined };

/** Forces a collection, where the runtime was started so that one can. */
export function collectGarbage(): void {
  const { Bun, gc } = globalThis as { Bun?: { gc(force: boolean): void }; gc?: () => void };
  if (Bun !== undefined) Bun.gc(true);
  else gc?.();
}

/** Time of a batch in milliseconds. */
async function runBatch(runner: Runner, calls: number): Promise<number> {
  const { contestant } = runner;
  const end = runner.next + calls;
  let last: unknown;
  contestant.enter?.();
  if (contestant.timed !== undefined) return await contestant.timed(calls);
  const started = performance.now();
  if (contestant.sync === true) { for (let i = runner.next; i < end; i++) last = contestant.call(i); }
  else for (let i = runner.next; i < end; i++) last = await contestant.call(i);
  const elapsed = performance.now() - started;
  runner.next = end;
  sink.last = last;
  return elapsed;
}

async function runSingles(runner: Runner, calls: number): Promise<void> {
  const { contestant } = runner;
  contestant.enter?.();
  for (let count = 0; count < calls; count++) {
    const i = runner.next++;
    const started = performance.now();
    if (contestant.sync === true) sink.last = contestant.call(i);
    else sink.last = await contestant.call(i);
    runner.singles.push((performance.now() - started) * 1000);
  }
}

/** Runs until the optimizers have seen enough and a batch's size is known. */
async function warmUp(runner: Runner, batchMs: number, maxBatch: number): Promise<void> {
  let calls = 1;
  let spentMs = 0;
  let elapsed = 0;
  while (spentMs < WARM_UP_MS && runner.next < 2 * maxBatch) {
    elapsed = await runBatch(runner, calls);
    spentMs += elapsed;
    runner.batch = Math.max(1, Math.min(maxBatch, Math.round((calls * batchMs) / Math.max(elapsed, 0.001))));
    calls = Math.min(runner.batch, calls * 4);
  }
}

function figure({ contestant, means, singles }: Runner): Figure {
  return {
    id: contestant.id,
    label: contestant.label,
    medianUs: quantile(means, 0.5),
    minUs: Math.min(...means),
    roundsUs: means.map((us) => Number(us.toPrecision(4))),
    ...(contestant.sizeBytes === undefined ? {} : { sizeBytes: contestant.sizeBytes }),
    ...(singles.length >= MIN_SINGLES ? { p99Us: quantile(singles, 0.99) } : {}),
    ...(contestant.note === undefined ? {} : { note: contestant.note }),
  };
}

/** Most calls that a contestant can get: what `i` stays below. */
export function mostCalls({ rounds = ROUNDS, maxBatch = MAX_BATCH }: MeasureOptions = {}): number {
  return 3 * maxBatch + rounds * (maxBatch + MAX_SINGLES);
}

/** Measures a group's contestants against each other. */
export async function measure(
  group: Pick<Group, "id" | "title" | "reference"> & Partial<Pick<Group, "absent" | "inputBytes">>,
  contestants: readonly Contestant[],
  options: MeasureOptions = {},
): Promise<Group> {
  const { rounds = ROUNDS, batchMs = 10, maxBatch = MAX_BATCH, budgetMs = Infinity, seed = 1 } = options;
  const next = random(seed);
  const runners: Runner[] = contestants.map((contestant) => ({
    contestant,
    means: [],
    singles: [],
    batch: 1,
    next: 0,
    spentMs: 0,
  }));
  for (const runner of runners) await warmUp(runner, batchMs, maxBatch);
  for (let round = 0; round < rounds; round++) {
    collectGarbage();
    for (const runner of shuffled(runners, next)) {
      if (round >= MIN_ROUNDS && runner.spentMs > budgetMs) continue;
      if (options.collect === "batch") collectGarbage();
      const elapsed = await runBatch(runner, runner.batch);
      runner.spentMs += elapsed;
      runner.means.push((elapsed * 1000) / runner.batch);
      const singles = Math.min(runner.batch, MAX_SINGLES);
      if (rounds * singles >= MIN_SINGLES && runner.contestant.timed === undefined) {
        await runSingles(runner, singles);
      }
    }
  }
  return { ...group, figures: runners.map(figure), absent: group.absent ?? [] };
}
