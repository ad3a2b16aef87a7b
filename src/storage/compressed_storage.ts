/**
 * The storage that compresses what another one keeps. Its work is done in `compression/`, which is loaded on first use.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import type { Codec } from "../codec/types.ts";
import { LazyStorage } from "./_lazy_storage.ts";
import { type Compression, compressions, isCompression } from "./compression/compression.ts";
import type { Leases, PutOptions, SmallReads, Storage, StorageOptions, StoredBody } from "./types.ts";

/** Options of {@linkcode CompressedStorage}. */
export interface CompressedStorageOptions {
  /** How new entries are compressed. Entries that were compressed in another way are read all the same. */
  readonly compression: Compression;
  /** What keeps the compressed bytes; may be a wrapper itself. It is disposed of with this storage. */
  readonly inner: Storage;
}

/**
 * Compresses on the way into another storage and decompresses on the way out, as streams from end to end: neither the
 * body nor its compressed form is ever held whole, save those of up to 64 KiB, which take a short way.
 *
 * `gzip`, `deflate` and `deflate-raw` go through the runtime's own streams; `brotli` (quality 5) and `zstd` through
 * `node:zlib`, because Deno's web streams have no zstd and Bun's compress brotli at about 1 MiB/s. zstd
 * is cut into frames of 256 KiB.
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
  /** Those of `inner`, where it has them. */
  readonly leases?: Leases;

  /**
   * Wraps a storage, which is then its own to close.
   *
   * @param options The compression, and the storage that is wrapped.
   * @throws {TypeError} When there is no such compression, or no inner storage.
   */
  constructor(options: CompressedStorageOptions) {
    const { compression, inner } = options;
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
    this.#pipe = new LazyStorage(async () => {
      const { CompressionPipe } = await loadCode(() => import("./compression/compression_pipe.ts"));
      return new CompressionPipe(compression, inner);
    });
    if (inner.codec !== undefined) this.codec = inner.codec;
    if (inner.small !== undefined) this.small = this.#pipe.small;
    if (inner.leases !== undefined) this.leases = inner.leases;
  }

  /** Compresses a body into the inner storage. */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    return this.#pipe.put(key, body, options);
  }

  /** Finds a body. Its size is known without decompressing only when it is small. */
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
