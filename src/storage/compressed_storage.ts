/**
 * The storage that compresses what another one keeps.
 *
 * @module
 */

import type { Codec } from "../codec/types.ts";
import { IntegrityError } from "../errors.ts";
import { keptBody } from "./_kept_body.ts";
import { admitPut } from "./_source.ts";
import { compressed } from "./compression/_compressed_stream.ts";
import { decompressedBody, probe } from "./compression/_decompressed_body.ts";
import { LONGEST_SMALL, pack, unpack } from "./compression/_small_bodies.ts";
import { type Compression, compressions, isCompression } from "./compression/compression.ts";
import type { PutOptions, SmallReads, Storage, StorageOptions, StoredBody } from "./types.ts";

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
  readonly #compression: Compression;
  readonly #inner: Storage;
  /** The codec of `inner`. */
  readonly codec?: Codec;
  /** Where `inner` has a short way, entries of up to 64 KiB compressed and 1 MiB decompressed have it too. */
  readonly small?: SmallReads;

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
    this.#compression = compression;
    this.#inner = inner;
    if (inner.codec !== undefined) this.codec = inner.codec;
    const innerSmall = inner.small;
    if (innerSmall !== undefined) this.small = { get: (key) => getSmall(innerSmall, key) };
  }

  /** Compresses a body into the inner storage. */
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    admitPut(key, body, options?.signal);
    if (body instanceof Uint8Array && body.length <= LONGEST_SMALL) {
      return await this.#inner.put(key, pack(this.#compression, body), options);
    }
    const source = body instanceof Uint8Array ? keptBody([body]).stream() : body;
    await this.#inner.put(key, compressed(this.#compression, source), options);
  }

  /** Finds a body. Its size is known without decompressing only when it is small. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    const entry = await this.#inner.get(key, options);
    if (entry === undefined) return undefined;
    try {
      if (entry.size !== undefined && entry.size <= LONGEST_SMALL) {
        const body = unpack(await entry.bytes());
        if (body === "damaged") return undefined;
        if (body !== "large") return keptBody([body]);
      }
      return await probe(entry) === undefined ? undefined : decompressedBody(key, entry);
    } catch (error) {
      if (error instanceof IntegrityError) return undefined;
      throw error;
    }
  }

  /** Asks the inner storage. */
  has(key: string): Promise<boolean> {
    return this.#inner.has(key);
  }

  /** Removes from the inner storage. */
  delete(key: string): Promise<boolean> {
    return this.#inner.delete(key);
  }

  /** Lists the inner storage. */
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    return this.#inner.keys(options);
  }

  /** Disposes of the inner storage. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }
}

function getSmall(inner: SmallReads, key: string): Uint8Array<ArrayBuffer> | "absent" | "large" {
  const entry = inner.get(key);
  if (typeof entry === "string") return entry;
  if (entry.length > LONGEST_SMALL) return "large";
  const body = unpack(entry);
  return body === "damaged" ? "absent" : body;
}
