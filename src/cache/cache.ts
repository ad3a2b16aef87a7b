/**
 * A cache: a values storage and a calls storage. The two trips through them stand beside it, from a key to a result in
 * `lookup.ts` and from a result to a value and its record in `keep.ts`, and are loaded with the first call.
 *
 * @module
 */

// `as const` here: the list is also the type.

import { loadCode } from "../_load.ts";
import type { CallRecord } from "../call/record.ts";
import { Events } from "../events/events.ts";
import type { Storage } from "../storage/types.ts";
import { watchStorages } from "./faults.ts";
import { Tally } from "./tally.ts";

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
export type SingleFlight = (typeof singleFlights)[number];

/** Every {@linkcode SingleFlight}. */
export const singleFlights = ["machine", "process", "off"] as const;

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

  /** Closes both storages. Disposing twice is harmless. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.calls[Symbol.asyncDispose]();
    } finally {
      await this.values[Symbol.asyncDispose]();
    }
  }
}
