/**
 * What is told of a cache and of the calls made through it. Contract only.
 *
 * @module
 */

import type { CacheErrorCode, MissReason } from "../errors.ts";

/**
 * Why a call ran its function: what is kept could not be given (see `MissReason`); it cannot be kept at all, because of its
 * arguments, its function or its result (`"uncached"`); or it was told to run whatever is kept (`"refresh"`).
 */
export type CallMissReason = MissReason | "uncached" | "refresh";

/** Which of a cache's two storages. */
export type StoragePart = "calls" | "values";

/** Why an entry has left a storage. */
export type EvictReason = "damaged" | "size" | "gc" | "clear" | "repair" | "deleted";

/** What every event says. */
export interface CacheEventBase {
  /** Name of the cache. */
  readonly cache: string;
}

/** What every event says that is about a call. */
export interface CallEventBase extends CacheEventBase {
  /** Name of the function. */
  readonly name: string;
  /** Module of the function; `undefined` where unknown. */
  readonly module: string | undefined;
  /** When what is told of began: milliseconds since the epoch, with fractions, by the clock of `performance`. */
  readonly startTime: number;
  /** How long it took, in milliseconds. */
  readonly elapsedMs: number;
}

/** A call was given a result without running its function. */
export interface HitEvent extends CallEventBase {
  /** Tells the events apart. */
  readonly type: "hit";
  /** Key of the call. */
  readonly key: string;
  /** Size of the stored result in bytes; `undefined` where unknown. */
  readonly bytes: number | undefined;
  /** How long the function took when the result was made, in milliseconds; `undefined` while it is still at it, as for a stream. */
  readonly savedMs: number | undefined;
  /** Whether it waited for another call's execution, in this process or another. */
  readonly waited: boolean;
}

/**
 * A call was not given a kept result. Told when its function has answered (a stream: has begun) or failed, and before the
 * result is kept.
 */
export interface MissEvent extends CallEventBase {
  /** Tells the events apart. */
  readonly type: "miss";
  /** Why. */
  readonly reason: CallMissReason;
  /** Key of the call; `undefined` where it has none. */
  readonly key: string | undefined;
  /** How long the function itself took, in milliseconds; `undefined` when it was not run, because the call failed before. */
  readonly runMs: number | undefined;
  /**
   * Whether the call had failed by then: by what its function threw, or under `strict`. A result that cannot be kept fails it
   * later.
   */
  readonly failed: boolean;
  /** Whether it waited for another call's execution. */
  readonly waited: boolean;
}

/** A result was kept: its value and the record that names it are there. For a stream this is at its end. */
export interface PutEvent extends CallEventBase {
  /** Tells the events apart. */
  readonly type: "put";
  /** Key of the call. */
  readonly key: string;
  /** Digest of the result, which is its key in the values storage. */
  readonly result: string;
  /** Size of the stored result in bytes, before any wrapper. */
  readonly bytes: number;
}

/** An entry has left a storage. */
export interface EvictEvent extends CacheEventBase {
  /** Tells the events apart. */
  readonly type: "evict";
  /** From which storage. */
  readonly storage: StoragePart;
  /** The entry's key there. */
  readonly key: string;
  /** Why. */
  readonly reason: EvictReason;
}

/**
 * The cache could not do its part of a call. Told every time; on `console.warn` once per cause. What `strict` makes an error is
 * not told.
 */
export interface WarningEvent extends CacheEventBase {
  /** Tells the events apart. */
  readonly type: "warning";
  /** Name of the function. */
  readonly name: string;
  /** What could not be done. */
  readonly code: CacheErrorCode;
  /** The sentence. */
  readonly message: string;
  /** The error behind it, where there is one. */
  readonly cause: unknown;
}

/** What is told on `cache.events` and on the channels `fleche:call` (hit, miss, warning) and `fleche:storage` (put, evict). */
export type CacheEvent = HitEvent | MissEvent | PutEvent | EvictEvent | WarningEvent;
