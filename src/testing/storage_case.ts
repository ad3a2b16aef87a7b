/**
 * The shape of a conformance case for storages, and how a case comes by the storage that it tries.
 *
 * @module
 */

import type { Draft, Leases, Storage, Upkeep } from "../storage/types.ts";

/**
 * What only some storages can offer; a case that needs it says so: `reopen` is that of {@linkcode OpenedStorage}, `draft`,
 * `leases` and `upkeep` those of the storage itself.
 */
export type StorageNeed = "reopen" | "draft" | "leases" | "upkeep";

/** A storage made for one case. */
export interface OpenedStorage {
  /** New, and empty. */
  readonly storage: Storage;
  /**
   * Another instance over the same place (root, database, bucket), as another process would open it.
   * Absent where there is none, as in memory; cases that need it must then be skipped.
   */
  readonly reopen?: () => Storage | Promise<Storage>;
}

/** Makes a new, empty storage. The case disposes of it and of what it reopens; whatever else was made for it is the caller's to remove. */
export type OpenStorage = () => OpenedStorage | Promise<OpenedStorage>;

/** One behaviour that every storage must have. */
export interface StorageCase {
  /** A sentence that begins with the method's name, as `put replaces an earlier entry`. */
  readonly name: string;
  /** What the storage must offer for this case; skip the case where it does not. */
  readonly needs?: readonly StorageNeed[];
  /** Tries it. Rejects with an `Error` that says what was seen and what was expected. */
  run(open: OpenStorage): Promise<void>;
}

/** A case over one storage, disposed of when the case is over, however it went. */
export function storageCase(name: string, body: (storage: Storage) => Promise<void>): StorageCase {
  return {
    name,
    async run(open) {
      const { storage } = await open();
      try {
        await body(storage);
      } finally {
        await storage[Symbol.asyncDispose]();
      }
    },
  };
}

/** A case over two instances of one place. */
export function reopenCase(
  name: string,
  body: (first: Storage, second: Storage) => Promise<void>,
): StorageCase {
  return {
    name,
    needs: ["reopen"],
    async run(open) {
      const { storage, reopen } = await open();
      if (reopen === undefined) throw new Error(`case "${name}" needs "reopen": skip it for this storage`);
      const second = await reopen();
      try {
        await body(storage, second);
      } finally {
        await second[Symbol.asyncDispose]();
        await storage[Symbol.asyncDispose]();
      }
    },
  };
}

/** A case over one storage that declares `draft`. */
export function draftCase(
  name: string,
  body: (storage: Storage, begin: () => Promise<Draft>) => Promise<void>,
): StorageCase {
  const { run } = storageCase(name, (storage) => body(storage, beginnerOf(name, storage)));
  return { name, needs: ["draft"], run };
}

/** A case over two instances of one place that declare `draft`; the first one's is begun. */
export function reopenDraftCase(
  name: string,
  body: (first: Storage, second: Storage, begin: () => Promise<Draft>) => Promise<void>,
): StorageCase {
  const { run } = reopenCase(name, (first, second) => body(first, second, beginnerOf(name, first)));
  return { name, needs: ["reopen", "draft"], run };
}

/** A case over one storage that declares `leases`. */
export function leaseCase(
  name: string,
  body: (leases: Leases, storage: Storage) => Promise<void>,
): StorageCase {
  const { run } = storageCase(name, (storage) => body(leasesOf(name, storage), storage));
  return { name, needs: ["leases"], run };
}

/** A case over two instances of one place that declare `leases`. */
export function reopenLeaseCase(
  name: string,
  body: (first: Leases, second: Leases) => Promise<void>,
): StorageCase {
  const { run } = reopenCase(name, (first, second) => body(leasesOf(name, first), leasesOf(name, second)));
  return { name, needs: ["reopen", "leases"], run };
}

/** A case over one storage that declares `upkeep`. */
export function upkeepCase(
  name: string,
  body: (upkeep: Upkeep, storage: Storage) => Promise<void>,
): StorageCase {
  const { run } = storageCase(name, (storage) => body(upkeepOf(name, storage), storage));
  return { name, needs: ["upkeep"], run };
}

/** A case over two instances of one place that declare `upkeep`. */
export function reopenUpkeepCase(
  name: string,
  body: (
    first: Upkeep,
    second: Upkeep,
    storages: { readonly first: Storage; readonly second: Storage },
  ) => Promise<void>,
): StorageCase {
  const { run } = reopenCase(
    name,
    (first, second) => body(upkeepOf(name, first), upkeepOf(name, second), { first, second }),
  );
  return { name, needs: ["reopen", "upkeep"], run };
}

function upkeepOf(name: string, { upkeep }: Storage): Upkeep {
  if (upkeep === undefined) throw new Error(`case "${name}" needs "upkeep": skip it for this storage`);
  return upkeep;
}

function leasesOf(name: string, { leases }: Storage): Leases {
  if (leases === undefined) throw new Error(`case "${name}" needs "leases": skip it for this storage`);
  return leases;
}

function beginnerOf(name: string, storage: Storage): () => Promise<Draft> {
  if (storage.draft === undefined) throw new Error(`case "${name}" needs "draft": skip it for this storage`);
  const { draft } = storage;
  return () => draft.call(storage);
}
