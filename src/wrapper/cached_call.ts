/**
 * One call, the whole trip: key, lookup, run, keep. Read downwards; everything else in the module serves this.
 *
 * @module
 */

import { keep } from "../cache/keep.ts";
import { lookup } from "../cache/lookup.ts";
import { inlineArguments } from "../call/inline_arguments.ts";
import { finishMetadata, startMetadata } from "../metadata/collect.ts";
import { type Active, isolateScopes } from "../scope/active.ts";
import { VoidStorage } from "../storage/void_storage.ts";
import { type Callee, type PreparedCall, toCall } from "./callee.ts";
import { callRefused, lookupFailed, metadataFailed, resultNotKept } from "./report.ts";

/**
 * Calls a function through its cache. The cache never makes the call fail: what it cannot do is a warning, and an error
 * only under `strict`.
 *
 * @param active What was active when the call was made.
 */
export async function callCached(
  callee: Callee,
  active: Active,
  receiver: unknown,
  args: readonly unknown[],
): Promise<unknown> {
  const { cache } = active;
  if (cache.values instanceof VoidStorage) return callee.run(receiver, args);
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

  if (!active.refresh) {
    const looking = lookup(cache, prepared.key);
    const found = looking instanceof Promise ? await looking : looking;
    if (found.hit) return found.value;
    if (found.reason !== "absent") lookupFailed(callee, cache, found);
  }

  const call = toCall(prepared);
  const inline = await inlineArguments(prepared.bound);
  const chain = [...active.metadata(), ...callee.options.metadata ?? []];
  const started = await startMetadata(chain, call, metadataFailed(callee));

  const result = await isolateScopes(() => callee.run(receiver, args));

  try {
    if (await callee.options.cacheIf?.(result as never) ?? true) {
      const metadata = await finishMetadata(started, metadataFailed(callee));
      await keep(cache, call, result, { inline, metadata });
    }
  } catch (error) {
    resultNotKept(callee, cache, error);
  }
  return result;
}
