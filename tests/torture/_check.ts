/** The check of a cache that a scenario has left, wherever it was broken off: what is whole, what is lost, what is wrong. */
import fs from "node:fs";
import { createClient } from "@libsql/client";
import { codecOf } from "../../src/cache/lookup.ts";
import { warningsOf } from "../_warnings.ts";
import type { TorturedCache } from "./_caches.ts";
import type { Harm } from "./_campaign.ts";
import { functionsOver, isRight, STEPS } from "./_scenario.ts";

/** Longer than everything that waits for something. */
const LONGEST_CALL_MS = 20_000;

/** How old what a dead process left behind is made: older than what is nobody's any more. */
const AGE_SECONDS = 11 * 60;

/** How a cache is checked. */
export interface CheckOptions {
  /** How many steps of the scenario were done, and said so. */
  readonly done: number;
  /** Whether entries may be found damaged (and are then misses): not after the death of a process alone. */
  readonly mayBeDamaged?: boolean;
  /** Whether what a call returned as kept must still be there. */
  readonly mayBeLost?: boolean;
}

/** A promise's outcome, or an error when it takes too long. */
export async function inTime<T>(what: string, promise: Promise<T>, ms: number = LONGEST_CALL_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not end within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** All files below a folder. */
export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const temporaries = (root: string): string[] => filesBelow(root).filter((path) => path.includes("/v1/tmp/"));

/** Makes what dead processes left behind as old as if they had died a while ago. */
export async function ageLeftovers(root: string): Promise<void> {
  const then = Date.now() / 1000 - AGE_SECONDS;
  for (const path of temporaries(root)) fs.utimesSync(path, then, then);
  const path = `${root}/one.db`;
  if (!fs.existsSync(path)) return;
  const client = createClient({ url: `file:${path}` });
  try {
    await client.execute("UPDATE leases SET beat = 0");
  } catch {
    // No such table yet.
  }
  client.close();
}

/**
 * Reads everything, calls everything, and calls it again.
 *
 * @returns What is lost, wrong, or otherwise not as it must be.
 */
export async function checkCache(
  tortured: TorturedCache,
  root: string,
  options: CheckOptions,
): Promise<Harm> {
  const { done, mayBeDamaged = false, mayBeLost = false } = options;
  const [lost, wrong, failed]: [string[], string[], string[]] = [[], [], []];
  // Damaged before the scenario began, and found so by one of its steps or by us.
  const mayFindDamaged = done <= STEPS.findIndex(({ call }) => call === "damaged");
  await ageLeftovers(root);
  const cache = tortured.open(root);
  const attempt = async (what: string, action: () => Promise<void>): Promise<void> => {
    try {
      await inTime(what, action());
    } catch (error) {
      failed.push(`${what}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    }
  };
  const warnings = await warningsOf(async () => {
    const generation = { now: 2 };
    const functions = functionsOver(cache, { generation });
    const damagedKey = await functions.keyOfDamaged(1);
    const damagedValue = mayFindDamaged ? (await cache.record(damagedKey))?.result : undefined;
    await attempt("reading everything", async () => {
      for await (const key of cache.values.keys()) {
        try {
          const body = await cache.values.get(key);
          if (body === undefined) {
            if (!mayBeDamaged && key !== damagedValue) failed.push(`value ${key} is listed and not there`);
          } else await body.bytes();
        } catch (error) {
          if (!mayBeDamaged) failed.push(`value ${key} cannot be read: ${error}`);
        }
      }
      for await (const key of cache.calls.keys()) {
        const bytes = await (await cache.calls.get(key))?.bytes();
        if (bytes === undefined) {
          if (!mayBeDamaged) failed.push(`record ${key} is listed and not there`);
          continue;
        }
        const record = await codecOf(cache.calls).decode(bytes) as { result: string };
        const isWhole = await cache.values.has(record.result);
        if (!isWhole && key !== damagedKey && !mayBeDamaged) failed.push(`record ${key} names no value`);
      }
    });
    const called = new Set<string>();
    for (const { call, n } of STEPS) {
      if (call === "forget" || call === "collect" || call.startsWith("re") || called.has(`${call} ${n}`)) {
        continue;
      }
      called.add(`${call} ${n}`);
      const doneAt = STEPS.findLastIndex((step) =>
        step.n === n && (step.call === call || step.call === `re${call}`)
      );
      const firstAt = STEPS.findIndex((step) => step.n === n && step.call === call);
      const isForgotten = call === "small" && n === 2;
      const generations = call !== "changing" || done <= doneAt ? [0, 1, 2] : mayBeLost ? [0, 1, 2] : [1];
      await attempt(`${call}(${n})`, async () => {
        const before = functions.runs.get(call) ?? 0;
        const result = await functions[call](n);
        const isHit = functions.runs.get(call) === before || functions.runs.get(call) === undefined;
        if (!isRight(call, n, result, [0, 1, 2])) wrong.push(`${call}(${n})`);
        else if (!isRight(call, n, result, generations)) lost.push(`${call}(${n}) is an older one`);
        if (!isHit && !isForgotten && !mayBeLost && done > firstAt) lost.push(`${call}(${n})`);
        const ran = functions.runs.get(call);
        if (!isRight(call, n, await functions[call](n), [0, 1, 2])) wrong.push(`${call}(${n}), again`);
        if (functions.runs.get(call) !== ran) failed.push(`${call}(${n}) does not hit after it was called`);
      });
    }
    await attempt("looking after it", async () => {
      const { counts } = await cache.verify({ graceMs: 0 });
      const { dangling, ...faults } = counts;
      for (const [kind, count] of Object.entries(faults)) {
        if (count > 0 && !mayBeDamaged) failed.push(`${count} entries are ${kind}`);
      }
      const { removed } = await cache.gc({ graceMs: 0 });
      if (removed !== dangling && !mayBeDamaged) {
        failed.push(`${removed} of ${dangling} values were collected`);
      }
      for (const { call, n } of STEPS) {
        if (call === "forget" || call === "collect" || call.startsWith("re")) continue;
        const ran = functions.runs.get(call);
        if (!isRight(call, n, await functions[call](n), [0, 1, 2])) wrong.push(`${call}(${n}), collected`);
        if (functions.runs.get(call) !== ran) lost.push(`${call}(${n}), collected`);
      }
    });
    // The first file that is written clears what the dead have left.
    await attempt("writing", async () => void await functions.small(99));
    await attempt("closing", async () => await cache[Symbol.asyncDispose]());
  });
  const damages = warnings.filter((warning) => /damaged|not as it was put/.test(warning));
  const others = warnings.filter((warning) => !damages.includes(warning));
  failed.push(...others.map((warning) => `warning: ${warning}`));
  if (!mayBeDamaged) {
    failed.push(...damages.slice(mayFindDamaged ? 1 : 0).map((warning) => `damage: ${warning}`));
  }
  failed.push(...temporaries(root).map((path) => `left behind: ${path}`));
  const aside = filesBelow(root).filter((path) => path.includes("/v1/quarantine/"));
  if (aside.length > 1 && !mayBeDamaged) failed.push(`set aside: ${aside.join(", ")}`);
  return { lost, wrong, failed };
}
