/**
 * Checking a cache entry by entry, and repairing it: the records, the values, then what is no entry.
 *
 * @module
 */

import { CacheError } from "../errors.ts";
import type { Health, Storage } from "../storage/types.ts";
import { ByteRate, type Clock, processClock } from "./_byte_rate.ts";
import { tellEvicted } from "./_evicted.ts";
import { Findings, parseCursor, parts } from "./_findings.ts";
import { cachesBeside, isValueIn, namedValues } from "./_named_values.ts";
import { readRecordHead } from "./_record_head.ts";
import { fateOf, type SweepOptions } from "./_sweep.ts";
import { checkEntry, type Listed, removeListed, walk } from "./_walk.ts";
import type { Cache } from "./cache.ts";
import { assertDuration, GRACE_MS } from "./gc.ts";
import type { VerifyOptions, VerifyReport } from "./types.ts";

/**
 * Does what `Cache.verify` says.
 *
 * @param clock By which pauses are made.
 */
export async function verifyCache(
  cache: Cache,
  options: VerifyOptions & { readonly clock?: Clock } = {},
): Promise<VerifyReport> {
  const { from, bytesPerSecond = Infinity } = options;
  assertDuration("graceMs", options.graceMs ?? GRACE_MS);
  if (!(typeof bytesPerSecond === "number" && bytesPerSecond > 0)) {
    throw new RangeError(`Cannot use bytesPerSecond ${bytesPerSecond}: expected a number above 0`);
  }
  options.signal?.throwIfAborted();
  const start = from === undefined ? undefined : parseCursor(from);
  const verification = new Verification(cache, options, start !== undefined);
  const begin = start === undefined ? 0 : parts.indexOf(start.part);
  for (const part of parts.slice(begin)) {
    await verification[part](part === start?.part ? start.after : undefined);
  }
  return verification.findings.report();
}

/** One run. */
class Verification {
  readonly findings: Findings;
  readonly #cache: Cache;
  readonly #caches: ReadonlySet<Cache>;
  readonly #options: VerifyOptions;
  readonly #rate: ByteRate;
  /** Whether values may have been set aside after their records were looked at, by this run or an earlier part of it. */
  #hasLostValues: boolean;

  constructor(cache: Cache, options: VerifyOptions & { readonly clock?: Clock }, isResumed: boolean) {
    this.#cache = cache;
    this.#caches = cachesBeside(cache, options);
    this.#options = options;
    this.findings = new Findings(options.onProgress);
    this.#rate = new ByteRate(options.bytesPerSecond ?? Infinity, options.clock ?? processClock);
    this.#hasLostValues = isResumed;
  }

  /** The records: whether each is whole, and its value there. */
  async calls(after: string | undefined): Promise<void> {
    const { calls } = this.#cache;
    for await (const listed of walk(calls, { ...this.#options, after })) {
      const health = await this.#check(calls, listed.key);
      if (health === "whole") await this.#checkRecord(listed);
      else await this.#note("calls", listed, health);
      await this.#done("calls", listed);
    }
    this.findings.reached("values");
  }

  /** The values: whether each is whole, and named by a record. */
  async values(after: string | undefined): Promise<void> {
    const { values } = this.#cache;
    const { repair = false } = this.#options;
    const naming = await this.#naming();
    for await (const listed of walk(values, { ...this.#options, after })) {
      const health = await this.#check(values, listed.key);
      if (health !== "whole") {
        this.#hasLostValues ||= health === "damaged";
        await this.#note("values", listed, health);
      } else if (naming !== undefined) {
        const fate = await fateOf(this.#cache, listed, { ...naming, dryRun: !repair });
        if (fate === "removed") {
          this.findings.add("dangling", "values", listed.key);
          if (repair) this.#removed("values", listed.key);
        }
      }
      await this.#done("values", listed);
    }
    this.findings.reached("rest");
  }

  /** What stands among the entries and is none; and records whose values the repair has set aside. */
  async rest(): Promise<void> {
    if (this.#options.repair === true && this.#hasLostValues) await this.#removeBereft();
    const { signal } = this.#options;
    for (const storage of ["calls", "values"] as const) {
      const { upkeep } = this.#cache[storage];
      if (upkeep === undefined) continue;
      for await (const path of upkeep.foreign(signal === undefined ? {} : { signal })) {
        this.findings.add("foreign", storage, path);
      }
    }
  }

  async #check(storage: Storage, key: string): Promise<Health | "unreadable"> {
    const { signal } = this.#options;
    try {
      return await checkEntry(storage, key, {
        ...(signal === undefined ? {} : { signal }),
        onBytes: (bytes) => {
          this.findings.bytes += bytes;
          this.#rate.spend(bytes);
        },
      });
    } catch {
      signal?.throwIfAborted();
      // One bad sector is no reason to leave the rest unread; where nothing can be read, listing fails.
      return "unreadable";
    }
  }

  /** Notes that an entry is not whole, and sets it aside when it is damaged. */
  async #note(storage: "calls" | "values", listed: Listed, health: Health | "unreadable"): Promise<void> {
    if (health === "whole" || health === "absent") return;
    this.findings.add(health, storage, listed.key);
    if (health !== "damaged" || this.#options.repair !== true) return;
    const { upkeep } = this.#cache[storage];
    // Without upkeep, reading has set it aside; a record that is none for its contents' sake is removed.
    if (upkeep === undefined || listed.size === undefined) await this.#cache[storage].delete(listed.key);
    else if (!await upkeep.setAside(listed)) return;
    this.findings.repaired++;
  }

  /** Looks into a record whose bytes are as they were put. */
  async #checkRecord(listed: Listed): Promise<void> {
    const { calls } = this.#cache;
    const { key } = listed;
    const head = await readRecordHead(calls, key, { ...this.#options, whole: true, gently: true });
    if (head.says === "unknown") return await this.#note("calls", listed, head.kind);
    if (head.says === "nothing") return await this.#note("calls", listed, head.health);
    if (head.says === "other") {
      if (!await isValueIn(this.#caches, key)) await this.#note("calls", listed, "damaged");
    } else if (!head.whole) await this.#note("calls", listed, "damaged");
    else if (!await this.#hasValue(head.result)) {
      this.findings.add("missing", "calls", key);
      if (this.#options.repair === true) await this.#removeRecord(listed);
    }
  }

  /** Where nobody can say, it is told, and taken to be there. */
  async #hasValue(key: string): Promise<boolean> {
    try {
      return await this.#cache.values.has(key);
    } catch {
      this.findings.add("unreadable", "values", key);
      return true;
    }
  }

  /** The record, and not one that has taken its place because its call was made again. */
  async #removeRecord(listed: Listed): Promise<void> {
    if (await removeListed(this.#cache.calls, listed)) this.#removed("calls", listed.key);
  }

  #removed(storage: "calls" | "values", key: string): void {
    this.findings.repaired++;
    tellEvicted(this.#cache, storage, key, "repair");
  }

  async #done(part: "calls" | "values", { key }: Listed): Promise<void> {
    this.findings.entries++;
    this.findings.reached(part, key);
    await this.#rate.settle(this.#options.signal);
  }

  /** What makes a value dangling; `undefined` when nobody can say. */
  async #naming(): Promise<SweepOptions | undefined> {
    const { graceMs = GRACE_MS } = this.#options;
    const cutoff = Date.now() - graceMs;
    // Nobody knows how old a value is.
    if (this.#cache.values.upkeep === undefined) {
      this.findings.knowsDangling = false;
      return undefined;
    }
    try {
      return { cutoff, named: await namedValues(this.#caches, { ...this.#options, gently: true }) };
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      this.findings.knowsDangling = false;
      return undefined;
    }
  }

  async #removeBereft(): Promise<void> {
    const { calls } = this.#cache;
    for await (const listed of walk(calls, this.#options)) {
      const head = await readRecordHead(calls, listed.key, this.#options);
      if (head.says === "value" && !await this.#hasValue(head.result)) await this.#removeRecord(listed);
    }
  }
}
