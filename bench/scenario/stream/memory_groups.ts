/**
 * How much memory everybody's process has at its peak, each job in a process of its own: `child.ts`, in rounds of
 * shuffled order. Beside each contestant stands the same loop without a cache.
 *
 * @module
 */
import { complaint } from "../../harness/complaint.ts";
import { type Figure, type Group, quantile } from "../../harness/figures.ts";
import { random, shuffled } from "../../harness/random.ts";
import type { Outcome } from "./child.ts";
import { byId } from "./contestants.ts";
import { type Command, runScript } from "./run_script.ts";
import { sizeId, sizeText } from "./sizes.ts";
import type { Workplace } from "./workplace.ts";

/** A slow disk takes some 50 MiB/s. */
const SLOW_DISK_PART = 4;

const titles = {
  "first-byte-fresh": "Hit, the first bytes, in a new process",
  "memory-miss": "Memory, a miss read to its end",
  "memory-hit": "Memory, a hit read to its end",
  "memory-slow-reader": "Memory, a reader that takes 1 MiB/s, for 3 s",
  "memory-slow-disk": "Memory, a disk that takes 1 ms longer for each write",
  "memory-callers": "Memory, eight callers at once",
} as const;
type GroupName = keyof typeof titles;

/** A job, and where its figure stands. */
interface Step {
  readonly job: string;
  readonly group: GroupName;
  /** What its figure's name and label have behind them. */
  readonly suffix?: string;
  /** The figure of the same loop without a cache, where it is not the ordinary one. */
  readonly baseline?: string;
}

/** Jobs of one contestant on one directory, one after another. */
interface Trip {
  readonly contestant: string;
  readonly sizeBytes: number;
  readonly small: boolean;
  readonly steps: readonly Step[];
}

/** What is done in every round. */
function trips(sizeBytes: number): readonly Trip[] {
  const small = Math.min(64 * 2 ** 20, sizeBytes / 4);
  const sized = (contestant: string, steps: readonly Step[], size = sizeBytes): Trip[] => [
    { contestant, sizeBytes: size, small: false, steps },
    {
      contestant,
      sizeBytes: small,
      small: true,
      steps: steps.filter(({ group }) => group !== "first-byte-fresh" && group !== "memory-slow-reader"),
    },
  ];
  const keeper: readonly Step[] = [
    { job: "miss", group: "memory-miss" },
    { job: "hit", group: "memory-hit" },
    { job: "first-byte", group: "first-byte-fresh" },
    { job: "slow-hit", group: "memory-slow-reader", suffix: "hit" },
  ];
  const slowReader: Step = { job: "slow-miss", group: "memory-slow-reader" };
  // With `spool` the source does not wait for its reader: neither does it where there is no cache.
  const unhurried: readonly (readonly [string, Step])[] = [
    ["none", slowReader],
    ["none", { job: "miss", group: "memory-slow-reader", suffix: "at once" }],
    ["fleche", slowReader],
    ["fleche-spool", { ...slowReader, baseline: "none-at-once" }],
    ["cacache", slowReader],
  ];
  return [
    ...sized("none", [{ job: "miss", group: "memory-miss" }]),
    ...sized("none", [{ job: "miss", group: "memory-hit" }]),
    ...["fleche", "fleche-storage", "cacache", "web-cache"].flatMap((id) => sized(id, keeper)),
    ...unhurried.map(([contestant, step]): Trip => ({ contestant, sizeBytes, small: false, steps: [step] })),
    ...["none", "fleche-slow-disk"].flatMap((id) =>
      sized(id, [{ job: "miss", group: "memory-slow-disk" }], sizeBytes / SLOW_DISK_PART)
    ),
    ...["none", "fleche"].flatMap((id) => sized(id, [{ job: "callers", group: "memory-callers" }])),
  ];
}

interface Row {
  readonly group: GroupName;
  readonly id: string;
  readonly label: string;
  readonly baseline: string;
  readonly outcomes: Outcome[];
  complaint?: string;
}

function row({ contestant, small, sizeBytes }: Trip, { group, suffix, baseline = "none" }: Step): Row {
  const size = small ? "-small" : "";
  const { label = contestant } = byId.get(contestant) ?? {};
  return {
    group,
    id: `${contestant}${suffix === undefined ? "" : `-${suffix.replaceAll(" ", "-")}`}${size}`,
    label: `${label}${suffix === undefined ? "" : `, ${suffix}`}, ${sizeText(sizeBytes)}`,
    baseline: `${baseline}${size}`,
    outcomes: [],
  };
}

/** The figure of a row; of a time only, where memory is not what is looked at. */
function figure({ group, id, label, baseline, outcomes }: Row): Figure {
  const times = outcomes.map(({ us }) => us);
  const peaks = outcomes.map(({ peakBytes }) => peakBytes);
  return {
    id,
    label,
    medianUs: quantile(times, 0.5),
    minUs: Math.min(...times),
    roundsUs: times,
    ...(group === "first-byte-fresh" ? {} : {
      peakBytes: quantile(peaks, 0.5),
      roundsPeakBytes: peaks,
      ...(id.startsWith("none") ? {} : { baseline }),
    }),
  };
}

/** Measures the peaks of processes, and the first bytes of fresh ones. */
export async function memoryGroups(
  command: Command,
  { sizeBytes, rounds, workplace }: {
    readonly sizeBytes: number;
    readonly rounds: number;
    readonly workplace: Workplace;
  },
): Promise<Group[]> {
  const runtime = command.length > 1 ? "deno" : "bun";
  const planned = trips(sizeBytes)
    .filter(({ contestant }) => (byId.get(contestant)?.runtime ?? runtime) === runtime)
    .map((trip) => ({ trip, rows: trip.steps.map((step) => ({ step, row: row(trip, step) })) }));
  const { directory, signal } = workplace;
  const next = random(5);
  for (let round = 0; round < rounds; round++) {
    for (const { trip, rows } of shuffled(planned, next)) {
      const own = `${directory}/${trip.contestant}`;
      await Deno.mkdir(own);
      try {
        for (const { step, row } of rows) {
          if (row.complaint !== undefined) break;
          const args = [step.job, trip.contestant, String(trip.sizeBytes), own];
          row.outcomes.push(JSON.parse(await runScript(command, "child.ts", { args, workplace })) as Outcome);
        }
      } catch (error) {
        signal.throwIfAborted();
        for (const { row } of rows) row.complaint = complaint(error, directory);
      } finally {
        await Deno.remove(own, { recursive: true });
      }
    }
  }
  const all = planned.flatMap(({ rows }) => rows.map(({ row }) => row));
  return (Object.keys(titles) as GroupName[]).map((name): Group => ({
    id: `stream/${sizeId(sizeBytes)}/${name}`,
    title: `${titles[name]}: a stream of ${sizeText(sizeBytes)}`,
    reference: name === "first-byte-fresh" ? "cacache" : "none",
    rounds,
    figures: all.filter(({ group, complaint }) => group === name && complaint === undefined).map(figure),
    absent: all.filter(({ group }) => group === name).flatMap(({ id, label, complaint }) =>
      complaint === undefined ? [] : [{ id, label, reason: complaint }]
    ),
  }));
}
