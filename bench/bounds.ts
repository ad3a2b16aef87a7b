/**
 * The bounds that the figures are held to, as data: a new scenario adds lines here. Nearly all compare two contestants
 * of one group, so that they mean the same on every machine.
 *
 * @module
 */
import {
  type Figure,
  gibPerSecond,
  type Group,
  overBaseline,
  paired,
  ratio,
  type Results,
} from "./harness/figures.ts";

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
  readonly limit: { readonly gibPerSecond: number } | { readonly us: number };
}

/** A bound on the peak of one contestant's process, beside the same loop without a cache. */
interface Memory extends Named {
  readonly limit: { readonly overBytes: number };
}

/** A bound on how the peak grows with the size, beside how that of the same loop without a cache does. */
interface Growth extends Named {
  /** The same contestant with less to do. */
  readonly small: string;
  readonly limit: { readonly growth: number };
}

/** One bound. */
export type Bound = Relative | Absolute | Memory | Growth;

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

/** What `durability = "full"` may take beside what must be done for it. */
function durable(what: string, group: string, against = "bare"): Bound {
  const hash = against === "bare" ? "" : " + SHA-256";
  return {
    says: `Durable put of ${what} at most 1.2 times a bare write${hash} + fsync + rename + directory fsync`,
    group: `durable/${group}`,
    ours: "fleche",
    against,
    limit: { times: 1.2 },
  };
}

const MIB = 2 ** 20;

/** What a cached stream may take, and be slower than what does less. */
function streams(size: string): Bound[] {
  const label = `Stream of ${
    size.replace(/(?=.ib)/, " ").replace(/(.)ib/, (_, unit) => `${unit.toUpperCase()}iB`)
  }`;
  const group = (name: string) => `stream/${size}/${name}`;
  const speed = (name: string, says: string, against: string, times: number): Bound => ({
    says: `${label}: ${says}`,
    group: group(name),
    ours: "fleche",
    against,
    limit: { times },
  });
  const memory = (name: string, says: string, ours: string): Bound => ({
    says: `${label}, ${says}: at most 32 MiB over the same loop without a cache`,
    group: group(name),
    ours,
    limit: { overBytes: 32 * MIB },
  });
  const growth = (name: string, says: string, ours: string): Bound => ({
    says: `${label}, ${says}: grows from 64 MiB on at most 1.25 times as much as the loop without a cache`,
    group: group(name),
    ours,
    small: `${ours}-small`,
    limit: { growth: 1.25 },
  });
  return [
    speed("put", "put at 0.8 of raw file + SHA-256, or faster", "raw-sha256", 1 / 0.8),
    speed("put", "put at least 1.5 times faster than cacache", "cacache", 1 / 1.5),
    speed("hit", "hit at 0.8 of raw file + SHA-256, or faster", "raw-sha256", 1 / 0.8),
    speed("gzip-put", "put through gzip at 0.9 of bare CompressionStream, or faster", "raw-gzip", 1 / 0.9),
    speed("gzip-hit", "hit through gzip at 0.9 of bare DecompressionStream, or faster", "raw-gzip", 1 / 0.9),
    {
      says: `${label}: first byte of a hit within 3 ms`,
      group: group("first-byte"),
      ours: "fleche",
      limit: { us: 3000 },
    },
    memory("memory-miss", "miss", "fleche"),
    memory("memory-hit", "hit", "fleche"),
    memory("memory-slow-reader", "slow reader of a miss", "fleche"),
    memory("memory-slow-reader", "slow reader of a miss, spool", "fleche-spool"),
    memory("memory-slow-reader", "slow reader of a hit", "fleche-hit"),
    memory("memory-slow-disk", "slow disk", "fleche-slow-disk"),
    memory("memory-callers", "eight callers", "fleche"),
    growth("memory-miss", "miss", "fleche"),
    growth("memory-hit", "hit", "fleche"),
    growth("memory-slow-disk", "slow disk", "fleche-slow-disk"),
    growth("memory-callers", "eight callers", "fleche"),
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
  durable("1 KiB", "1kib"),
  durable("1 MiB", "1mib"),
  durable("1 MiB", "1mib", "bare-sha256"),
  durable("1 KiB into a new folder", "new-folder"),
  {
    says: "8 processes on one SQL cache: throughput at least 0.7 of one process times two cores",
    group: "sql-crowd/mixed",
    ours: "crowd",
    against: "alone",
    // Of the time of a call, all processes counted.
    limit: { times: 1 / (0.7 * 2) },
  },
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
  {
    says: "Large values verified at 1 GiB/s or more",
    group: "verify/large",
    ours: "fleche-files",
    limit: { gibPerSecond: 1 },
  },
  ...["64mib", "1gib", "8gib"].flatMap(streams),
];

/** What a limit is on, in its unit; `undefined` when somebody who is needed was not measured. */
function measure(bound: Bound, group: Group): number | undefined {
  const find = (wanted: string | undefined) => group.figures.find(({ id }) => id === wanted);
  const ours = find(bound.ours);
  if (ours === undefined) return undefined;
  if ("against" in bound) {
    const against = find(bound.against);
    if (against === undefined) return undefined;
    return "times" in bound.limit
      ? ratio(ours, against)
      : paired(ours, against, (left, right) => left - right);
  }
  if ("small" in bound) {
    const growth = (large: Figure | undefined, small: Figure | undefined) =>
      (large?.peakBytes ?? Number.NaN) / (small?.peakBytes ?? Number.NaN);
    const small = find(bound.small);
    const measured = growth(ours, small) / growth(find(ours.baseline), find(small?.baseline));
    return Number.isNaN(measured) ? undefined : measured;
  }
  if ("overBytes" in bound.limit) return overBaseline(ours, group);
  if ("us" in bound.limit) return ours.medianUs;
  return group.inputBytes === undefined ? undefined : gibPerSecond(group.inputBytes, ours.medianUs);
}

function reaches({ limit }: Bound, measured: number): boolean {
  if ("gibPerSecond" in limit) return measured >= limit.gibPerSecond;
  if ("times" in limit) return measured <= limit.times;
  if ("overUs" in limit) return measured <= limit.overUs;
  if ("us" in limit) return measured <= limit.us;
  return measured <= ("growth" in limit ? limit.growth : limit.overBytes);
}

function judge(bound: Bound, group: Group): Verdict {
  const measured = measure(bound, group);
  return { bound, measured, reached: measured !== undefined && reaches(bound, measured) };
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
