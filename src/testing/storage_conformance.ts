/**
 * What every storage must do, as data: cases without a test runner, for any runner to run. fleche's own storages pass
 * them in every configuration, wrapped or not; a storage from elsewhere should too.
 *
 * With `Deno.test`:
 *
 * ```ts ignore
 * import { storageConformance } from "@fleche/fleche/testing";
 * import { MyStorage } from "./my_storage.ts";
 *
 * // "reopen" where `open` below gives one, "draft", "leases" and "upkeep" where the storage declares them.
 * const offered = ["draft"];
 * for (const { name, needs, run } of storageConformance) {
 *   Deno.test({
 *     name: `MyStorage: ${name}`,
 *     ignore: needs?.some((need) => !offered.includes(need)) ?? false,
 *     fn: () => run(() => ({ storage: new MyStorage() })),
 *   });
 * }
 * ```
 *
 * With `node:test`, which Deno, Bun and Node all run; here with all that a case may need:
 *
 * ```ts ignore
 * import { test } from "node:test";
 * import { storageConformance } from "@fleche/fleche/testing";
 * import { MyFiles } from "./my_files.ts";
 *
 * for (const { name, run } of storageConformance) {
 *   test(`MyFiles: ${name}`, { timeout: 60_000 }, async () => {
 *     const root = await Deno.makeTempDir();
 *     await run(() => ({ storage: new MyFiles({ root }), reopen: () => new MyFiles({ root }) }));
 *     await Deno.remove(root, { recursive: true });
 *   });
 * }
 * ```
 *
 * @module
 */

import { byteStreamCases } from "./_byte_stream_cases.ts";
import { concurrencyCases } from "./_concurrency_cases.ts";
import { draftCases } from "./_draft_cases.ts";
import { draftEndCases } from "./_draft_end_cases.ts";
import { failureCases } from "./_failure_cases.ts";
import { keyCases } from "./_key_cases.ts";
import { leaseCases } from "./_lease_cases.ts";
import { rangeCases } from "./_range_cases.ts";
import { roundTripCases } from "./_round_trip_cases.ts";
import type { StorageCase } from "./storage_case.ts";
import { upkeepCases } from "./_upkeep_cases.ts";

/**
 * The cases. Each opens a storage of its own and depends on no other; names are unique.
 *
 * @example Trying a storage without any runner
 * ```ts
 * import { Memory } from "@fleche/fleche";
 * import { storageConformance } from "@fleche/fleche/testing";
 *
 * for (const { needs, run } of storageConformance) {
 *   if (needs === undefined) await run(() => ({ storage: new Memory() }));
 * }
 * ```
 */
export const storageConformance: readonly StorageCase[] = [
  ...roundTripCases,
  ...keyCases,
  ...failureCases,
  ...concurrencyCases,
  ...rangeCases,
  ...byteStreamCases,
  ...draftCases,
  ...draftEndCases,
  ...leaseCases,
  ...upkeepCases,
];
