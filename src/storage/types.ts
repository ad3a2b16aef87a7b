/**
 * The storage contract: a byte store with streams in and out. Contract only; implementations stand beside it, never
 * import each other, and all pass the published conformance cases (`@fleche/fleche/testing`).
 *
 * @module
 */

import type { Codec } from "../codec/types.ts";

/** Options that every reading method takes. */
export interface StorageOptions {
  /** Aborts the operation; it then rejects with the signal's reason and nothing has changed. */
  readonly signal?: AbortSignal;
}

/**
 * What a call record says about its call, beside the bytes of the record itself: a storage that can index (`Sql`) keeps
 * these in columns, others ignore them.
 */
export interface CallIndex {
  /** Name of the function. */
  readonly name: string;
  /** Module of the function, where it has one. */
  readonly module: string | undefined;
  /** Version given to `fleche()`, where there is one. */
  readonly version: string | number | undefined;
  /** Digest of the function's source, where it is part of the key. */
  readonly code: string | undefined;
  /** Argument name and digest, in the order of the parameters. */
  readonly arguments: readonly (readonly [name: string, digest: string])[];
  /** Digest of the result. */
  readonly result: string;
  /** When the record was made: seconds since the epoch. */
  readonly time: number;
  /** Metadata by namespace: plain JSON. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Options of {@linkcode Storage.put}. */
export interface PutOptions extends StorageOptions {
  /** Given for call records only. */
  readonly index?: CallIndex;
}

/** A part of a body, in bytes. What lies beyond the end of the body is left out. */
export interface ByteRange {
  /** Where it begins: an integer from 0. @default 0 */
  readonly start?: number;
  /** Where it ends: the first byte that is no part of it. @default the end of the body */
  readonly end?: number;
}

/** The bytes of one entry, read on demand. `Blob` and `Response` offer the same two methods. */
export interface StoredBody {
  /** Size in bytes, where it is known without reading. */
  readonly size?: number;
  /**
   * A new byte stream (`type: "bytes"`) over the bytes or a part of them, each chunk checked before it is delivered.
   * The stream errors with an `IntegrityError` when damage is met after the first chunk.
   *
   * @param range Which part; only the chunks that it lies in are read, where the medium can.
   * @throws {RangeError} When it is no range: negative, no integers, or with its end before its start.
   */
  stream(range?: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** All the bytes; meant for what is known to be small. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

/** The short way to small entries, where the medium has one: synchronous, and no stream object. */
export interface SmallReads {
  /**
   * The whole, checked body of a small entry.
   * `"absent"` when there is none (or it was damaged and set aside), `"large"` when `Storage.get` must be asked.
   * The bytes are the caller's to read until it next awaits or asks for others, and never to change.
   */
  get(key: string): Uint8Array<ArrayBuffer> | "absent" | "large";
}

/**
 * An entry that is being written, under no key yet: what a stream gives has no digest before its end. Nothing of it is
 * visible to anybody but those who hold it. One writes; any number read what is there already, each at its own pace.
 */
export interface Draft {
  /** How many bytes it has taken. */
  readonly size: number;
  /**
   * Takes a copy of a chunk.
   *
   * @returns A promise only where the medium has to be waited for; the next call waits for it.
   * @throws (or rejects) When the medium fails, as a full disk does: then, and ever after. What was taken before, up to
   * `size`, can still be read.
   */
  write(chunk: Uint8Array): void | Promise<void>;
  /**
   * Some of the bytes that stand from `position` on, at least one of them and at most 1 MiB: the reader's own copy.
   *
   * @param position Less than `size`.
   */
  read(position: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The digest of all that was taken: 64 lower-case hexadecimal digits of the SHA-256 of the SHA-256s, 32 bytes each, of
   * its chunks of 256 KiB (the last may be shorter; an empty body has none). So what is checksummed chunk by chunk anyway
   * need not be hashed again as a whole.
   */
  digest(): string;
  /**
   * Makes it a visible entry, in place of an earlier one; called once, when all is written. Nothing can be read of it
   * afterwards; reads that are under way are waited for.
   *
   * @throws (rejects) When it cannot, or the signal aborts: nothing has changed then, and what was taken can still be read
   * until `abandon` is called.
   */
  finish(key: string, options?: PutOptions): Promise<void>;
  /** Leaves nothing behind; reads that are under way are waited for. Harmless after `finish` and when called again. */
  abandon(): Promise<void>;
}

/** The right to compute what a key stands for. Whoever holds it gives a sign of life meanwhile. */
export interface Lease {
  /** Gives it back. Never rejects; harmless when called again, and when somebody has taken it over. */
  release(): Promise<void>;
}

/**
 * Leases, seen by all processes that use the medium. They spare work and promise nothing: who has lost one, or cannot have
 * any, computes all the same.
 */
export interface Leases {
  /** Takes the lease of a key; `undefined` when somebody holds it. */
  take(key: string): Promise<Lease | undefined>;
  /**
   * Waits until nobody holds the lease of a key: it was given back, or its holder has shown no sign of life for some
   * seconds, and it was taken from him.
   *
   * @throws (rejects) The signal's reason, when it aborts.
   */
  wait(key: string, options?: StorageOptions): Promise<void>;
}

/** What can be told of an entry without reading it. */
export interface EntryInfo {
  /** Its key. */
  readonly key: string;
  /** Bytes that it takes where it is kept, with all that stands around them. */
  readonly size: number;
  /** When it was put: milliseconds since the epoch, by the clock of the medium. */
  readonly time: number;
  /** Another one for whatever takes its place; means something to its storage alone. */
  readonly mark: string;
}

/**
 * How an entry is. `"newer"` was written by a version that this one does not know, `"refused"` is not signed with a known key,
 * `"absent"` is gone.
 */
export type Health = "whole" | "damaged" | "newer" | "refused" | "absent";

/** Looking after a storage: what neither a call nor its result needs. */
export interface Upkeep {
  /**
   * The entries that are there, in an order that is the same each time, in bounded memory; those that come or go meanwhile may
   * or may not be listed. Damaged ones are, where they have the name of an entry.
   *
   * @param options `after`: a key that was listed earlier; entries before it are left out, but for some that stand close to it.
   */
  entries(
    options?: StorageOptions & { readonly prefix?: string; readonly after?: string },
  ): AsyncIterable<EntryInfo>;
  /**
   * Reads an entry whole, as fast as the medium can, and says how it is. Changes nothing.
   *
   * @param options `onBytes` is told of every piece that was read: its bytes at rest.
   */
  check(
    key: string,
    options?: StorageOptions & { readonly onBytes?: (bytes: number) => void },
  ): Promise<Health>;
  /** Removes the very entry that was listed: `false` when it is gone, or another has taken its place, which stays. */
  remove(entry: EntryInfo): Promise<boolean>;
  /** Does with it what reading does with a damaged entry; `false` as for `remove`. */
  setAside(entry: EntryInfo): Promise<boolean>;
  /** What stands among the entries and is none: by its path, or whatever names it. */
  foreign(options?: StorageOptions): AsyncIterable<string>;
}

/** What a storage does, or meets, of its own accord. */
export type StorageEvent =
  /** An entry has left the storage: it was damaged, or the storage would have become larger than it may. */
  | { readonly type: "evict"; readonly key: string; readonly reason: "damaged" | "size" }
  /** An entry was found and is as good as absent: of a version that is not known, or not signed with a known key. */
  | { readonly type: "unusable"; readonly key: string; readonly reason: "version" | "refused" };

/** What is still there of what was put: after the death of the process, or also after that of the machine. */
export type Durability = "process" | "full";

/**
 * A byte store.
 *
 * Keys are any non-empty strings of well-formed Unicode (fleche's own are digests: 64 lower-case hex digits).
 * A body is visible whole or not at all; putting again replaces; equal keys never mix bodies.
 */
export interface Storage extends AsyncDisposable {
  /** How values are written here; CBOR where absent. */
  readonly codec?: Codec;
  /** Declared where the medium has a short way. */
  readonly small?: SmallReads;
  /** Declared where several processes can share the medium. */
  readonly leases?: Leases;
  /** Declared where entries can be looked after. */
  readonly upkeep?: Upkeep;
  /**
   * From now on tells what the storage does and meets of its own accord, before the operation during which it happens is over.
   * A listener must not throw.
   */
  watch?(listener: (event: StorageEvent) => void): void;
  /** Keeps a body. When this rejects (source error, abort, full disk) the earlier entry, if any, is still there and nothing else. */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void>;
  /**
   * Begins an entry whose key is known only when it is whole. Declared where entries can be written so: without it,
   * results that are streams are given uncached.
   */
  draft?(): Promise<Draft>;
  /** Finds a body; `undefined` when there is none, or when it is damaged (it is then set aside). */
  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined>;
  /** Whether an entry is there. Says nothing of its health. */
  has(key: string): Promise<boolean>;
  /** Removes an entry; `false` when there was none. */
  delete(key: string): Promise<boolean>;
  /** The keys that are there, in no promised order; entries that come or go meanwhile may or may not be listed. */
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string>;
}
