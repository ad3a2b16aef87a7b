/**
 * The bounds that the figures are held to, as data: a new scenario adds lines here. Nearly all compare two contestants
 * of one group, so that they mean the same on every machine.
 *
 * @module
 */
import { gibPerSecond, type Group, paired, ratio, type Results } from "./harness/figures.ts";

/** What every bound has. */
interface Named {
  /** The sentence, as in the issue. */
  readonly says: string;
  /** The group that is looked at. */
  readonly group: string;
  /** The contestant that is held to it. */
  readonly ours: string;
  /** Where it holds under one runtime only. */
  readonly runtime?: "deno" | "bun";
}

/** A bound on two contestants of a group. */
interface Relative extends Named {
  /** The one that ours is held against. */
  readonly against: string;
  /** Most times that the other takes, or most microseconds over it. */
  readonly limit: { readonly times: number } | { readonly overUs: number };
}

/** A bound on one contestant's own speed, by the median of its rounds. */
interface Absolute extends Named {
  readonly limit: { readonly gibPerSecond: number };
}

/** One bound. */
export type Bound = Relative | Absolute;

/** A bound beside what was measured. */
export interface Verdict {
  readonly bound: Bound;
  /** In the limit's unit; `undefined` when a contestant was not measured. */
  readonly measured: number | undefined;
  readonly reached: boolean;
}

function onBoth(bound: Omit<Relative, "group">, job: "hit" | "miss"): Bound[] {
  return [
    { ...bound, group: `${job}/object` },
    { ...bound, says: `${bound.says}; argument a number`, group: `${job}/scalar` },
  ];
}

/** Typed arrays written and read in memory. */
function bulk(label: string, ours: string): Bound[] {
  return (["encode", "decode"] as const).map((job) => ({
    says: `${label} of 100 MB of Float64 ${job === "encode" ? "written" : "read"} at 1 GiB/s or more`,
    group: `codec/${job}-floats`,
    ours,
    limit: { gibPerSecond: 1 },
  }));
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
  {
    says: "Pickle of 10,000 records written in at most 2 times JSON.stringify's time",
    group: "codec/encode-rows",
    ours: "pickle",
    against: "json",
    limit: { times: 2 },
  },
  {
    says: "Pickle of 10,000 records read in at most 2 times JSON.parse's time",
    group: "codec/decode-rows",
    ours: "pickle",
    against: "json",
    limit: { times: 2 },
  },
  ...bulk("CBOR", "cbor"),
  ...bulk("Pickle", "pickle"),
];

function judge(bound: Bound, { figures, inputBytes }: Group): Verdict {
  const find = (wanted: string) => figures.find(({ id }) => id === wanted);
  const ours = find(bound.ours);
  const missing = { bound, measured: undefined, reached: false };
  if (!("against" in bound)) {
    if (ours === undefined || inputBytes === undefined) return missing;
    const measured = gibPerSecond(inputBytes, ours.medianUs);
    return { bound, measured, reached: measured >= bound.limit.gibPerSecond };
  }
  const against = find(bound.against);
  if (ours === undefined || against === undefined) return missing;
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
    return [judge(bound, group)];
  });
}
