/** What a benchmark hands back, and what is kept in `bench/results/`. Plain JSON; times in microseconds.
 *
 * @module */

/** One contestant's figures in one group. */
export interface Figure {
  /** Stable name, as `keyv-sqlite`; bounds refer to it. */
  readonly id: string;
  /** Name for people. */
  readonly label: string;
  /** Median over the rounds of the time of one call, a round's time being the mean of its batch. */
  readonly medianUs: number;
  /** The best round. */
  readonly minUs: number;
  /**
   * Every round in its order: two contestants' rounds of one number ran side by side. A slow contestant may have fewer
   * than the others: it then left out the last ones.
   */
  readonly roundsUs: readonly number[];
  /** 99th percentile of calls timed one by one, where there are enough of them. */
  readonly p99Us?: number;
  /** Mean size of what the call wrote, where it wrote something. */
  readonly sizeBytes?: number;
  /** Most memory that the process had, the median over the rounds; where each call has a process of its own. */
  readonly peakBytes?: number;
  /** Every round's, in the order of `roundsUs`. */
  readonly roundsPeakBytes?: readonly number[];
  /** The figure whose peak is what the job takes without a cache. */
  readonly baseline?: string;
  /** What else a reader should know, as how it makes its key. */
  readonly note?: string;
}

/** When and on what figures were measured. */
export interface Origin {
  /** Day of the run, `2026-11-22`. */
  readonly day: string;
  /** The runtime's. */
  readonly version: string;
  readonly machine: Machine;
}

/** What a run was made on, without names. */
export interface Machine {
  readonly os: string;
  readonly architecture: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
}

/** Contestants that did the same job in the same run: only within a group do times compare. */
export interface Group {
  /** Stable name, as `hit/object`. */
  readonly id: string;
  /** Name for people. */
  readonly title: string;
  /** The contestant that the table's ratios refer to. */
  readonly reference: string;
  /** Bytes that one call goes through, where a speed says more than a time. */
  readonly inputBytes?: number;
  /** How many rounds there were, where few. */
  readonly rounds?: number;
  readonly figures: readonly Figure[];
  /** Contestants that could not take part, and why. */
  readonly absent: readonly { readonly id: string; readonly label: string; readonly reason: string }[];
  /** Where the group was measured in another run than what stands in `Results`. */
  readonly origin?: Origin;
}

/** A quantile of some numbers: 0.5 is the median. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN;
}

/**
 * What one contestant takes beside another: the median over the rounds of `relate` within each round, which a busy
 * neighbour in some of the rounds does not move as it moves either one's own median.
 */
export function paired(one: Figure, other: Figure, relate: (one: number, other: number) => number): number {
  return pairedRounds(one.roundsUs, other.roundsUs, relate);
}

function pairedRounds(
  own: readonly number[],
  others: readonly number[],
  relate: (one: number, other: number) => number,
): number {
  const pairs = own.flatMap((value, round) => {
    const beside = others[round];
    return beside === undefined ? [] : [relate(value, beside)];
  });
  return quantile(pairs, 0.5);
}

/** How many times the other's time a contestant takes. */
export function ratio(one: Figure, other: Figure): number {
  return paired(one, other, (left, right) => left / right);
}

/** How many bytes more a contestant's process takes than its baseline's; `undefined` where there is none. */
export function overBaseline(one: Figure, { figures }: Pick<Group, "figures">): number | undefined {
  const other = figures.find(({ id }) => id === one.baseline);
  if (one.roundsPeakBytes === undefined || other?.roundsPeakBytes === undefined) return undefined;
  return pairedRounds(one.roundsPeakBytes, other.roundsPeakBytes, (left, right) => left - right);
}

/** The speed at which so many bytes are gone through in so many microseconds. */
export function gibPerSecond(bytes: number, us: number): number {
  return (bytes / us) * (1e6 / 2 ** 30);
}

/** One runtime's file in `bench/results/`. */
export interface Results {
  /** Version of this shape. */
  readonly format: 1;
  readonly day: string;
  readonly runtime: { readonly name: "deno" | "bun"; readonly version: string };
  readonly machine: Machine;
  readonly peers: Readonly<Record<string, string>>;
  readonly groups: readonly Group[];
}
