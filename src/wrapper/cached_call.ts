/**
 * One call, the whole trip: key, lookup, run, keep. Read downwards; everything else in the module serves this.
 *
 * @module
 */

import { keep } from "../cache/keep.ts";
import { lookup } from "../cache/lookup.ts";
import { inlineArguments } from "../call/inline_arguments.ts";
import { finishMetadata, startMetadata } from "../metadata/collect.ts";
import { type Active, isolateScopes, runDescribing } from "../scope/active.ts";
import { VoidStorage } from "../storage/void_storage.ts";
import { type Callee, type PreparedCall, toCall } from "./callee.ts";
import { argumentsChanged, callRefused, lookupFailed, metadataFailed, resultNotKept } from "./report.ts";

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
  const run = (): unknown => isolateScopes(() => callee.run(receiver, args));
  if (cache.values instanceof VoidStorage) return run();
  if (!callee.isReady) await callee.getReady();

  let prepared: PreparedCall;
  try {
    const preparing = callee.prepare(receiver, args);
    prepared = preparing instanceof Promise ? await preparing : preparing;
    callee.claim(cache, prepared);
  } catch (error) {
    callRefused(callee, error);
    return run();
  }

  if (!active.refresh) {
    const looking = lookup(cache, prepared.key);
    const found = looking instanceof Promise ? await looking : looking;
    if (found.hit) return found.value;
    if (found.reason !== "absent") lookupFailed(callee, cache, found);
  }

  const call = toCall(prepared);
  const inline = await inlineArguments(prepared.bound);
  const chain = active.isDescribing ? [] : [...active.metadata(), ...callee.options.metadata ?? []];
  const started = await runDescribing(chain, () => startMetadata(chain, call, metadataFailed(callee)));

  // The caller may have changed them since the key was made: what the function sees is then another call's.
  if (!callee.isUnchanged(prepared, receiver, args)) {
    argumentsChanged(callee);
    return run();
  }
  const result = await run();

  try {
    if (await callee.options.cacheIf?.(result as never) ?? true) {
      const metadata = await runDescribing(chain, () => finishMetadata(started, metadataFailed(callee)));
      await keep(cache, call, result, { inline, metadata });
    }
  } catch (error) {
    resultNotKept(callee, cache, error);
  }
  return result;
}
