/**
 * For those who write a storage or test against one: the conformance cases that every storage must pass, and a storage
 * that fails on command.
 *
 * @module
 */

export { FaultyStorage, type FaultyStorageOptions, type StorageOperation } from "./faulty_storage.ts";
export type { OpenedStorage, OpenStorage, StorageCase, StorageNeed } from "./storage_case.ts";
export { storageConformance } from "./storage_conformance.ts";
