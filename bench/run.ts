/**
 * `deno task bench`: installs the peers, runs every benchmark under Deno and under Bun, keeps the figures in
 * `bench/results/`, and says of each bound whether it is reached.
 *
 * - `--only=digest,hit` runs some benchmarks; nothing is kept then.
 * - `--runtime=deno` (or `bun`) runs one runtime; likewise.
 * - `--keep` keeps what such a part of a run measured, and leaves all other figures as they are.
 * - `--size=8GiB` is how long the streams are (1 GiB otherwise), `--dir=` where they are kept meanwhile.
 * - `--check` ends with 1 when a bound is missed; without it figures never fail.
 *
 * @module
 */
import { tmpdir } from "node:os";
import { verdicts } from "./bounds.ts";
import type { Group, Machine, Results } from "./harness/figures.ts";
import { install, peers } from "./install.ts";
import { measureStart } from "./micro/start.ts";
import { measureSqlCrowd } from "./scenario/sql_crowd/mod.ts";
import { measureStream } from "./scenario/stream/mod.ts";
import { parseSize } from "./scenario/stream/sizes.ts";
import { comparison, groupTable, machineText, runtimeName, verdictTable } from "./tables.ts";

const here = new URL("./", import.meta.url);
/** One file a subject in `micro/`; what buys something rather than costs something stands in `scenario/`. */
const subjects = [
  "digest",
  "hit",
  "miss",
  "durable",
  "start",
  "codec",
  "verify",
  "stream",
  "sql-crowd",
] as const;

function option(name: string): string[] | undefined {
  return Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3).split(",");
}

async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(program, { args: [...args], stderr: "inherit" })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    return undefined;
  }
}

/** A Bun of 1.4 or later: the one on the PATH, else npm's package, installed once so that no `npx` is timed. */
async function findBun(): Promise<string> {
  for (const [program, ...args] of [["bun"], ["npx", "-y", "bun@1.4.5"]] as const) {
    const path = await output(program, [...args, "-e", "console.log(Bun.version + ' ' + process.execPath)"]);
    const [version = "", executable] = path?.split(" ") ?? [];
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (executable !== undefined && (major > 1 || (major === 1 && minor >= 4))) return executable;
  }
  throw new Error("Cannot find Bun 1.4 or later: neither `bun` nor `npx -y bun@1.4.5` runs");
}

async function machine(): Promise<Machine> {
  const info = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  return {
    os: Deno.build.os,
    architecture: Deno.build.arch,
    processor: /^model name\s*:\s*(.+)$/m.exec(info)?.[1] ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memoryGib: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
  };
}

async function runSubject(subject: string, command: readonly string[]): Promise<readonly Group[]> {
  if (subject === "start") return [await measureStart(command)];
  if (subject === "stream") return await runStream(command);
  if (subject === "sql-crowd") return [await measureSqlCrowd(command)];
  const file = await Deno.makeTempFile({ prefix: "fleche-bench-", suffix: ".json" });
  try {
    const [program = "", ...args] = command;
    const { code } = await new Deno.Command(program, {
      args: [...args, new URL(`micro/${subject}.ts`, here).pathname, file, ...(option("dir") ?? [])],
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    if (code !== 0) throw new Error(`Cannot measure "${subject}": ${program} ended with ${code}`);
    return JSON.parse(await Deno.readTextFile(file)) as Group[];
  } finally {
    await Deno.remove(file);
  }
}

async function runStream(command: readonly string[]): Promise<readonly Group[]> {
  const groups: Group[] = [];
  const [parent = tmpdir()] = option("dir") ?? [];
  for (const sizeBytes of sizes) groups.push(...await measureStream(command, { sizeBytes, parent }));
  return groups;
}

const resultsFile = (name: string): URL => new URL(`results/${name}.json`, here);

async function readResults(name: string): Promise<Results> {
  return JSON.parse(await Deno.readTextFile(resultsFile(name))) as Results;
}

/** The subject that a group belongs to. */
function subjectOf({ id }: Group): string {
  return id.split("/")[0] ?? id;
}

/** What is measured together and replaced together: a subject, or a subject at one size. */
function partOf({ id }: Group): string {
  return id.split("/").slice(0, -1).join("/") || id;
}

/** The groups of another run; those of another day, machine or version say so. */
function marked(groups: readonly Group[], from: Results, into: Results): readonly Group[] {
  const { day, runtime: { version }, machine } = from;
  const same = day === into.day && version === into.runtime.version &&
    machineText(machine) === machineText(into.machine);
  return same ? groups : groups.map((group) => ({ origin: { day, version, machine }, ...group }));
}

/**
 * What was kept, with what ran now in the place of its older figures. After a whole run nothing is left of them but
 * the sizes of streams that it has not measured.
 */
function merged(kept: Results, now: Results, whole: boolean): Results {
  const into = whole ? now : kept;
  const ran = new Set<string>(now.groups.map(partOf));
  const left = kept.groups.filter((group) =>
    !ran.has(partOf(group)) && (!whole || subjectOf(group) === "stream")
  );
  const all = [...marked(left, kept, into), ...marked(now.groups, now, into)];
  return {
    ...into,
    peers: now.peers,
    groups: subjects.flatMap((subject) => all.filter((group) => subjectOf(group) === subject)),
  };
}

/** Puts the tables into the README, between its two marks. */
async function writeReadme(results: readonly Results[]): Promise<void> {
  const path = new URL("README.md", here);
  const text = await Deno.readTextFile(path);
  const [before, after] = [text.split("<!-- figures -->")[0], text.split("<!-- /figures -->")[1]];
  if (before === undefined || after === undefined) {
    throw new Error("Cannot find the marks in bench/README.md");
  }
  const [first] = results;
  if (first === undefined) return;
  const versions = results.map(({ runtime: { name, version } }) => `${runtimeName(name)} ${version}`);
  // A part of a run may have measured a group under one runtime only.
  const titles = new Map(
    results.flatMap(({ groups }) => groups.map(({ id, title }) => [id, title] as const)),
  );
  const sections = [...titles].map(([id, title]) => `### ${title}\n\n${comparison(id, results)}`);
  const figures = [
    `Run on ${first.day} with ${versions.join(" and ")}; ${machineText(first.machine)}.`,
    "### Bounds",
    verdictTable(results),
    ...sections,
  ].join("\n\n");
  await Deno.writeTextFile(path, `${before}<!-- figures -->\n\n${figures}\n\n<!-- /figures -->${after}`);
  await output(Deno.execPath(), ["fmt", "--quiet", path.pathname]);
}

const sizes = (option("size") ?? ["1GiB"]).map(parseSize);
const wanted = option("only") ?? subjects;
const runtimes = (option("runtime") ?? ["deno", "bun"]) as ("deno" | "bun")[];
const config = await install();
const results: Results[] = [];
for (const name of runtimes) {
  const command = name === "deno"
    ? [Deno.execPath(), "run", "-A", "--quiet", "--no-prompt", "--v8-flags=--expose-gc", "--config", config]
    : [await findBun()];
  const groups: Group[] = [];
  for (const subject of subjects.filter((subject) => wanted.includes(subject))) {
    for (const group of await runSubject(subject, command)) {
      groups.push(group);
      console.log(`\n${name}: ${group.title}\n\n${groupTable(group)}`);
    }
  }
  const version = name === "deno"
    ? Deno.version.deno
    : await output(await findBun(), ["--version"]) ?? "unknown";
  results.push({
    format: 1,
    day: new Date().toISOString().slice(0, 10),
    runtime: { name, version },
    machine: await machine(),
    peers: await peers(),
    groups,
  });
}

console.log(`\n${verdictTable(results)}`);
const whole = wanted === subjects && runtimes.length === 2;
if (whole || Deno.args.includes("--keep")) {
  for (const result of results) {
    const { name } = result.runtime;
    const kept = merged(await readResults(name), result, whole);
    await Deno.writeTextFile(resultsFile(name), `${JSON.stringify(kept, null, 2)}\n`);
  }
  await writeReadme([await readResults("deno"), await readResults("bun")]);
}
const missed = results.flatMap(verdicts).filter(({ reached }) => !reached).length;
Deno.exit(Deno.args.includes("--check") && missed > 0 ? 1 : 0);
