/**
 * What a contestant of the hit and miss benchmarks is: a cache that wraps one asynchronous function of one argument,
 * in the way that its users would. Contract only.
 *
 * @module
 */

/** The function that is cached. */
export type Work = (argument: unknown) => Promise<unknown>;

/** The wrapped function, and the way to let go of what it holds. */
export interface Cached {
  /** The wrapped function. */
  call(argument: unknown): unknown;
  /** Called before each batch, untimed: selects the cache where that is a setting of the process. */
  enter?(): void;
  close(): Promise<void> | void;
}

/** A way of caching a function. */
export interface CacheContestant {
  readonly id: string;
  readonly label: string;
  /** How the key comes about, and what else bears on the figures. */
  readonly note: string;
  /** Whether a hit is answered at once, without a promise. */
  readonly sync?: boolean;
  /** `hit` or `miss` where it is a floor to compare with that does only the one; both where absent. */
  readonly only?: "hit" | "miss";
  /**
   * Opens a new cache.
   *
   * @param directory An empty directory to keep things in.
   * @param work The function to cache.
   */
  open(directory: string, work: Work): Promise<Cached>;
}
