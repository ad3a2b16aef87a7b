/**
 * The storage that compresses what another one keeps. Its work is done in `compression/`, which is loaded on first use.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import type { Codec } from "../codec/types.ts";
import { LazyStorage } from "./_lazy_storage.ts";
import { type Compression, compressions, isCompression } from "./compression/compression.ts";
import type {
  Draft,
  Leases,
  PutOptions,
  SmallReads,
  Storage,
  StorageEvent,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "./types.ts";

/** Options of {@linkcode CompressedStorage}. */
export interface CompressedStorageOptions {
  /** How new entries are compressed. Entries that were compressed in another way are read all the same. */
  readonly compression: Compression;
  /** What keeps the compressed bytes; may be a wrapper itself. It is disposed of with this storage. */
  readonly inner: Storage;
  /**
   * How many times as long as its compressed form a body may be. An entry that says it is longer is a miss, with one
   * warning. The default is what no entry can exceed: a block of 1 MiB, the longest that is read, to the 8 bytes that an
   * entry keeps of each besides its compressed form.
   *
   * @default {131072}
   */
  readonly maxRatio?: number;
}

/** A block of 1 MiB to its 8 bytes in the index. */
const GREATEST_RATIO = 131_072;

/**
 * Compresses on the way into another storage and decompresses on the way out, as streams from end to end: of a body
 * and of its compressed form no more than a few blocks are held, save those of up to 64 KiB, which take a short way.
 *
 * A body is compressed in blocks of 256 KiB each (of 1 MiB by `brotli`, at quality 5), so that a draft can be read while
 * it grows, and a part of a body is decompressed from the block on in which it begins. Blocks that do not shrink by 3 %,
 * as those of pictures and archives, are stored as they are, and further ones tried ever more rarely. Every block is
 * checked by a checksum (CRC-32) before it is decompressed, whatever the inner storage checks.
 *
 * @example Compressing what is kept in memory
 * ```ts
 * import { CompressedStorage, Memory } from "@fleche/fleche";
 *
 * const storage = new CompressedStorage({ compression: "gzip", inner: new Memory() });
 * await storage.put("zeros", new Uint8Array(100_000));
 * const body = await storage.get("zeros");
 * console.assert((await body?.bytes())?.length === 100_000);
 * ```
 */
export class CompressedStorage implements Storage {
  readonly #pipe: LazyStorage;
  /** The codec of `inner`. */
  readonly codec?: Codec;
  /** Where `inner` has a short way, entries of up to 64 KiB compressed and 1 MiB decompressed have it too. */
  readonly small?: SmallReads;
  /** Those of `inner`, where it has any. */
  readonly leases?: Leases;
  /** That of `inner`, where it has any; checking an entry checks its blocks as well, without decompressing them. */
  readonly upkeep?: Upkeep;
  /** Begins an entry without a key, which is compressed while it grows; where `inner` has drafts. */
  readonly draft?: () => Promise<Draft>;

  /**
   * Wraps a storage, which is then its own to close.
   *
   * @param options The compression, and the storage that is wrapped.
   * @throws {TypeError} When there is no such compression, or no inner storage.
   * @throws {RangeError} When `maxRatio` is less than 1.
   */
  constructor(options: CompressedStorageOptions) {
    const { compression, inner, maxRatio = GREATEST_RATIO } = options;
    if (!isCompression(compression)) {
      throw new TypeError(
        `Cannot use compression ${JSON.stringify(compression)}: expected one of ${compressions.join(", ")}`,
      );
    }
    if (typeof inner?.put !== "function") {
      throw new TypeError(
        "Cannot compress into an inner storage that is none: it must have put, get, has, delete, keys",
      );
    }
    if (!(maxRatio >= 1)) {
      throw new RangeError(`Cannot use maxRatio ${maxRatio}: it must be a number from 1`);
    }
    this.#pipe = new LazyStorage(async () => {
      const { CompressionPipe } = await loadCode(() => import("./compression/compression_pipe.ts"));
      return new CompressionPipe({ compression, inner, maxRatio });
    });
    if (inner.codec !== undefined) this.codec = inner.codec;
    if (inner.small !== undefined) this.small = this.#pipe.small;
    if (inner.leases !== undefined) this.leases = inner.leases;
    if (inner.upkeep !== undefined) this.upkeep = this.#pipe.upkeep;
    if (inner.draft !== undefined) this.draft = () => this.#pipe.draft();
  }

  /** From now on tells what `inner` tells, and of entries of later versions. */
  watch(listener: (event: StorageEvent) => void): void {
    this.#pipe.watch(listener);
  }

  /** Compresses a body into the inner storage. */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    return this.#pipe.put(key, body, options);
  }

  /** Finds a body, by reading the end of its entry: one or two small reads. */
  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    return this.#pipe.get(key, options);
  }

  /** Asks the inner storage. */
  has(key: string): Promise<boolean> {
    return this.#pipe.has(key);
  }

  /** Removes from the inner storage. */
  delete(key: string): Promise<boolean> {
    return this.#pipe.delete(key);
  }

  /** Lists the inner storage. */
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    return this.#pipe.keys(options);
  }

  /** Disposes of the inner storage. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#pipe[Symbol.asyncDispose]();
  }
}
