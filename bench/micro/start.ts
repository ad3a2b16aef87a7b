/**
 * What a process pays: importing the module over doing nothing, and the first hit of a fresh process. Whole processes
 * by the wall clock, in rounds of shuffled order. Runs within `run.ts`, which is Deno, for either runtime.
 *
 * @module
 */
import { complaint } from "../harness/complaint.ts";
import { type Figure, type Group, quantile } from "../harness/figures.ts";
import { random, shuffled } from "../harness/random.ts";

interface Program {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
  readonly args: readonly string[];
}

const rounds = 21;
const at = (file: string): string => new URL(`../start/${file}`, import.meta.url).pathname;

const firstHits = [
  {
    id: "fleche-files",
    label: "first hit: fleche CborFile + CborFile",
    file: "fleche.ts",
    name: "flecheFiles",
  },
  { id: "fleche-sql", label: "first hit: fleche CborFile + Sql", file: "fleche.ts", name: "flecheSql" },
  { id: "keyv-sqlite", label: "first hit: keyv (sqlite)", file: "keyv.ts", name: "keyvSqlite" },
  { id: "unstorage-fs", label: "first hit: unstorage (fs)", file: "unstorage.ts", name: "unstorageFs" },
  {
    id: "bentocache-file",
    label: "first hit: bentocache (file)",
    file: "bentocache.ts",
    name: "bentocacheFile",
  },
  { id: "cacache", label: "first hit: cacache", file: "cacache.ts", name: "cacache" },
  { id: "lmdb", label: "first hit: lmdb", file: "lmdb.ts", name: "lmdb" },
] as const;

/** Runs a process to its end; its time in whole microseconds. */
async function time(command: readonly string[], args: readonly string[]): Promise<number> {
  const [program = "", ...options] = command;
  const started = performance.now();
  const { code, stderr } = await new Deno.Command(program, {
    args: [...options, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const elapsedUs = Math.round((performance.now() - started) * 1000);
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return elapsedUs;
}

/**
 * Measures the start of processes.
 *
 * @param command How the runtime runs a file: program and options.
 */
export async function measureStart(command: readonly string[]): Promise<Group> {
  const directory = await Deno.makeTempDir({ prefix: "fleche-bench-" });
  try {
    const absent: Group["absent"][number][] = [];
    const programs: Program[] = [
      { id: "empty", label: "empty script", args: [at("empty.ts")] },
      { id: "import", label: "import fleche", args: [at("import.ts")] },
    ];
    for (const { id, label, file, name } of firstHits) {
      const own = `${directory}/${id}`;
      await Deno.mkdir(own);
      const args = [at("first_hit.ts"), file, name, own];
      try {
        await time(command, [...args, "fill"]);
        programs.push({ id, label, args });
      } catch (error) {
        absent.push({ id, label, reason: complaint(error, directory) });
      }
    }
    const times = new Map<string, number[]>(programs.map(({ id }) => [id, []]));
    for (const { args } of programs) await time(command, args);
    const next = random(2);
    for (let round = 0; round < rounds; round++) {
      for (const { id, args } of shuffled(programs, next)) times.get(id)?.push(await time(command, args));
    }
    const figures = programs.map(({ id, label }): Figure => {
      const own = times.get(id) ?? [];
      return {
        id,
        label,
        medianUs: quantile(own, 0.5),
        minUs: Math.min(...own),
        roundsUs: own,
      };
    });
    return {
      id: "start",
      title: "A whole process, from start to end",
      reference: "empty",
      figures,
      absent,
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
