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
 * for (const { name, needs, run } of storageConformance) {
 *   Deno.test({
 *     name: `MyStorage: ${name}`,
 *     ignore: needs?.includes("reopen") ?? false, // unless `open` gives a `reopen`
 *     fn: () => run(() => ({ storage: new MyStorage() })),
 *   });
 * }
 * ```
 *
 * With `node:test`, which Deno, Bun and Node all run; here with a second instance over the same folder:
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

import { concurrencyCases } from "./_concurrency_cases.ts";
import { failureCases } from "./_failure_cases.ts";
import { keyCases } from "./_key_cases.ts";
import { roundTripCases } from "./_round_trip_cases.ts";
import type { StorageCase } from "./storage_case.ts";

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
];
