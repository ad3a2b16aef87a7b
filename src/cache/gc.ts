/**
 * Collecting garbage: values that no record names. Why this is safe beside live writers stands in `src/README.md`.
 *
 * @module
 */

import { pause } from "../_pause.ts";
import { CacheError } from "../errors.ts";
import type { Lease } from "../storage/types.ts";
import { tellEvicted } from "./_evicted.ts";
import { cachesBeside, namedValues } from "./_named_values.ts";
import { sweep } from "./_sweep.ts";
import type { Cache } from "./cache.ts";
import type { GcOptions, GcReport } from "./types.ts";

/** How long a record may take to follow its value, in milliseconds, where nobody says otherwise. */
export const GRACE_MS = 3_600_000;

const WAIT_MS = 10_000;

/** Longer waits are made of these: timers have an end. */
const LONGEST_WAIT_MS = 60_000;

/** How long to let others have their turn before a lease is asked for again, in milliseconds. */
const RETRY_MS = 10;

/** The lease of whoever collects. No digest, and so nobody's entry. */
const LEASE_KEY = "gc";

/** Does what `Cache.gc` says. */
export async function collectGarbage(cache: Cache, options: GcOptions = {}): Promise<GcReport> {
  const { graceMs = GRACE_MS, dryRun = false, signal, onProgress } = options;
  assertDuration("graceMs", graceMs);
  assertDuration("waitMs", options.waitMs ?? WAIT_MS);
  signal?.throwIfAborted();
  if (cache.values.upkeep === undefined) {
    throw new TypeError(
      `Cannot collect garbage in cache "${cache.name}": its values storage does not tell how old they are (upkeep)`,
    );
  }
  const caches = cachesBeside(cache, options);
  const lease = dryRun ? undefined : await takeTurn(cache, options);
  try {
    const report = { records: 0, values: 0, named: 0, young: 0, removed: 0, renewed: 0, freedBytes: 0 };
    const tell = (): void => onProgress?.({ ...report });
    // Before the first record is read: what is put from now on may not be seen, and is too young.
    const cutoff = Date.now() - graceMs;
    const named = await namedValues(caches, {
      ...options,
      gently: dryRun,
      onRecord: () => (report.records++, tell()),
    });
    await sweep(cache, {
      ...options,
      named,
      cutoff,
      onValue: ({ key, size = 0 }, fate) => {
        report.values++;
        report[fate]++;
        if (fate === "removed") {
          report.freedBytes += size;
          if (!dryRun) tellEvicted(cache, "values", key, "gc");
        }
        tell();
      },
    });
    return report;
  } finally {
    await lease?.release();
  }
}

/**
 * One at a time, which spares work and nothing else: two would do each other no harm. So whatever is wrong with leases, it goes on
 * without.
 */
async function takeTurn(cache: Cache, options: GcOptions): Promise<Lease | undefined> {
  const { signal, waitMs = WAIT_MS } = options;
  const { leases } = cache.values;
  if (leases === undefined) return undefined;
  const until = performance.now() + waitMs;
  for (;;) {
    try {
      const lease = await leases.take(LEASE_KEY);
      if (lease !== undefined) return lease;
    } catch {
      return undefined;
    }
    const leftMs = until - performance.now();
    if (leftMs <= 0) {
      throw new CacheError("busy", `Cannot collect garbage in cache "${cache.name}": it is being collected`);
    }
    const timeout = AbortSignal.timeout(Math.min(Math.ceil(leftMs), LONGEST_WAIT_MS));
    try {
      await leases.wait(LEASE_KEY, {
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
    } catch {
      signal?.throwIfAborted();
      if (!timeout.aborted) return undefined;
    }
    // Waiting may be over at once, again and again, where a dead collector's lease cannot be removed.
    await pause(RETRY_MS, signal);
  }
}

/** @throws {RangeError} When it is no length of time. */
export function assertDuration(name: string, milliseconds: number): void {
  if (typeof milliseconds === "number" && milliseconds >= 0) return;
  throw new RangeError(`Cannot use ${name} ${milliseconds}: expected milliseconds from 0`);
}
