/**
 * Which values the records of caches name.
 *
 * @module
 */

import { CacheError } from "../errors.ts";
import type { Storage, StorageOptions } from "../storage/types.ts";
import { DigestFilter } from "./_digest_filter.ts";
import { readRecordHead } from "./_record_head.ts";
import { type Listed, walk } from "./_walk.ts";
import type { Cache } from "./cache.ts";
import { siblingsOf } from "./siblings.ts";
import type { SharedValuesOptions } from "./types.ts";

/** What the scan of records is told. */
export interface NamedValuesOptions extends StorageOptions {
  /** Whether damaged records stay where they are; else reading sets them aside. */
  readonly gently?: boolean;
  /** Told after each record. */
  readonly onRecord?: () => void;
}

/** A cache and all that lie beside it: those that the configuration knows of, and those that were given. */
export function cachesBeside(cache: Cache, options: SharedValuesOptions): ReadonlySet<Cache> {
  return new Set([cache, ...siblingsOf(cache), ...options.alsoNamedBy ?? []]);
}

/** Whether it is a value's key in one of these caches: where records and values lie in one storage, what is no record may be one. */
export async function isValueIn(caches: ReadonlySet<Cache>, key: string): Promise<boolean> {
  for (const { values } of caches) if (await values.has(key)) return true;
  return false;
}

/**
 * The values that a record of these caches names, and the keys of the records: where records and values lie in one storage, these
 * are listed among the values.
 *
 * @throws {CacheError} (rejects) When there is a record of which nobody can say what it names.
 */
export async function namedValues(
  caches: ReadonlySet<Cache>,
  options: NamedValuesOptions,
): Promise<DigestFilter> {
  const named = new DigestFilter();
  const scanned = new Set<Storage>();
  for (const cache of caches) {
    if (scanned.has(cache.calls)) continue;
    scanned.add(cache.calls);
    for await (const { key } of recordsOf(cache, options)) {
      const head = await readRecordHead(cache.calls, key, options);
      if (head.says === "unknown") throw unreadable(cache, key, head.kind, head.cause);
      if (head.says === "other") {
        // It names nothing.
        if (await isValueIn(caches, key)) continue;
        throw unreadable(cache, key, "other");
      }
      if (head.says === "value") named.add(head.result);
      named.add(key);
      options.onRecord?.();
    }
  }
  return named;
}

async function* recordsOf(cache: Cache, options: StorageOptions): AsyncIterable<Listed> {
  try {
    yield* walk(cache.calls, options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CacheError(
      "unreadable",
      `Cannot tell which values are in use: the records of cache "${cache.name}" cannot be listed: ${reason}`,
      { cause },
    );
  }
}

const WHY = {
  newer: "it was written by a newer version of fleche, which must do this",
  refused: "it is not signed with a known key; add that key to secret_key, or clear() the cache",
  unreadable: "the storage fails to read it",
  other: "it is no record that this version knows; verify({ repair: true }) sets it aside",
};

function unreadable(cache: Cache, key: string, kind: keyof typeof WHY, cause?: unknown): CacheError {
  const detail = cause instanceof Error ? `: ${cause.message}` : "";
  return new CacheError(
    "unreadable",
    `Cannot tell which values are in use: record ${key} of cache "${cache.name}" cannot be read: ${
      WHY[kind]
    }${detail}`,
    { cause },
  );
}
