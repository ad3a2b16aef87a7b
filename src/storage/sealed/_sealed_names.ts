/**
 * Which entry is kept under a masked name. The name does not say, so the end of every entry is read.
 *
 * @module
 */

import { IntegrityError } from "../../errors.ts";
import { keptBody } from "../_kept_body.ts";
import type { Storage, StorageOptions } from "../types.ts";
import type { Names } from "./_names.ts";
import { keptKey, readEnd } from "./_open_entry.ts";
import type { SealKey } from "./_seal_keys.ts";

/** What is needed to find out. */
export interface MaskedEntries {
  /** Where the entries are. */
  readonly inner: Storage;
  /** The keys that they may be sealed with. */
  readonly keys: readonly SealKey[];
  /** How they are named. */
  readonly names: Names;
}

/** The keys of encrypted entries, each once. Whatever is none of them is left out. */
export async function* sealedKeys(
  masked: MaskedEntries,
  options?: StorageOptions & { readonly prefix?: string },
): AsyncGenerator<string, void> {
  const { prefix = "", signal } = options ?? {};
  for await (const name of masked.inner.keys(signal === undefined ? {} : { signal })) {
    const key = await keyAt(name, masked);
    if (key === undefined || !key.startsWith(prefix)) continue;
    if (await isFoundAt(name, key, masked)) yield key;
    signal?.throwIfAborted();
  }
}

/** The key of the entry under a name; `undefined` when it is not sealed with a known key, or belongs under another name. */
export async function keyAt(
  name: string,
  { inner, keys, names }: MaskedEntries,
): Promise<string | undefined> {
  try {
    const small = inner.small?.get(name) ?? "large";
    if (small === "absent") return undefined;
    const stored = small === "large" ? await inner.get(name) : keptBody([small.slice()]);
    if (stored === undefined) return undefined;
    const end = await readEnd(stored);
    const kept = typeof end === "string" ? undefined : await keptKey(end, keys);
    return kept !== undefined && names.masked(kept.key, kept.sealKey) === name ? kept.key : undefined;
  } catch (error) {
    if (error instanceof IntegrityError) return undefined;
    throw error;
  }
}

/** Whether it is under this name that an entry is found: not so, when it was kept again since the keys have changed. */
async function isFoundAt(name: string, key: string, { inner, names }: MaskedEntries): Promise<boolean> {
  for (const place of names.all(key)) {
    if (place.name === name) return true;
    if (await inner.has(place.name)) return false;
  }
  return false;
}
