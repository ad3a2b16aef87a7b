/** Results as tables in Markdown, which read well enough in a terminal too. @module */
import { type Verdict, verdicts } from "./bounds.ts";
import { type Figure, type Group, ratio, type Results } from "./harness/figures.ts";

/** Three significant digits and a unit that suits. */
export function duration(us: number): string {
  if (us >= 10_000) return `${(us / 1000).toPrecision(3)} ms`;
  return `${us >= 1000 ? Math.round(us) : Number(us.toPrecision(3))} µs`;
}

function times(ratio: number): string {
  return `${ratio >= 100 ? Math.round(ratio) : ratio.toPrecision(ratio < 0.1 ? 1 : 2)} ×`;
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

/** One group under one runtime, the quickest first. */
export function groupTable(group: Group): string {
  const reference = group.figures.find(({ id }) => id === group.reference);
  const rows = group.figures
    .toSorted((left, right) => left.medianUs - right.medianUs)
    .map((figure) => [
      named(figure),
      duration(figure.medianUs),
      duration(figure.minUs),
      figure.p99Us === undefined ? "" : duration(figure.p99Us),
      reference === undefined ? "" : figure === reference ? "1" : times(ratio(figure, reference)),
    ]);
  const head = ["", "median", "best", "p99", `times ${reference?.label ?? "?"}`];
  const absent = group.absent.map(({ label, reason }) => `\nNot measured: ${label} (${reason}).`);
  return [table(head, rows), ...absent].join("\n");
}

/** One group under every runtime: median, 99th percentile, and times the reference. */
export function comparison(id: string, results: readonly Results[]): string {
  const groups = results.flatMap(({ runtime, groups }) =>
    groups.filter((group) => group.id === id).map((group) => ({ runtime, group }))
  );
  const [first] = groups;
  if (first === undefined) return "";
  const find = (group: Group, wanted: string) => group.figures.find((figure) => figure.id === wanted);
  const cells = (wanted: string) =>
    groups.flatMap(({ group }) => {
      const own = find(group, wanted);
      const reference = find(group, group.reference);
      if (own === undefined || reference === undefined) return ["not measured", "", ""];
      const p99 = own.p99Us === undefined ? "" : duration(own.p99Us);
      return [duration(own.medianUs), p99, own === reference ? "1" : times(ratio(own, reference))];
    });
  const rows = first.group.figures
    .toSorted((left, right) => left.medianUs - right.medianUs)
    .map((figure) => [named(figure), ...cells(figure.id)]);
  return table(
    ["", ...groups.flatMap(({ runtime }) => [runtime.name === "deno" ? "Deno" : "Bun", "p99", "ratio"])],
    rows,
  );
}

/** A verdict in words. */
export function verdictText({ bound: { limit }, measured, reached }: Verdict): string {
  if (measured === undefined) return "not measured";
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
  const heads = results.map(({ runtime }) => (runtime.name === "deno" ? "Deno" : "Bun"));
  return table(["bound", ...heads], rows);
}
