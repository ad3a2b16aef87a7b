/**
 * `deno task demo`: runs `examples/index_sources/` over a copy of this repository's own sources and docs, each time in a
 * process of its own: cold, warm, and after an edit; through a plain and a compressed cache; under Deno and under Bun. Everything happens in a temporary folder, which is removed.
 */

import { fileURLToPath } from "node:url";
import { findBun } from "./find_bun.ts";

/** What the example prints with `--json`. */
interface Run {
  readonly files: number;
  readonly asked: Record<string, number>;
  readonly computed: Record<string, number>;
  readonly milliseconds: number;
  readonly best: readonly (readonly [word: string, score: number])[];
}

const root = new URL("../", import.meta.url);
const program = new URL("../examples/index_sources/main.ts", import.meta.url);
const caches = ["plain", "compressed"] as const;

/** Runs a command; gives what it printed. Fails with what it complained of. */
async function output(command: readonly string[]): Promise<string> {
  const [name = "", ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(name, { args, cwd: root, stdin: "null" })
    .output();
  const complaints = new TextDecoder().decode(stderr).trim();
  if (!success) throw new Error(`Cannot run "${command.join(" ")}": ${complaints}`);
  if (complaints !== "") console.log(complaints);
  return new TextDecoder().decode(stdout);
}

/** Copies this repository's sources and documents. */
async function copySources(from: URL, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const entry of Deno.readDir(from)) {
    const target = `${to}/${entry.name}`;
    if (
      entry.isDirectory && !entry.name.startsWith(".") && !["node_modules", "caches"].includes(entry.name)
    ) {
      await copySources(new URL(`${encodeURIComponent(entry.name)}/`, from), target);
    } else if (entry.isFile && /\.(?:ts|md)$/.test(entry.name)) {
      await Deno.copyFile(new URL(encodeURIComponent(entry.name), from), target);
    }
  }
}

/** Files and bytes below a folder. */
async function measure(folder: string): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    const found = entry.isDirectory ? await measure(path) : { files: 1, bytes: (await Deno.stat(path)).size };
    sum.files += found.files;
    sum.bytes += found.bytes;
  }
  return sum;
}

/** Prints a row: the first `left` cells to the left, figures to the right. */
function printRow(cells: readonly (string | number)[], widths: readonly number[], left: number): void {
  const padded = cells.map((cell, column) => {
    const width = widths[column] ?? 0;
    return column < left ? String(cell).padEnd(width) : String(cell).padStart(width);
  });
  console.log(`  ${padded.join("  ")}`.trimEnd());
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

const runColumns = [11, 20, 10, 8, 10, 8, 9] as const;
const sizeColumns = [16, 11, 7, 12, 7] as const;

/** Runs the example once and prints what it says of itself. */
async function runOnce(
  folder: string,
  runtime: readonly string[],
  cache: string,
  what: string,
): Promise<Run> {
  const args = [`${folder}/sources`, "--config", `${folder}/cache.toml`, "--cache", cache, "--json"];
  const run: Run = JSON.parse(await output([...runtime, fileURLToPath(program), ...args]));
  const cells = (["indexFile", "rankFiles"] as const).flatMap((name) => {
    const computed = run.computed[name] ?? 0;
    return [computed, (run.asked[name] ?? 0) - computed];
  });
  printRow([cache, what, ...cells, `${run.milliseconds.toFixed(0)} ms`], runColumns, 2);
  return run;
}

function printRunHeader(): void {
  printRow(["", "", "indexFile", "", "rankFiles", "", ""], runColumns, 2);
  printRow(["cache", "run", "computed", "hit", "computed", "hit", "time"], runColumns, 2);
}

function sameWords(runs: readonly Run[]): boolean {
  return runs.every((run) => JSON.stringify(run.best) === JSON.stringify(runs[0]?.best));
}

const temporary = await Deno.makeTempDir({ prefix: "fleche-demo-" });
try {
  console.log(`
A slow function, indexFile(), reads every source and document of this repository; rankFiles() calls it for all
of them and ranks their words. Both are cached, in files. Every row is a new process:

  cold             nothing is kept yet
  warm             the same again: the ranking is found, so indexFile() is not even called
  one file edited  that file and the ranking are computed, the rest is found

  computed   calls that ran, and whose results were kept
  hit        calls that did not run: their results were in the cache (files of equal text are one call)
  time       how long rankFiles() took, with all that it calls`);
  await output([Deno.execPath(), "install", "--quiet"]);
  const bun = await findBun();
  const runtimes = [
    {
      name: `Deno ${Deno.version.deno}`,
      folder: `${temporary}/deno`,
      command: [Deno.execPath(), "run", "--quiet", "-A"],
    },
    ...(bun === undefined
      ? []
      : [{ name: `Bun ${bun.version}`, folder: `${temporary}/bun`, command: [bun.path] }]),
  ];

  const sizes: (readonly (string | number)[])[] = [];
  for (const { name, folder, command } of runtimes) {
    await Deno.mkdir(folder);
    await copySources(root, `${folder}/sources`);
    await Deno.copyFile(new URL("cache.toml", program), `${folder}/cache.toml`);
    const original = await Deno.readTextFile(`${folder}/sources/README.md`);

    console.log(`\n${name}\n`);
    printRunHeader();
    const unedited: Run[] = [];
    const bytesOf = new Map<string, number>();
    for (const cache of caches) {
      unedited.push(await runOnce(folder, command, cache, "cold"));
      unedited.push(await runOnce(folder, command, cache, "warm"));
      await Deno.writeTextFile(`${folder}/sources/README.md`, `${original}\nOne more sentence.\n`);
      await runOnce(folder, command, cache, "one file edited");
      await Deno.writeTextFile(`${folder}/sources/README.md`, original);
      const { files, bytes } = await measure(`${folder}/caches/${cache}`);
      bytesOf.set(cache, bytes);
      const ratio = (bytes / (bytesOf.get("plain") ?? bytes) * 100).toFixed(0);
      sizes.push([name, cache, files, kilobytes(bytes), `${ratio} %`]);
    }
    const [cold, warm] = unedited;
    if (!sameWords(unedited)) {
      throw new Error("Cannot go on: the runs over the same files gave different words");
    }
    if (cold !== undefined && warm !== undefined) {
      const times = (cold.milliseconds / warm.milliseconds).toFixed(0);
      const words = cold.best.slice(0, 5).map(([word]) => word).join(", ");
      console.log(
        `\n  ${cold.files} files. The warm run was ${times} times as fast. Every run gave the same ranking: ${words} …`,
      );
    }
  }

  if (bun !== undefined) {
    console.log("\nBun, reading the caches that Deno filled\n");
    printRunHeader();
    for (const cache of caches) await runOnce(`${temporary}/deno`, [bun.path], cache, "warm");
  }

  console.log("\nHow large the caches are (compressed: a gzip around each of the same two storages)\n");
  printRow(["", "cache", "files", "size", "of plain"], sizeColumns, 2);
  for (const row of sizes) printRow(row, sizeColumns, 2);
  if (bun === undefined) {
    console.log("\nBun is left out: neither `bun` (1.4 or later) nor `npx -y bun@1.4.5` runs.");
  }
  console.log(
    "\nThe program is examples/index_sources/main.ts, its caches examples/index_sources/cache.toml.",
  );
} finally {
  await Deno.remove(temporary, { recursive: true });
}
