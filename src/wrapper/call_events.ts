/**
 * What becomes of one call, counted and told: one hit or one miss, and a put where its result is kept.
 *
 * @module
 */

import type { Cache } from "../cache/cache.ts";
import type { Kept } from "../cache/keep.ts";
import type { Hit } from "../cache/lookup.ts";
import type { CallMissReason } from "../events/types.ts";
import type { Callee } from "./callee.ts";

/** How a function fared that was run. */
export interface Run {
  /** How long it took, in milliseconds. */
  readonly runMs?: number | undefined;
  /** Whether the call fails. @default false */
  readonly failed?: boolean;
  /** Why it was run, where that is another reason than is known already. */
  readonly reason?: CallMissReason;
}

/** One call. Where nobody listens it counts and does nothing else. */
export class CallEvents {
  readonly #callee: Callee;
  readonly #cache: Cache;
  /** `undefined` when nobody listened then: such a call is not told of, a hit asks once. */
  readonly #begun: number | undefined;
  #key: string | undefined;
  #isTold = false;
  /** Why the function is run, should it be: known once something was looked for. */
  reason: CallMissReason | undefined;
  /** Whether the call has waited for another one's execution. */
  waited = false;

  /** The call begins here. */
  constructor(callee: Callee, cache: Cache) {
    this.#callee = callee;
    this.#cache = cache;
    this.#begun = cache.events.hearsCalls ? performance.now() : undefined;
  }

  /** It has a key. */
  hasKey(key: string): void {
    this.#key = key;
  }

  /** It is given what was found. */
  hit(found: Hit): unknown {
    this.#tellHit(found);
    return found.value;
  }

  /** It is given what another execution gives, of which there is no record yet. */
  joined(value: unknown): unknown {
    this.#tellHit();
    return value;
  }

  #tellHit(found?: Hit): void {
    if (this.#key === undefined || this.#isTold) return;
    this.#isTold = true;
    this.#cache.tally.addHit(this.#callee.identity, found?.elapsed ?? 0);
    if (this.#begun === undefined) return;
    this.#cache.events.tell({
      type: "hit",
      ...this.#call(this.#begun),
      key: this.#key,
      bytes: found?.bytes,
      savedMs: found === undefined ? undefined : found.elapsed * 1000,
      waited: this.waited,
    });
  }

  /** Its function was run, or it failed before. Does nothing where that was told already. */
  miss({ runMs, failed = false, reason = this.reason ?? "uncached" }: Run): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#cache.tally.addMiss(this.#callee.identity, reason);
    if (this.#begun === undefined) return;
    this.#cache.events.tell({
      type: "miss",
      ...this.#call(this.#begun),
      key: this.#key,
      reason,
      runMs,
      failed,
      waited: this.waited,
    });
  }

  /**
   * Its result is kept.
   *
   * @param begun When that began, by `performance.now()`.
   */
  put({ result, size }: Kept, begun: number): void {
    if (this.#key === undefined) return;
    this.#cache.tally.addPut(this.#callee.identity);
    if (!this.#cache.events.hearsStorages) return;
    this.#cache.events.tell({ type: "put", ...this.#call(begun), key: this.#key, result, bytes: size });
  }

  /** Runs the function without the cache. */
  async runUncached(receiver: unknown, args: readonly unknown[]): Promise<unknown> {
    const begun = this.#begun === undefined ? 0 : performance.now();
    const told = (failed: boolean): void => {
      const runMs = this.#begun === undefined ? undefined : performance.now() - begun;
      this.miss({ reason: "uncached", runMs, failed });
    };
    try {
      const result = await this.#callee.run(receiver, args);
      told(false);
      return result;
    } catch (error) {
      told(true);
      throw error;
    }
  }

  #call(
    begun: number,
  ): { cache: string; name: string; module: string | undefined; startTime: number; elapsedMs: number } {
    const { name, module } = this.#callee.identity;
    return {
      cache: this.#cache.name,
      name,
      module,
      startTime: performance.timeOrigin + begun,
      elapsedMs: performance.now() - begun,
    };
  }
}
