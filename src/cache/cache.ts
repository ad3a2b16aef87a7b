/**
 * A cache: a values storage and a calls storage. The two trips through them stand beside it, from a key to a result in
 * `lookup.ts` and from a result to a value and its record in `keep.ts`, and so does the looking after it (`gc.ts`, `verify.ts`,
 * `clear.ts`, `stats.ts`); all of them are loaded on first use.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import type { CallRecord } from "../call/record.ts";
import { Events } from "../events/events.ts";
import type { Storage, StorageOptions } from "../storage/types.ts";
import { watchStorages } from "./faults.ts";
import { Tally } from "./tally.ts";
import type {
  CacheStats,
  ClearOptions,
  ClearReport,
  GcOptions,
  GcReport,
  VerifyOptions,
  VerifyReport,
} from "./types.ts";

/** What a cache is made of. */
export interface CacheParts {
  /** Keeps results, by their digest. */
  readonly values: Storage;
  /** Keeps call records, by the key of the call. */
  readonly calls: Storage;
  /**
   * The name of its section, for messages.
   *
   * @default {"(unnamed)"}
   */
  readonly name?: string;
  /**
   * Who waits instead of computing what is being computed.
   *
   * @default {"machine"}
   */
  readonly singleFlight?: SingleFlight;
}

/**
 * Who waits instead of computing what is being computed: callers in one process, callers in all processes that share the calls
 * storage, or nobody.
 */
export type SingleFlight = "machine" | "process" | "off";

/** Every {@linkcode SingleFlight}. */
export const singleFlights: readonly SingleFlight[] = ["machine", "process", "off"];

/**
 * A values storage and a calls storage.
 *
 * Made by `openCache(settings)` or found by `cache()`; disposing closes both storages.
 *
 * @example A cache in memory, made by hand
 * ```ts
 * import { Cache, cache, fleche, Memory } from "@fleche/fleche";
 *
 * const mine = new Cache({ values: new Memory(), calls: new Memory() });
 * const double = fleche((x: number) => 2 * x, { name: "double" });
 * await cache(mine, () => double(21)); // 42, computed and kept
 * ```
 */
export class Cache implements AsyncDisposable {
  /** The name of its section, for messages. */
  readonly name: string;
  /** Keeps results, by their digest. */
  readonly values: Storage;
  /** Keeps call records, by the key of the call. */
  readonly calls: Storage;
  /** Who waits instead of computing what is being computed. */
  readonly singleFlight: SingleFlight;
  /** Whoever wants to know what becomes of calls is told here. */
  readonly events: Events = new Events();
  /** What has become of the calls made through it, in this process. */
  readonly tally: Tally = new Tally();

  /**
   * Makes a cache of two storages, which are then its own to close.
   *
   * @param parts The two storages, and a name for messages.
   */
  constructor(parts: CacheParts) {
    this.name = parts.name ?? "(unnamed)";
    this.values = parts.values;
    this.calls = parts.calls;
    this.singleFlight = parts.singleFlight ?? "machine";
    watchStorages(this);
  }

  /**
   * The record of a call.
   *
   * @param key The call's key.
   * @returns The record; `undefined` when there is none that can be read.
   */
  async record(key: string): Promise<CallRecord | undefined> {
    const { lookupRecord } = await loadCode(() => import("./lookup.ts"));
    return await lookupRecord(this, key);
  }

  /**
   * Whether a call's record and its value are there. The value is not read.
   *
   * @param key The call's key.
   */
  async contains(key: string): Promise<boolean> {
    const record = await this.record(key);
    return record !== undefined && await this.values.has(record.result);
  }

  /**
   * Removes the values that no record names, beside whoever reads and writes. Memory does not grow with their number.
   *
   * A value stays that is younger than the grace period, or that is put anew meanwhile; one that is removed all the same while a
   * call needs it is a miss, computed again. Records stay, those of missing values too (`verify` removes them).
   *
   * @returns What was there and what was removed.
   * @throws {CacheError} (rejects) Code `"unreadable"` when a record cannot be read, of a newer version for one, or when another
   *   section encrypts where this one does not: nobody knows which values are needed, and nothing is removed. `"busy"` when
   *   another `gc` is not over within `waitMs`.
   * @throws {TypeError} (rejects) When the values storage declares no `upkeep`.
   *
   * @example Results of calls that were forgotten
   * ```ts
   * import { Cache, fleche, Memory } from "@fleche/fleche";
   *
   * const cache = new Cache({ values: new Memory(), calls: new Memory() });
   * const square = fleche((x: number) => x * x, { name: "square", cache });
   * await square(3);
   * await cache.calls.delete(await square.digest(3));
   * const { removed, freedBytes } = await cache.gc({ graceMs: 0 });
   * console.assert(removed === 1 && freedBytes > 0);
   * ```
   */
  async gc(options?: GcOptions): Promise<GcReport> {
    const { collectGarbage } = await loadCode(() => import("./gc.ts"));
    return await collectGarbage(this, options);
  }

  /**
   * Reads everything that is kept and says what is wrong with it, beside whoever reads and writes. Changes nothing without
   * `repair`.
   *
   * Entries that are put meanwhile may or may not be looked at. When it is resumed `from` a cursor, some entries close to it may
   * be looked at again.
   *
   * @returns Counts of each kind of fault, and the first 1000 of them.
   * @throws {TypeError} (rejects) When `from` is no cursor.
   * @throws {CacheError} (rejects) Code `"unreadable"` when another section encrypts where this one does not.
   *
   * @example A value that is gone
   * ```ts
   * import { Cache, fleche, Memory } from "@fleche/fleche";
   *
   * const cache = new Cache({ values: new Memory(), calls: new Memory() });
   * const square = fleche((x: number) => x * x, { name: "square", cache });
   * await square(3);
   * for await (const key of cache.values.keys()) await cache.values.delete(key);
   * const { counts, repaired } = await cache.verify({ repair: true });
   * console.assert(counts.missing === 1 && repaired === 1);
   * ```
   */
  async verify(options?: VerifyOptions): Promise<VerifyReport> {
    const { verifyCache } = await loadCode(() => import("./verify.ts"));
    return await verifyCache(this, options);
  }

  /**
   * Removes all records, then all values but those that records of other caches with the same values name. A call that is being
   * kept meanwhile may lose its value: it is then computed again.
   *
   * @returns How many were removed.
   * @throws {CacheError} (rejects) Code `"unreadable"` when a record of another cache cannot be read, and all values are still
   *   there; or when another section encrypts where this one does not, and nothing is removed.
   *
   * @example Starting afresh
   * ```ts
   * import { Cache, fleche, Memory } from "@fleche/fleche";
   *
   * const cache = new Cache({ values: new Memory(), calls: new Memory() });
   * const square = fleche((x: number) => x * x, { name: "square", cache });
   * await square(3);
   * await cache.clear();
   * console.assert(!(await square.contains(3)));
   * ```
   */
  async clear(options?: ClearOptions): Promise<ClearReport> {
    const { clearCache } = await loadCode(() => import("./clear.ts"));
    return await clearCache(this, options);
  }

  /**
   * How much is kept, by going through it, and what became of the calls of this process.
   *
   * @param options Its signal.
   *
   * @example How often a result was there
   * ```ts
   * import { Cache, fleche, Memory } from "@fleche/fleche";
   *
   * const cache = new Cache({ values: new Memory(), calls: new Memory() });
   * const square = fleche((x: number) => x * x, { name: "square", cache });
   * await square(3);
   * await square(3);
   * const { values, hits, misses } = await cache.stats();
   * console.assert(values.entries === 1 && hits === 1 && misses.absent === 1);
   * ```
   */
  async stats(options?: StorageOptions): Promise<CacheStats> {
    const { statsOf } = await loadCode(() => import("./stats.ts"));
    return await statsOf(this, options);
  }

  /** Closes both storages. Disposing twice is harmless. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.calls[Symbol.asyncDispose]();
    } finally {
      await this.values[Symbol.asyncDispose]();
    }
  }
}
