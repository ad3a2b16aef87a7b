/**
 * Removing the values that no record names.
 *
 * @module
 */

import type { StorageOptions } from "../storage/types.ts";
import type { DigestFilter } from "./_digest_filter.ts";
import { type Listed, removeListed, walk } from "./_walk.ts";
import type { Cache } from "./cache.ts";

/** What becomes of a value. */
export type Fate = "named" | "young" | "removed" | "renewed";

/** What the sweep is told. */
export interface SweepOptions extends StorageOptions {
  /** The values that stay, whatever their age. */
  readonly named: DigestFilter;
  /** Values that were put later than this stay: milliseconds since the epoch, fixed before the records were read. */
  readonly cutoff: number;
  /** Whether to remove nothing. */
  readonly dryRun?: boolean;
  /** Told of each value, after it has met its fate. */
  readonly onValue?: (listed: Listed, fate: Fate) => void;
}

/** Goes through the values of a cache and removes those that no record names. */
export async function sweep(cache: Cache, options: SweepOptions): Promise<void> {
  for await (const listed of walk(cache.values, options)) {
    options.onValue?.(listed, await fateOf(cache, listed, options));
  }
}

/** Removes a value if no record names it and it is old enough, and nobody has put it anew since it was listed. */
export async function fateOf(cache: Cache, listed: Listed, options: SweepOptions): Promise<Fate> {
  const { named, cutoff, dryRun = false } = options;
  if (named.has(listed.key)) return "named";
  // Without upkeep nobody knows its age.
  const time = listed.size === undefined ? Infinity : listed.time;
  if (time > cutoff) return "young";
  return dryRun || await removeListed(cache.values, listed) ? "removed" : "renewed";
}
