/**
 * Running a metadata chain around a call: `before` in order, then `after` in order, entries of one namespace merged.
 *
 * @module
 */

import type { CallInfoInput, JsonObject, Metadata } from "./types.ts";

/** A chain under way: what `before` gave, to be handed to `after`. */
export interface StartedMetadata {
  readonly chain: readonly Metadata[];
  readonly entries: readonly JsonObject[];
  readonly call: CallInfoInput;
}

/**
 * Runs `before` of every class.
 *
 * @param onError Told what a class threw; its entry is then empty.
 */
export async function startMetadata(
  chain: readonly Metadata[],
  call: CallInfoInput,
  onError: (metadata: Metadata, error: unknown) => void,
): Promise<StartedMetadata> {
  const entries: JsonObject[] = [];
  for (const each of chain) {
    try {
      entries.push(await each.before?.(call) ?? {});
    } catch (error) {
      onError(each, error);
      entries.push({});
    }
  }
  return { chain, entries, call };
}

/**
 * Runs `after` of every class and gives the entries by namespace; where two share one, later fields win.
 *
 * @param onError Told what a class threw; its entry is then what `before` gave.
 */
export async function finishMetadata(
  started: StartedMetadata,
  onError: (metadata: Metadata, error: unknown) => void,
): Promise<Record<string, JsonObject>> {
  const byName = new Map<string, JsonObject>();
  for (const [index, each] of started.chain.entries()) {
    let entry = started.entries[index] ?? {};
    try {
      if (each.after !== undefined) entry = await each.after(entry, started.call);
    } catch (error) {
      onError(each, error);
    }
    byName.set(each.name, { ...byName.get(each.name), ...entry });
  }
  return Object.fromEntries(byName);
}
