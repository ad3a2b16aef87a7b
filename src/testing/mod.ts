/**
 * For those who write a storage or test against one: the conformance cases that every storage must pass, and a storage
 * that fails on command.
 *
 * @module
 */

export { FaultyStorage, type FaultyStorageOptions, type StorageOperation } from "./faulty_storage.ts";
export type { OpenedStorage, OpenStorage, StorageCase, StorageNeed } from "./storage_case.ts";
export { storageConformance } from "./storage_conformance.ts";

// What the types above are made of, so that a storage can be written against this entry point alone.
export type { Codec, Encoded, MaybePromise } from "../codec/types.ts";
export type {
  ByteRange,
  CallIndex,
  Draft,
  EntryInfo,
  Health,
  Lease,
  Leases,
  PutOptions,
  SmallReads,
  Storage,
  StorageEvent,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "../storage/types.ts";
