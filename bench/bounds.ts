/**
 * The bounds that the figures are held to, as data: a new scenario adds lines here. Each compares two contestants of
 * one group, so that it means the same on every machine.
 *
 * @module
 */
import { type Figure, paired, ratio, type Results } from "./harness/figures.ts";

/** One bound. */
export interface Bound {
  /** The sentence, as in the issue. */
  readonly says: string;
  /** The group that both contestants are in. */
  readonly group: string;
  /** The contestant that is held to it. */
  readonly ours: string;
  /** The one that it is held against. */
  readonly against: string;
  /** Most times that the other takes, or most microseconds over it. */
  readonly limit: { readonly times: number } | { readonly overUs: number };
  /** Where it holds under one runtime only. */
  readonly runtime?: "deno" | "bun";
}

/** A bound beside what was measured. */
export interface Verdict {
  readonly bound: Bound;
  /** Times the other, or microseconds over it; `undefined` when one of the two was not measured. */
  readonly measured: number | undefined;
  readonly reached: boolean;
}

function onBoth(bound: Omit<Bound, "group">, job: "hit" | "miss"): Bound[] {
  return [
    { ...bound, group: `${job}/object` },
    { ...bound, says: `${bound.says}; argument a number`, group: `${job}/scalar` },
  ];
}

/** Every bound. */
export const bounds: readonly Bound[] = [
  {
    says: "Digest at most ohash's time",
    group: "digest/object",
    ours: "fleche",
    against: "ohash",
    limit: { times: 1 },
  },
  ...onBoth({
    says: "Memory hit at most 1.5 times bentocache's",
    ours: "fleche-memory",
    against: "bentocache-memory",
    limit: { times: 1.5 },
  }, "hit"),
  ...onBoth({
    says: "CborFile + CborFile hit at least 3 times faster than keyv (sqlite)",
    ours: "fleche-files",
    against: "keyv-sqlite",
    limit: { times: 1 / 3 },
  }, "hit"),
  ...onBoth({
    says: "CborFile + CborFile hit at least 10 times faster than cacache",
    ours: "fleche-files",
    against: "cacache",
    limit: { times: 1 / 10 },
  }, "hit"),
  ...onBoth({
    says: "CborFile + CborFile hit at most 4 times two raw reads with JSON.parse",
    ours: "fleche-files",
    against: "raw-files",
    limit: { times: 4 },
  }, "hit"),
  ...onBoth({
    says: "CborFile + Sql hit at most 3 times a libsql point select and a file read",
    ours: "fleche-sql",
    against: "libsql-select",
    limit: { times: 3 },
  }, "hit"),
  ...onBoth({
    says: "CborFile + CborFile miss not slower than cacache's put",
    ours: "fleche-files",
    against: "cacache-put",
    limit: { times: 1 },
  }, "miss"),
  ...onBoth({
    says: "CborFile + Sql miss not slower than cacache's put",
    ours: "fleche-sql",
    against: "cacache-put",
    limit: { times: 1 },
  }, "miss"),
  {
    says: "Import at most 10 ms over an empty script",
    group: "start",
    ours: "import",
    against: "empty",
    limit: { overUs: 10_000 },
    runtime: "deno",
  },
];

function judge(bound: Bound, ours: Figure | undefined, against: Figure | undefined): Verdict {
  if (ours === undefined || against === undefined) return { bound, measured: undefined, reached: false };
  if ("times" in bound.limit) {
    const measured = ratio(ours, against);
    return { bound, measured, reached: measured <= bound.limit.times };
  }
  const measured = paired(ours, against, (left, right) => left - right);
  return { bound, measured, reached: measured <= bound.limit.overUs };
}

/** Holds a runtime's results to the bounds whose groups were measured. */
export function verdicts({ runtime, groups }: Pick<Results, "runtime" | "groups">): Verdict[] {
  return bounds.flatMap((bound) => {
    if (bound.runtime !== undefined && bound.runtime !== runtime.name) return [];
    const group = groups.find(({ id }) => id === bound.group);
    if (group === undefined) return [];
    const find = (wanted: string) => group.figures.find(({ id }) => id === wanted);
    return [judge(bound, find(bound.ours), find(bound.against))];
  });
}
