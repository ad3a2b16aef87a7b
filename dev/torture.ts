/**
 * `deno task torture`: every campaign of `tests/torture/` at full size, under Deno and under Bun, and a table of what came of
 * it. Ends with 1 unless nothing was lost, nothing wrong was given, and every point was survived.
 *
 * `--write` puts what was run into the table of `tests/README.md`, in place of the rows of the same campaigns; `--only=<text>` runs the campaigns whose names have it; `--short` runs
 * them at the size of the tests; `--seed=<number>` picks other points where these are drawn.
 */

import { type Campaign, isUnharmed, type Tally } from "../tests/torture/_campaign.ts";
import { findBun } from "./find_bun.ts";

const root = new URL("../", import.meta.url);
const folder = new URL("tests/torture/", root);
const readme = new URL("tests/README.md", root);
const BEGIN = "<!-- begin: deno task torture --write -->";
const END = "<!-- end -->";

const option = (name: string): string | undefined =>
  Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const has = (name: string): boolean => Deno.args.includes(`--${name}`);
const size = has("short") ? "short" : "full";
const seed = option("seed") ?? "1";

/** Every campaign, by the file that it stands in. */
async function findCampaigns(): Promise<{ file: string; name: string }[]> {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /^_(?!run_)\w+_campaign\.ts$/.test(name)).sort();
  const found = await Promise.all(files.map(async (file) => {
    const { campaigns } = await import(new URL(file, folder).href) as { campaigns: readonly Campaign[] };
    return campaigns.map(({ name }) => ({ file, name }));
  }));
  return found.flat().filter(({ name }) => name.includes(option("only") ?? ""));
}

/** Runs one; a campaign that breaks counts as one point that was not survived. */
async function run(
  command: readonly string[],
  { file, name }: { file: string; name: string },
): Promise<Tally> {
  const [program = "", ...first] = command;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...first, "tests/torture/scripts/campaign.ts", file, name, size, seed],
    cwd: root,
    env: { NO_COLOR: "1", ...both },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout).trim();
  try {
    if (code === 0) return JSON.parse(text.slice(text.lastIndexOf("\n") + 1)) as Tally;
  } catch {
    // Said below.
  }
  const reason = new TextDecoder().decode(stderr).slice(-2000);
  return {
    points: 1,
    survived: 0,
    lost: 0,
    wrong: 0,
    findings: [`the campaign ended with ${code}: ${reason}`],
  };
}

const bun = await findBun();
if (bun === undefined) throw new Error("Cannot find Bun 1.4 or later: install Bun, or Node with npm");
const both = { FLECHE_TEST_DENO: Deno.execPath(), FLECHE_TEST_BUN: bun.path };
const runtimes = [
  { name: "Deno", command: [Deno.execPath(), "run", "-A", "--no-check", "--no-prompt"] },
  { name: "Bun", command: [bun.path, "run"] },
];

interface Row {
  readonly campaign: string;
  readonly runtime: string;
  readonly tally: Tally;
}

const rows: Row[] = [];
for (const campaign of await findCampaigns()) {
  for (const { name: runtime, command } of runtimes) {
    const started = performance.now();
    const tally = await run(command, campaign);
    rows.push({ campaign: campaign.name, runtime, tally });
    const { points, survived, lost, wrong, findings } = tally;
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(
      `${isUnharmed(tally) ? "ok    " : "FAILED"} ${campaign.name}, ${runtime}: ` +
        `${points} points, ${survived} survived, ${lost} lost, ${wrong} wrong (${seconds} s)`,
    );
    for (const finding of findings.slice(0, 20)) console.log(`       ${finding}`);
  }
}

const columns = [
  "campaign",
  "runtime",
  "size",
  "points tried",
  "faults survived",
  "entries lost",
  "wrong bytes delivered",
] as const;
const FIRST_NUMBER = 3;

/** A table with its sums, as Markdown has it. */
function tableOf(cells: readonly (readonly string[])[]): string {
  const sums = columns.map((_, at) =>
    at < FIRST_NUMBER ? "" : String(cells.reduce((sum, row) => sum + Number(row[at]), 0))
  );
  const all = [[...columns], ...cells, ["all", ...sums.slice(1)]];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string => {
    const padded = row.map((cell, at) =>
      at < FIRST_NUMBER ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
    );
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, at) => at < FIRST_NUMBER ? "-".repeat(width) : `${"-".repeat(width - 1)}:`);
  const [head = [], ...body] = all;
  return [line(head), `| ${rule.join(" | ")} |`, ...body.map(line)].join("\n");
}

const ran = rows.map(({ campaign, runtime, tally: { points, survived, lost, wrong } }) => [
  campaign,
  runtime,
  size,
  ...[points, survived, lost, wrong].map(String),
]);
console.log(`\n${tableOf(ran)}`);

if (has("write")) {
  const text = await Deno.readTextFile(readme);
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`Cannot find "${BEGIN}" and "${END}" in tests/README.md`);
  const earlier = text.slice(before, after).split("\n")
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
    .filter((cells) => cells.length === columns.length && /^\d+$/.test(cells[FIRST_NUMBER] ?? ""));
  const kept = new Map([...earlier, ...ran].map((cells) => [`${cells[0]} ${cells[1]}`, cells]));
  kept.delete("all ");
  const where = `Deno ${Deno.version.deno} and Bun ${bun.version}, ${Deno.build.os}, seed ${seed}.`;
  const between = `${BEGIN}\n\n${where}\n\n${tableOf([...kept.values()])}\n\n`;
  await Deno.writeTextFile(readme, text.slice(0, before) + between + text.slice(after));
}
Deno.exit(rows.length > 0 && rows.every(({ tally }) => isUnharmed(tally)) ? 0 : 1);
