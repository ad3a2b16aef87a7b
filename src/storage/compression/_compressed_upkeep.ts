/**
 * Looking after compressed entries: the inner storage's upkeep, which sees what is stored, and the checksums of the frames
 * in it, without decompressing them.
 *
 * @module
 */

import { IntegrityError } from "../../errors.ts";
import { Breather } from "../_breather.ts";
import type { Health, Storage, StorageOptions, StoredBody, Upkeep } from "../types.ts";
import { ExactReader } from "./_block_reader.ts";
import { openEntry } from "./_open_entry.ts";
import type { Trailer } from "./_trailer.ts";
import { crc32 } from "./_zlib.ts";

/** How often an entry is looked at that does not match itself: it may be replaced between two looks. */
const MOST_TRIES = 3;

/**
 * Upkeep of the compressed entries of a storage.
 *
 * @param inner What keeps them.
 * @param innerUpkeep Its upkeep.
 * @param isBomb Whether an entry is too long decompressed.
 */
export function compressedUpkeep(
  inner: Storage,
  innerUpkeep: Upkeep,
  isBomb: (trailer: Trailer) => boolean,
): Upkeep {
  return {
    entries: (options) => innerUpkeep.entries(options),
    async check(key, options = {}) {
      // First of all: to get what is damaged would have it set aside.
      const health = await innerUpkeep.check(key, options);
      if (health !== "whole") return health;
      for (let tries = 1;; tries++) {
        const stored = await inner.get(key, options);
        if (stored === undefined) return "absent";
        const found = await healthOf(stored, isBomb, options);
        if (found !== "damaged" || tries === MOST_TRIES) return found;
      }
    },
    remove: (entry) => innerUpkeep.remove(entry),
    setAside: (entry) => innerUpkeep.setAside(entry),
    foreign: (options) => innerUpkeep.foreign(options),
  };
}

async function healthOf(
  stored: StoredBody,
  isBomb: (trailer: Trailer) => boolean,
  { signal }: StorageOptions,
): Promise<Health> {
  try {
    const entry = await openEntry(stored);
    if (entry === "newer") return "newer";
    if (entry === undefined || isBomb(entry.trailer)) return "damaged";
    return await framesHold(stored, entry.trailer, signal) ? "whole" : "damaged";
  } catch (error) {
    if (error instanceof IntegrityError) return "damaged";
    throw error;
  }
}

async function framesHold(
  stored: StoredBody,
  { index }: Trailer,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const breather = new Breather();
  const reader = new ExactReader(stored, { start: 0, end: index.end });
  try {
    for (let number = 0; number < index.count; number++) {
      const frame = index.at(number);
      const bytes = await reader.read(frame?.size ?? 0);
      signal?.throwIfAborted();
      if (bytes.length !== frame?.size || crc32(bytes) !== frame.checksum) return false;
      if (breather.isDue) await breather.breathe();
    }
    return true;
  } finally {
    await reader.close();
  }
}
