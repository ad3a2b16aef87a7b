/**
 * What is asked of, and said by, the looking after of a cache: `gc`, `verify`, `clear` and `stats`. Contract only.
 *
 * @module
 */

import type { StorageOptions } from "../storage/types.ts";
import type { Cache } from "./cache.ts";
import type { Counts } from "./tally.ts";

/** Who else may need the values of a cache. */
export interface SharedValuesOptions extends StorageOptions {
  /**
   * Other caches whose values lie in the same storage: what their records name stays. Sections of one configuration know of each
   * other; caches that were opened in code, or in another process by another configuration, and those whose records are in the
   * memory of another process, do not.
   *
   * @default none
   */
  readonly alsoNamedBy?: readonly Cache[];
}

/** Options of `Cache.gc`. */
export interface GcOptions extends SharedValuesOptions {
  /**
   * How old a value that no record names must be to go, in milliseconds: a record follows its value, and must have had the time.
   * With 0 a call that is being kept may lose its value, and is computed again: file systems keep times in steps of milliseconds.
   *
   * @default {3_600_000}
   */
  readonly graceMs?: number;
  /**
   * Whether to remove nothing and tell what would be removed.
   *
   * @default {false}
   */
  readonly dryRun?: boolean;
  /**
   * How long to wait for another `gc` of these values to be over, in any process.
   *
   * @default {10_000}
   */
  readonly waitMs?: number;
  /** Told after each record and each value that was looked at. */
  readonly onProgress?: (soFar: GcReport) => void;
}

/** What `Cache.gc` has done. Every value is counted once under `named`, `young`, `removed` or `renewed`. */
export interface GcReport {
  /** Records that were read, those of other caches with the same values included. */
  readonly records: number;
  /** Values that were there. */
  readonly values: number;
  /** Values that a record names. */
  readonly named: number;
  /** Values that no record names (yet), not older than the grace period. */
  readonly young: number;
  /** Values that were removed, or would be. */
  readonly removed: number;
  /** Values that were gone, or put anew, when they were to be removed. */
  readonly renewed: number;
  /** Bytes that the removed ones took. */
  readonly freedBytes: number;
}

/**
 * What can be wrong with an entry:
 * - `"missing"`: a record names a value that is not there; a miss, computed again;
 * - `"damaged"`: it is not as it was written, or no record;
 * - `"dangling"`: a value that no record names;
 * - `"foreign"`: what stands among the entries and is none;
 * - `"newer"`: written by a version of fleche that this one does not know;
 * - `"refused"`: not signed with a known key;
 * - `"unreadable"`: the storage failed to read it.
 */
export type FaultKind = "missing" | "damaged" | "dangling" | "foreign" | "newer" | "refused" | "unreadable";

/** One thing that is wrong, and where. */
export interface Fault {
  /** What is wrong. */
  readonly kind: FaultKind;
  /** The storage that it was found in. */
  readonly storage: "values" | "calls";
  /** The entry's key; of `"foreign"` its path, or whatever names it. */
  readonly key: string;
}

/** Options of `Cache.verify`. */
export interface VerifyOptions extends SharedValuesOptions {
  /**
   * Whether to repair: what is damaged is set aside, records whose value is missing are removed, and so are values that no record
   * names and that are older than `graceMs`. Everything else is told and left alone.
   *
   * @default {false}
   */
  readonly repair?: boolean;
  /**
   * The cursor of an earlier run's last progress: goes on from there.
   *
   * @default the beginning
   */
  readonly from?: string;
  /**
   * How many bytes to read in a second, on average. Entries are read at full speed, with pauses between them.
   *
   * @default as many as possible
   */
  readonly bytesPerSecond?: number;
  /**
   * How old a value that no record names must be to be called dangling, in milliseconds.
   *
   * @default {3_600_000}
   */
  readonly graceMs?: number;
  /** Told after each entry. */
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/** How far `Cache.verify` has come. */
export interface VerifyProgress {
  /** Where to go on, by `from`, when this run ends early. */
  readonly cursor: string;
  /** What was found so far by this run. */
  readonly counts: Readonly<Record<FaultKind, number>>;
  /** Entries that were read. */
  readonly entries: number;
  /** Bytes that were read, as they are kept. */
  readonly bytes: number;
}

/** What `Cache.verify` has found. */
export interface VerifyReport extends Omit<VerifyProgress, "cursor"> {
  /** The first 1000 faults. */
  readonly faults: readonly Fault[];
  /**
   * Whether `counts.dangling` says it all. Otherwise some record could not be read, nobody knows which value it names (or how old
   * values are), and no value was called dangling.
   */
  readonly knowsDangling: boolean;
  /** Entries that were set aside or removed. */
  readonly repaired: number;
  /** How long it took. */
  readonly seconds: number;
}

/** Options of `Cache.clear`. */
export type ClearOptions = SharedValuesOptions;

/** What `Cache.clear` has removed. */
export interface ClearReport {
  /** Records. */
  readonly records: number;
  /** Values. */
  readonly values: number;
}

/** How much a storage holds. */
export interface StorageStats {
  /** How many entries. */
  readonly entries: number;
  /** Bytes that they take where they are kept; `undefined` where the storage cannot tell. */
  readonly bytes: number | undefined;
}

/** What `Cache.stats` tells: how much there is, whoever put it, and what became of the calls of this process (`Counts`). */
export interface CacheStats extends Counts {
  /** Of the call records. */
  readonly calls: StorageStats;
  /** Of the values. */
  readonly values: StorageStats;
}
