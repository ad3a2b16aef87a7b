/**
 * Errors by number: at every operation on files and databases, once and from then on, the errors that a system gives. A call
 * gives its right result all the same, in time, says at most once what is wrong, and the next call works; under `strict` it
 * throws a `CacheError`.
 */
import fs from "node:fs";
import { CacheError } from "../../mod.ts";
import { random } from "../_random.ts";
import { warningsOf } from "../_warnings.ts";
import { type TorturedCache, torturedCaches } from "./_caches.ts";
import { type Campaign, Count, type Harm, type Tally } from "./_campaign.ts";
import { ageLeftovers, checkCache, inTime } from "./_check.ts";
import type { Fault, Operation } from "./_fault_layer.ts";
import { installFaults } from "./_faults.ts";
import { withFolder } from "./_processes.ts";
import { functionsOver, isRight, type Step } from "./_scenario.ts";
import { setUp } from "./_setup.ts";

const FILE_CODES = ["ENOSPC", "EACCES", "EROFS", "EMFILE", "EIO", "EXDEV", "ENAMETOOLONG"];
const SQL_CODES = ["SQLITE_BUSY", "SQLITE_CORRUPT", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR"];

/** What each run calls: fewer steps than the scenario has, so that there can be more runs. */
const CALLS = [
  { call: "small", n: 1 },
  { call: "damaged", n: 1 },
  { call: "small", n: 1 },
  { call: "large", n: 1 },
  { call: "items", n: 1 },
  { call: "bytes", n: 1 },
  { call: "items", n: 1 },
  { call: "bytes", n: 1 },
] as const satisfies readonly Step[];

/** One run. */
interface Trial {
  readonly tortured: TorturedCache;
  /** Which operation fails. */
  readonly at: number;
  /** With which codes: on files, and on databases. */
  readonly file: string;
  readonly sql: string;
  /** That operation alone, all from it on, or (of writes and reads) that one by half. */
  readonly extent: "once" | "ever" | "short";
  readonly strict: boolean;
}

let runs = 0;

/** Descriptors that are open below a folder, but for those of databases, which are closed when garbage is collected. */
function openBelow(folder: string): string[] {
  if (!fs.existsSync("/proc/self/fd")) return [];
  return fs.readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const path = fs.readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(folder) && !/\.db(-wal|-shm)?( |$)/.test(path) ? [path] : [];
    } catch {
      return [];
    }
  });
}

function faultOf(trial: Trial, { name }: Operation): Fault | undefined {
  if (trial.extent === "short") return name === "write" || name === "read" ? { short: true } : undefined;
  return { code: name === "execute" || name === "batch" ? trial.sql : trial.file };
}

/** Runs it; gives the harm done, or `undefined` when the fault did not happen. */
async function tryOut(trial: Trial, root: string): Promise<Harm | undefined> {
  const { tortured, at, extent, strict } = trial;
  const [wrong, failed]: [string[], string[]] = [[], []];
  // In a cache with a damaged entry that bears the usual names; each other run warns of functions of its own.
  const prefix = extent === "ever" ? `run${++runs}_` : "";
  let isOn = true;
  let hasHappened = false;
  const remove = await installFaults(tortured, root, {
    before(operation) {
      if (!isOn || operation.at < at || (operation.at > at && extent !== "ever")) return undefined;
      const fault = faultOf(trial, operation);
      hasHappened ||= fault !== undefined;
      return fault;
    },
  });
  try {
    const cache = tortured.open(root);
    const functions = functionsOver(cache, { strict, prefix });
    const refused = new Set<string>();
    const warnings = await warningsOf(async () => {
      for (const { call, n } of CALLS) {
        const before = functions.runs.get(call);
        try {
          const result = await inTime(call, functions[call](n));
          if (!isRight(call, n, result)) wrong.push(call);
        } catch (error) {
          if (strict && error instanceof CacheError) refused.add(call);
          // A stream that was found, and that the medium fails to give to its end: what was read of it cannot be unread.
          else if (call === "bytes" && before !== undefined && functions.runs.get(call) === before) continue;
          else failed.push(`${call} throws ${error instanceof Error ? error.stack : error}`);
        }
      }
    });
    isOn = false;
    // Leases that could not be given back are waited for, else.
    await ageLeftovers(root);
    // One a cause: the code of what failed, whichever call met it.
    const causes = warnings.flatMap((warning) =>
      warning.match(/\b(?:SQLITE_[A-Z]+|E[A-Z]{2,})(?=: injected)/) ?? []
    );
    if (new Set(causes).size < causes.length) failed.push(`warns twice: ${warnings.join("; ")}`);
    // The same objects, without faults.
    await warningsOf(async () => {
      for (const { call, n } of CALLS) {
        try {
          const before = functions.runs.get(call);
          if (!isRight(call, n, await inTime(call, functions[call](n)))) wrong.push(`${call}, afterwards`);
          const isUnkept = functions.runs.get(call) !== before;
          const isSaid = warnings.some((warning) => warning.includes(`"${prefix}`)) || refused.has(call);
          if (isUnkept && extent === "ever" && !isSaid) {
            failed.push(`${call} is not kept, and nobody is told`);
          }
          if (isUnkept && strict && !refused.has(call)) {
            failed.push(`${call} is not kept, and does not throw`);
          }
          const ran = functions.runs.get(call);
          if (!isRight(call, n, await inTime(call, functions[call](n)))) wrong.push(`${call}, at last`);
          if (functions.runs.get(call) !== ran) failed.push(`${call} does not hit afterwards`);
        } catch (error) {
          failed.push(`${call}, afterwards, throws ${error instanceof Error ? error.stack : error}`);
        }
      }
      await inTime("closing", cache[Symbol.asyncDispose]());
    });
    failed.push(...openBelow(root).map((path) => `left open: ${path}`));
  } finally {
    remove();
  }
  if (!hasHappened) return undefined;
  const after = await checkCache(tortured, root, { done: 0, mayBeLost: true });
  return {
    wrong: [...wrong, ...after.wrong ?? []],
    failed: [...failed, ...after.failed ?? []],
  };
}

/** How many operations a run has without faults. */
async function countOperations(tortured: TorturedCache, root: string): Promise<number> {
  let count = 0;
  const remove = await installFaults(tortured, root, {
    before({ at }) {
      count = at;
      return undefined;
    },
  });
  const cache = tortured.open(root);
  const functions = functionsOver(cache);
  await warningsOf(async () => {
    for (const { call, n } of CALLS) await functions[call](n);
    await cache[Symbol.asyncDispose]();
  });
  remove();
  return count;
}

/**
 * Trials for every operation: all extents and, of one that is not strict, all codes; or one of these by chance, where there are
 * many caches.
 */
function trialsOf(
  tortured: TorturedCache,
  operations: number,
  isThorough: boolean,
  next: () => number,
): Trial[] {
  const codes = Array.from({ length: FILE_CODES.length * SQL_CODES.length }, (_, code) => code);
  const ways = (["once", "ever", "short"] as const).flatMap((extent) =>
    [false, true].map((strict) => ({ extent, strict }))
  );
  const below = (count: number): number => Math.floor(next() * count);
  const trials: Trial[] = [];
  for (let at = 1; at <= operations; at++) {
    for (const way of isThorough ? ways : ways.slice(below(ways.length)).slice(0, 1)) {
      const isEvery = isThorough && way.extent !== "short" && !way.strict;
      const first = below(codes.length);
      // So many in a row have every code, of files and of databases.
      for (const code of codes.slice(0, isEvery ? FILE_CODES.length : 1)) {
        trials.push({
          ...way,
          tortured,
          at,
          file: FILE_CODES[(first + code) % FILE_CODES.length] ?? "",
          sql: SQL_CODES[(first + code) % SQL_CODES.length] ?? "",
        });
      }
    }
  }
  return trials;
}

function errorsCampaign(name: string, caches: readonly TorturedCache[], shortTrials: number): Campaign {
  return {
    name,
    run: ({ size, seed }) =>
      withFolder(async (folder): Promise<Tally> => {
        const count = new Count();
        const next = random(seed);
        const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
        const template = `${folder}/template`;
        let serial = 0;
        for (const tortured of caches) {
          await setUp(tortured, template);
          fs.cpSync(template, `${folder}/counted`, { recursive: true });
          const operations = await countOperations(tortured, `${folder}/counted`);
          fs.rmSync(`${folder}/counted`, { recursive: true });
          const all = trialsOf(tortured, operations, caches.length === 1, next);
          const chosen = size === "full"
            ? all
            : Array.from({ length: Math.ceil(shortTrials / caches.length) }, () => pick(all));
          for (const trial of chosen) {
            const attempt = async (): Promise<Harm | undefined> => {
              const root = `${folder}/${serial++}`;
              fs.cpSync(template, root, { recursive: true });
              const harm = await tryOut(trial, root);
              fs.rmSync(root, { recursive: true, force: true });
              return harm;
            };
            let harm = await attempt();
            // Of a thousand causes the earlier ones are forgotten: that may happen between two warnings, not again at once.
            if (harm?.failed?.some((each) => each.startsWith("warns twice"))) harm = await attempt();
            const { extent, strict, file, sql, at } = trial;
            const what = `${extent}${strict ? ", strict" : ""}, ${file} or ${sql} at operation ${at}`;
            if (harm !== undefined) count.add(`${tortured.name}, ${what}`, harm);
          }
          fs.rmSync(template, { recursive: true });
        }
        return count.tally();
      }),
  };
}

const named = (...names: string[]): readonly TorturedCache[] =>
  torturedCaches.filter(({ name }) => names.includes(name));

/** These. */
export const campaigns: readonly Campaign[] = [
  errorsCampaign("errors by number at every operation: CborFile", named("CborFile"), 36),
  errorsCampaign("errors by number at every operation: Sql", named("Sql"), 24),
  errorsCampaign(
    "errors by number at every operation: all others",
    torturedCaches.filter(({ name }) => name !== "CborFile" && name !== "Sql"),
    36,
  ),
];
