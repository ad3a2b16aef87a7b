/**
 * Databases after a loss of power: the database and its log are copied after each operation, and the copy's log, of which
 * nothing is synced under `"process"`, is cut or torn. What is read must be a state that the database was in: nothing is
 * damaged, and no record is there without its value.
 */
import fs from "node:fs";
import { random } from "../_random.ts";
import { warningsOf } from "../_warnings.ts";
import { torturedCache } from "./_caches.ts";
import { type Campaign, Count, type Tally } from "./_campaign.ts";
import { checkCache } from "./_check.ts";
import { installFaults } from "./_faults.ts";
import { withFolder } from "./_processes.ts";
import { functionsOver, STEPS, takeStep } from "./_scenario.ts";
import { setUp } from "./_setup.ts";

/** The files of a database at some moment. */
interface Copy {
  readonly database: Uint8Array;
  readonly log: Uint8Array;
  /** How many steps were done. */
  readonly done: number;
}

const SUFFIXES = { database: "", log: "-wal" } as const;

/** Takes the steps, and copies the files after each operation that changed one of them. */
async function copiesOf(name: string, root: string): Promise<Copy[]> {
  const copies: Copy[] = [];
  let done = 0;
  const read = (suffix: string): Uint8Array => {
    const path = `${root}/one.db${suffix}`;
    return fs.existsSync(path) ? new Uint8Array(fs.readFileSync(path)) : new Uint8Array();
  };
  const tortured = torturedCache(name);
  const remove = await installFaults(tortured, root, {
    after(operation) {
      if (operation.name !== "execute" && operation.name !== "batch") return;
      const copy = { database: read(SUFFIXES.database), log: read(SUFFIXES.log), done };
      const last = copies.at(-1);
      if (
        last === undefined || last.log.length !== copy.log.length ||
        last.database.length !== copy.database.length
      ) {
        copies.push(copy);
      }
    },
  });
  await warningsOf(async () => {
    const cache = tortured.open(root);
    const generation = { now: 0 };
    const functions = functionsOver(cache, { generation });
    for (const step of STEPS) {
      if (!await takeStep(cache, functions, generation, step)) throw new Error(`Cannot do ${step.call}`);
      done++;
    }
    await cache[Symbol.asyncDispose]();
  });
  remove();
  return copies;
}

/** Logs that a loss of power may leave of one. */
function tornLogs(log: Uint8Array, next: () => number): Uint8Array[] {
  const torn = log.slice();
  const zeroed = log.slice();
  for (let at = 0; at < log.length; at += 512) {
    if (next() < 0.2) zeroed.fill(0, at, at + 512);
    if (next() < 0.02) torn.fill(0xa5, at, at + 512);
  }
  return [log, new Uint8Array(), log.subarray(0, next() * log.length), zeroed, torn];
}

const logs: Campaign = {
  name: "loss of power: torn logs of databases",
  run: ({ size, seed }) =>
    withFolder(async (folder): Promise<Tally> => {
      const count = new Count();
      const next = random(seed);
      for (const name of size === "full" ? ["Sql", "brotli around Sql"] : ["Sql"]) {
        for (const isNew of [false, true]) {
          const root = `${folder}/recorded`;
          fs.mkdirSync(root);
          if (!isNew) await setUp(torturedCache(name), root);
          const copies = await copiesOf(name, root);
          for (const [at, { database, log, done }] of copies.entries()) {
            for (const [index, left] of tornLogs(log, next).entries()) {
              if (size === "short" && next() * copies.length * 5 > 25) continue;
              const target = `${folder}/left`;
              fs.mkdirSync(target);
              fs.writeFileSync(`${target}/one.db${SUFFIXES.database}`, database);
              fs.writeFileSync(`${target}/one.db${SUFFIXES.log}`, left);
              // What its readers share is in memory: after a loss of power it is anything.
              if (next() < 0.5) fs.writeFileSync(`${target}/one.db-shm`, new Uint8Array(32_768).fill(0x5a));
              const harm = await checkCache(torturedCache(name), target, {
                // The log as it was: what `"full"` has synced, and what the death of a process alone leaves.
                ...index === 0 ? { done } : { done: 0, mayBeLost: true },
              });
              count.add(`${name}${isNew ? ", new" : ""}, copy ${at}, log ${index}`, harm);
              fs.rmSync(target, { recursive: true });
            }
          }
          fs.rmSync(root, { recursive: true });
        }
      }
      return count.tally();
    }),
};

/** This one. */
export const campaigns: readonly Campaign[] = [logs];
