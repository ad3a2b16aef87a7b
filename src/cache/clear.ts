/**
 * Emptying a cache: records first, so that none is left whose value is gone.
 *
 * @module
 */

import { tellEvicted } from "./_evicted.ts";
import { cachesBeside, isValueIn, namedValues } from "./_named_values.ts";
import { readRecordHead } from "./_record_head.ts";
import { sweep } from "./_sweep.ts";
import { removeListed, walk } from "./_walk.ts";
import type { Cache } from "./cache.ts";
import type { ClearOptions, ClearReport } from "./types.ts";

/** Does what `Cache.clear` says. */
export async function clearCache(cache: Cache, options: ClearOptions = {}): Promise<ClearReport> {
  const report = { records: 0, values: 0 };
  const caches = cachesBeside(cache, options);
  // Only where records and values lie in one storage is there a value under a record's key.
  const isValue = async (key: string): Promise<boolean> =>
    await isValueIn(caches, key) && (await readRecordHead(cache.calls, key, options)).says === "other";
  for await (const listed of walk(cache.calls, options)) {
    if (await isValue(listed.key)) continue;
    if (!await removeListed(cache.calls, listed)) continue;
    report.records++;
    tellEvicted(cache, "calls", listed.key, "clear");
  }
  // Those of other caches, and what was put here meanwhile.
  const named = await namedValues(caches, options);
  await sweep(cache, {
    ...options,
    named,
    cutoff: Infinity,
    onValue: ({ key }, fate) => {
      if (fate !== "removed") return;
      report.values++;
      tellEvicted(cache, "values", key, "clear");
    },
  });
  return report;
}
