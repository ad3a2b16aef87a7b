/**
 * One call, the whole trip: key, lookup, run, keep. Read downwards; everything else in the module serves this.
 *
 * @module
 */

import type { Cache } from "../cache/cache.ts";
import { inlineArguments } from "../call/inline_arguments.ts";
import { namedCache } from "../config/active_config.ts";
import { finishMetadata, startMetadata } from "../metadata/collect.ts";
import { activeCache, activeMetadata, isolateScopes, isRefreshing } from "../scope/active.ts";
import { type Callee, type PreparedCall, toCall } from "./callee.ts";
import { callRefused, lookupFailed, metadataFailed, resultNotKept } from "./report.ts";

/** The cache of a call made here and now. */
export function cacheOf({ options: { cache } }: Callee): Cache {
  if (cache === undefined) return activeCache();
  return typeof cache === "string" ? namedCache(cache) : cache;
}

/**
 * Calls a function through its cache. The cache never makes the call fail: what it cannot do is a warning, and an error
 * only under `strict`.
 */
export async function callCached(
  callee: Callee,
  receiver: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  const cache = cacheOf(callee);
  if (cache.keepsNothing) return callee.run(receiver, args);
  if (!callee.isReady) await callee.getReady();

  let prepared: PreparedCall;
  try {
    const preparing = callee.prepare(receiver, args);
    prepared = preparing instanceof Promise ? await preparing : preparing;
    callee.claim(cache, prepared);
  } catch (error) {
    callRefused(callee, error);
    return callee.run(receiver, args);
  }

  if (!isRefreshing()) {
    const looking = cache.lookup(prepared.key);
    const found = looking instanceof Promise ? await looking : looking;
    if (found.hit) return found.value;
    if (found.reason !== "absent") lookupFailed(callee, cache, found);
  }

  const call = toCall(prepared);
  const inline = await inlineArguments(prepared.bound);
  const metadata = await startMetadata(
    [...activeMetadata(), ...callee.options.metadata ?? []],
    call,
    metadataFailed(callee),
  );

  const result = await isolateScopes(() => callee.run(receiver, args));

  try {
    if (await callee.options.cacheIf?.(result as never) ?? true) {
      await cache.keep(call, result, {
        inline,
        metadata: await finishMetadata(metadata, metadataFailed(callee)),
      });
    }
  } catch (error) {
    resultNotKept(callee, cache, error);
  }
  return result;
}
