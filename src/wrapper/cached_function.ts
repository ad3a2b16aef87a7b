/**
 * What a cached function can do once its code is loaded: the call, and the helpers beside it.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import type { Cache } from "../cache/cache.ts";
import { lookup } from "../cache/lookup.ts";
import type { Call } from "../call/record.ts";
import { CacheMissError } from "../errors.ts";
import type { Active } from "../scope/active.ts";
import { callCached } from "./cached_call.ts";
import { Callee, type CalleeOrigin, type PreparedCall, toCall } from "./callee.ts";
import type { Explanation } from "./explain.ts";
import type { Callable, FlecheOptions } from "./options.ts";
import type { StoredResult } from "./stored_result.ts";

/** One wrapped function's engine. Each method is given the receiver and the arguments of a call. */
export class CachedFunctionEngine {
  readonly #callee: Callee;

  constructor(fn: Callable, options: FlecheOptions, origin: CalleeOrigin) {
    this.#callee = new Callee(fn, options, origin);
  }

  /** Calls through the cache. */
  run(active: Active, receiver: unknown, args: readonly unknown[]): Promise<unknown> {
    return callCached(this.#callee, active, receiver, args);
  }

  /** The call as it would be looked up. */
  async call(receiver: unknown, args: readonly unknown[]): Promise<Call> {
    return toCall(await this.#prepare(receiver, args));
  }

  /** The key. */
  async digest(receiver: unknown, args: readonly unknown[]): Promise<string> {
    return (await this.#prepare(receiver, args)).key;
  }

  /** The result that is kept, without running anything. */
  async load({ cache }: Active, receiver: unknown, args: readonly unknown[]): Promise<unknown> {
    const key = await this.#keyIn(cache, receiver, args);
    const found = await lookup(cache, key);
    if (!found.hit) throw new CacheMissError(key, found.reason, this.#callee.name, { cause: found.cause });
    return found.value;
  }

  /** What is kept, as bytes, without running anything. */
  async open({ cache }: Active, receiver: unknown, args: readonly unknown[]): Promise<StoredResult> {
    const key = await this.#keyIn(cache, receiver, args);
    const { openEntry } = await loadCode(() => import("../cache/open_entry.ts"));
    const { StoredResult } = await loadCode(() => import("./stored_result.ts"));
    const found = await openEntry(cache, key);
    if (!found.hit) throw new CacheMissError(key, found.reason, this.#callee.name, { cause: found.cause });
    return new StoredResult(key, found);
  }

  /** Whether a result is kept. */
  async contains({ cache }: Active, receiver: unknown, args: readonly unknown[]): Promise<boolean> {
    return await cache.contains(await this.#keyIn(cache, receiver, args));
  }

  /** Whether it would be a hit, and why not, without running anything. */
  async explain(active: Active, receiver: unknown, args: readonly unknown[]): Promise<Explanation> {
    const { explain } = await loadCode(() => import("./explain.ts"));
    const callee = this.#callee;
    if (!callee.isReady) await callee.getReady();
    const prepare = async (): Promise<PreparedCall> => {
      const prepared = await callee.prepare(receiver, args);
      callee.claim(active.cache, prepared);
      return prepared;
    };
    return await explain({ callee, active, prepare, args });
  }

  /** The key, unless the cache has results of another function of that name under it. */
  async #keyIn(cache: Cache, receiver: unknown, args: readonly unknown[]): Promise<string> {
    const prepared = await this.#prepare(receiver, args);
    this.#callee.claim(cache, prepared);
    return prepared.key;
  }

  async #prepare(receiver: unknown, args: readonly unknown[]): Promise<PreparedCall> {
    if (!this.#callee.isReady) await this.#callee.getReady();
    return await this.#callee.prepare(receiver, args);
  }
}
