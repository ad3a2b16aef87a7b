/**
 * What all campaigns of torture have in common: each tries to break a promise at many points, and counts what came of it.
 *
 * A file `_<what>_campaign.ts` in this folder exports `campaigns: readonly Campaign[]`. `dev/torture.ts` finds it and runs
 * them at full size under each runtime; a `*_test.ts` beside it runs them at short size.
 */

/** What came of a campaign. */
export interface Tally {
  /** How many faults were tried: each did happen. */
  readonly points: number;
  /** How many of them did no harm: every later call gave the right result, in time, without an error. */
  readonly survived: number;
  /** How many entries were lost that were promised to be there. */
  readonly lost: number;
  /** How many times a wrong byte, or a wrong result, was given. */
  readonly wrong: number;
  /** A sentence for everything that went wrong: the point, and what happened. Empty when all is well. */
  readonly findings: readonly string[];
}

/** How a campaign is run. */
export interface CampaignOptions {
  /** `"short"` takes at most 20 seconds, as a test; `"full"` takes as long as it takes to try all points. */
  readonly size: "short" | "full";
  /** Equal seeds give equal points. */
  readonly seed: number;
  /** Command lines that run a TypeScript file, that of this runtime first: what is done in processes is done by all in turn. */
  readonly runtimes: readonly (readonly string[])[];
}

/** A way to try to break the cache. */
export interface Campaign {
  /** A few words, for the table: `crash points of CborFile`. */
  readonly name: string;
  /** Tries. Rejects only when the campaign itself is broken; what the cache did wrong is counted. */
  run(options: CampaignOptions): Promise<Tally>;
}

/** Counts. */
export class Count {
  #points = 0;
  #survived = 0;
  #lost = 0;
  #wrong = 0;
  readonly #findings: string[] = [];

  /**
   * Counts a point that was tried.
   *
   * @param point Which one, for findings.
   * @param harm What it did: nothing where it is empty.
   */
  add(point: string, harm: Harm = {}): void {
    const { lost = [], wrong = [], failed = [] } = harm;
    this.#points++;
    this.#lost += lost.length;
    this.#wrong += wrong.length;
    if (lost.length + wrong.length + failed.length === 0) this.#survived++;
    for (const [what, each] of [["lost", lost], ["wrong", wrong], ["failed", failed]] as const) {
      for (const finding of each) this.#findings.push(`${point}: ${what}: ${finding}`);
    }
  }

  /** What was counted so far. */
  tally(): Tally {
    return {
      points: this.#points,
      survived: this.#survived,
      lost: this.#lost,
      wrong: this.#wrong,
      findings: [...this.#findings],
    };
  }
}

/** What a fault did that it must not do: a text for each. */
export interface Harm {
  /** Entries that were promised to be there. */
  readonly lost?: readonly string[];
  /** Wrong bytes or results that were given. */
  readonly wrong?: readonly string[];
  /** Everything else: errors out of calls, calls that did not end in time, things left behind. */
  readonly failed?: readonly string[];
}

/** The sum of tallies. */
export function sumOf(tallies: readonly Tally[]): Tally {
  const total = (field: "points" | "survived" | "lost" | "wrong") =>
    tallies.reduce((sum, tally) => sum + tally[field], 0);
  return {
    points: total("points"),
    survived: total("survived"),
    lost: total("lost"),
    wrong: total("wrong"),
    findings: tallies.flatMap(({ findings }) => findings),
  };
}

/** Whether all points were survived, and there was one at least: a campaign that tries nothing proves nothing. */
export function isUnharmed({ points, survived, lost, wrong }: Tally): boolean {
  return points > 0 && survived === points && lost === 0 && wrong === 0;
}
