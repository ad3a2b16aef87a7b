/**
 * What happens to the pages of a database, and to its log, between two processes: flipped, overwritten, cut. The work is done in
 * processes of its own (`scripts/sql_patient.ts`): a native library may die of such a file.
 *
 * A database whose header is damaged cannot be known to be fleche's any more: it is left alone, and calls over it go unkept.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Campaign, type CampaignOptions, Count, type Harm, type Tally } from "./_campaign.ts";

const script = fileURLToPath(new URL("./scripts/sql_patient.ts", import.meta.url));
const PAGE_BYTES = 4096;
/** Pages in which the trees begin; behind them there is little but large bodies. */
const FIRST_PAGES = 40;
const PATIENCE_MS = 60_000;

function start(command: readonly string[], ...args: string[]): ChildProcess {
  const [program = "", ...rest] = command;
  return spawn(program, [...rest, script, ...args], { stdio: ["pipe", "pipe", "ignore"] });
}

/** A process that takes points and says what they did. */
class Patient {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(command: readonly string[], folder: string, pristine: string) {
    this.#child = start(command, folder, pristine, "damage");
    if (this.#child.stdout === null) throw new TypeError("Cannot read what the process says");
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stdin?.on("error", () => {});
  }

  /** The next line; `undefined` when the process has ended, or says nothing for a minute. */
  async line(): Promise<string | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<undefined>((resolve) =>
      timer = setTimeout(() => resolve(undefined), PATIENCE_MS)
    );
    try {
      return await Promise.race([this.#lines.next().then(({ value }) => value as string | undefined), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async point(point: string): Promise<string | undefined> {
    this.#child.stdin?.write(`${point}\n`);
    return await this.line();
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Where a file of so many bytes is damaged, and how. */
function pointsOf(file: string, length: number, size: CampaignOptions["size"]): string[] {
  const offsets = new Set<number>();
  const trees = Math.min(length, FIRST_PAGES * PAGE_BYTES);
  // In a short run other places of each page.
  for (let at = 0; at < trees; at += size === "full" ? 64 : 3 * PAGE_BYTES + 320) offsets.add(at);
  for (let at = trees; at < length; at += size === "full" ? PAGE_BYTES + 64 : 30 * PAGE_BYTES + 64) {
    offsets.add(at);
  }
  // The header of the file, or of the log.
  for (let at = 0; at < 112; at += size === "full" ? 1 : 28) offsets.add(at);
  const places = [...offsets].sort((left, right) => left - right);
  return [
    ...places.flatMap((at) => [`${file} flip ${at}`, `${file} zero ${at}`]),
    ...places.filter((_, index) => index % 16 === 5).map((at) => `${file} cut ${at}`),
  ];
}

/** The header of a database, by which it is known. */
const HEADER_BYTES = 100;

function harmOf(point: string, line: string | undefined): Harm {
  if (line === undefined) return { failed: ["the process died, or gave no answer in a minute"] };
  const { wrong, failed, unkept } = JSON.parse(line) as { wrong: string[]; failed: string[]; unkept: number };
  const [file, , at] = point.split(" ");
  const isKnown = file !== "one.db" || Number(at) >= HEADER_BYTES;
  return {
    wrong,
    failed: isKnown && unkept > 0 ? [...failed, `${unkept} calls are not kept any more`] : failed,
  };
}

async function run(kind: "make" | "make-wal", { size, runtimes }: CampaignOptions): Promise<Tally> {
  const count = new Count();
  for (const [index, command] of runtimes.entries()) {
    const directory = mkdtempSync(`${tmpdir()}/fleche-torture-`);
    const [folder, pristine] = [`${directory}/work`, `${directory}/pristine`];
    try {
      mkdirSync(folder);
      mkdirSync(pristine);
      const making = start(command, folder, pristine, kind);
      await new Promise((resolve) => making.once("close", resolve));
      const file = kind === "make" ? "one.db" : "one.db-wal";
      const points = pointsOf(file, statSync(`${pristine}/${file}`).size, size);
      let patient: Patient | undefined;
      for (const [at, point] of points.entries()) {
        if (at % runtimes.length !== index) continue;
        if (patient === undefined) {
          patient = new Patient(command, folder, pristine);
          await patient.line();
        }
        const line = await patient.point(point);
        count.add(point, harmOf(point, line));
        if (line !== undefined) continue;
        patient.end();
        patient = undefined;
      }
      patient?.end();
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return count.tally();
}

export const campaigns: readonly Campaign[] = [
  { name: "damaged pages of a database", run: (options) => run("make", options) },
  { name: "damaged log of a database", run: (options) => run("make-wal", options) },
];
