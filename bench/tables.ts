/** Results as tables in Markdown, which read well enough in a terminal too. @module */
import { type Verdict, verdicts } from "./bounds.ts";
import {
  type Figure,
  gibPerSecond,
  type Group,
  type Machine,
  overBaseline,
  ratio,
  type Results,
} from "./harness/figures.ts";

/** Three significant digits and a unit that suits. */
export function duration(us: number): string {
  if (us >= 1e6) return `${(us / 1e6).toPrecision(3)} s`;
  if (us >= 10_000) return `${(us / 1000).toPrecision(3)} ms`;
  return `${us >= 1000 ? Math.round(us) : Number(us.toPrecision(3))} µs`;
}

function times(ratio: number): string {
  return `${ratio >= 100 ? Math.round(ratio) : ratio.toPrecision(ratio < 0.1 ? 1 : 2)} ×`;
}

function speed(gib: number): string {
  // No memory is that fast: what was given is a view of the bytes that were there.
  if (gib >= 100) return "copies nothing";
  return gib < 0.1 ? `${Math.round(gib * 1024)} MiB/s` : `${gib.toPrecision(2)} GiB/s`;
}

function size(bytes: number): string {
  if (bytes < 10_000) return `${bytes} B`;
  return bytes < 10e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toPrecision(3)} MB`;
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** What a group is about: the peak of a process where that was measured, a time elsewhere. */
function main({ peakBytes, medianUs }: Figure): string {
  return peakBytes === undefined ? duration(medianUs) : mebibytes(peakBytes);
}

function best({ roundsPeakBytes, minUs }: Figure): string {
  return roundsPeakBytes === undefined ? duration(minUs) : mebibytes(Math.min(...roundsPeakBytes));
}

function smallestFirst(figures: readonly Figure[]): Figure[] {
  return figures.toSorted((left, right) =>
    (left.peakBytes ?? left.medianUs) - (right.peakBytes ?? right.medianUs)
  );
}

/** What a table says of each figure; what no figure of the group has gets no column. */
interface Column {
  readonly head: string;
  readonly has: boolean;
  cell(figure: Figure): string;
}

/** The columns after the median. */
function columns(group: Group, ratioColumn: Column): readonly Column[] {
  const { figures, inputBytes } = group;
  const all: readonly Column[] = [
    {
      head: "over no cache",
      has: figures.some(({ baseline }) => baseline !== undefined),
      cell: (figure) => {
        const over = overBaseline(figure, group);
        return over === undefined ? "" : mebibytes(over);
      },
    },
    {
      head: "time",
      has: figures.some(({ peakBytes }) => peakBytes !== undefined),
      cell: ({ medianUs }) => duration(medianUs),
    },
    {
      head: "p99",
      has: figures.some(({ p99Us }) => p99Us !== undefined),
      cell: ({ p99Us }) => p99Us === undefined ? "" : duration(p99Us),
    },
    {
      head: "speed",
      has: inputBytes !== undefined,
      cell: ({ medianUs }) => inputBytes === undefined ? "" : speed(gibPerSecond(inputBytes, medianUs)),
    },
    ratioColumn,
    {
      head: "size",
      has: figures.some(({ sizeBytes }) => sizeBytes !== undefined),
      cell: ({ sizeBytes }) => sizeBytes === undefined ? "" : size(sizeBytes),
    },
  ];
  return all.filter(({ has }) => has);
}

function ratioTo(group: Group, head: string): Column {
  const reference = group.figures.find(({ id }) => id === group.reference);
  return {
    head,
    has: group.figures.every(({ peakBytes }) => peakBytes === undefined),
    cell: (figure) =>
      reference === undefined ? "" : figure === reference ? "1" : times(ratio(figure, reference)),
  };
}

function labelOf({ figures }: Group, wanted: string): string {
  return figures.find(({ id }) => id === wanted)?.label ?? "?";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

function named({ label }: Figure): string {
  return label.includes("fleche") ? `**${label}**` : label;
}

/** One group under one runtime, the quickest or the smallest first. */
export function groupTable(group: Group): string {
  const shown = columns(group, ratioTo(group, `times ${labelOf(group, group.reference)}`));
  const rows = smallestFirst(group.figures).map((figure) => [
    named(figure),
    main(figure),
    best(figure),
    ...shown.map(({ cell }) => cell(figure)),
  ]);
  const head = ["", "median", "best", ...shown.map(({ head }) => head)];
  const absent = group.absent.map(({ label, reason }) => `\nNot measured: ${label} (${reason}).`);
  return [table(head, rows), ...absent].join("\n");
}

/** One group under every runtime: median, what else was measured, and times the reference or bytes over the baseline. */
export function comparison(id: string, results: readonly Results[]): string {
  const groups = results.flatMap(({ runtime, groups }) =>
    groups.filter((group) => group.id === id).map((group) => ({
      runtime,
      group,
      shown: columns(group, ratioTo(group, "ratio")),
    }))
  );
  const [first] = groups;
  if (first === undefined) return "";
  const cells = (wanted: string) =>
    groups.flatMap(({ group, shown }) => {
      const own = group.figures.find(({ id }) => id === wanted);
      if (own === undefined) return ["not measured", ...shown.map(() => "")];
      return [main(own), ...shown.map(({ cell }) => cell(own))];
    });
  const rows = smallestFirst(first.group.figures).map((figure) => [named(figure), ...cells(figure.id)]);
  const heads = groups.flatMap((
    { runtime, shown },
  ) => [runtimeName(runtime.name), ...shown.map(({ head }) => head)]);
  const absent = new Set(
    groups.flatMap(({ group }) => group.absent.map(({ label, reason }) => `${label} (${reason})`)),
  );
  const notes = groups.flatMap(({ runtime, group: { origin } }) =>
    origin === undefined ? [] : [
      `Under ${runtimeName(runtime.name)} ${origin.version} measured on ${origin.day}; ${
        machineText(origin.machine)
      }.`,
    ]
  );
  return [
    table(["", ...heads], rows),
    ...(absent.size === 0 ? [] : [`Not measured: ${[...absent].join(", ")}.`]),
    ...notes,
  ].join("\n\n");
}

/** A runtime's name for people. */
export function runtimeName(name: "deno" | "bun"): string {
  return name === "deno" ? "Deno" : "Bun";
}

/** A machine in one line. */
export function machineText({ os, architecture, processor, cores, memoryGib }: Machine): string {
  return `${os} ${architecture}, ${processor}, ${cores} cores, ${memoryGib} GiB`;
}

/** A verdict in words. */
export function verdictText({ bound: { limit }, measured, reached }: Verdict): string {
  if (measured === undefined) return "not measured";
  if ("gibPerSecond" in limit) {
    return reached
      ? `reached: ${speed(measured)}`
      : `**missed**, ${(limit.gibPerSecond / measured).toPrecision(3)} times too slow: ${speed(measured)}`;
  }
  if ("overBytes" in limit) {
    return reached
      ? `reached: ${mebibytes(measured)}`
      : `**missed** by ${mebibytes(measured - limit.overBytes)}: ${mebibytes(measured)}`;
  }
  if ("growth" in limit) return `${reached ? "reached" : "**missed**"}: ${times(measured)}`;
  if ("us" in limit) {
    return `${reached ? "reached" : "**missed**"}: ${duration(measured)}`;
  }
  if ("overUs" in limit) {
    return reached
      ? `reached: ${duration(measured)}`
      : `**missed** by ${duration(measured - limit.overUs)}: ${duration(measured)}`;
  }
  const found = limit.times < 1 ? `${(1 / measured).toPrecision(2)} times faster` : times(measured);
  return reached
    ? `reached: ${found}`
    : `**missed**, ${(measured / limit.times).toPrecision(3)} times the bound: ${found}`;
}

/** Every bound with its verdict under each runtime. */
export function verdictTable(results: readonly Results[]): string {
  const judged = results.map((result) => ({ result, list: verdicts(result) }));
  const keys = new Map(
    judged.flatMap(({ list }) => list.map(({ bound }) => [`${bound.group} ${bound.says}`, bound.says])),
  );
  const rows = [...keys].map(([key, says]) => [
    says,
    ...judged.map(({ list }) => {
      const verdict = list.find(({ bound }) => `${bound.group} ${bound.says}` === key);
      return verdict === undefined ? "" : verdictText(verdict);
    }),
  ]);
  const heads = results.map(({ runtime }) => runtimeName(runtime.name));
  return table(["bound", ...heads], rows);
}
