/**
 * The public digest of a value; the work is done in `digest_now.ts`, which is loaded on first use.
 *
 * @module
 */

import { loadCode } from "../_load.ts";

/** Kept: asking for a module that is loaded costs as much as a digest. */
let digestNow: typeof import("./digest_now.ts").digestNow | undefined;

/**
 * The digest of a value: 64 lower-case hexadecimal digits, the same in every runtime.
 *
 * Objects are equal whatever the order of their keys; Maps and Sets are not. `1`, `"1"`, `1n`, `-0` and `0`,
 * `undefined`, `null`, a hole and an absent key all differ. Shared references and cycles are part of the value. A Blob
 * is read in slices of 1 MiB; everything else takes no time but that of hashing.
 *
 * @param value Any value.
 * @returns Its digest.
 * @throws {DigestError} (rejects with it) When something in the value has no faithful digest: functions, unregistered
 * symbols, objects with private state, streams, promises, proxies … It says where, and what would work.
 *
 * @example Equal values, equal digests
 * ```ts
 * import { digest } from "@fleche/fleche";
 *
 * const one = await digest({ id: 1, tags: ["a", "b"] });
 * const other = await digest({ tags: ["a", "b"], id: 1 });
 * console.log(one === other, one.length); // true 64
 * ```
 */
export function digest(value: unknown): Promise<string> {
  if (digestNow === undefined) return loadAndDigest(value);
  // No async function: its promises would cost a fifth of a small digest.
  try {
    return Promise.resolve(digestNow(value));
  } catch (error) {
    return Promise.reject(error);
  }
}

async function loadAndDigest(value: unknown): Promise<string> {
  digestNow = (await loadCode(() => import("./digest_now.ts"))).digestNow;
  return await digestNow(value);
}
