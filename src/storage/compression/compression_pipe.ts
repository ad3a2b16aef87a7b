/**
 * What `CompressedStorage` does, loaded when it is first used: entries into an inner storage compressed, and out of it
 * decompressed.
 *
 * @module
 */

import { IntegrityError } from "../../errors.ts";
import { keptBody } from "../_kept_body.ts";
import { admitPut } from "../_source.ts";
import type { PutOptions, SmallReads, Storage, StorageOptions, StoredBody } from "../types.ts";
import { compressed } from "./_compressed_stream.ts";
import { decompressedBody, probe } from "./_decompressed_body.ts";
import { LONGEST_SMALL, pack, unpack } from "./_small_bodies.ts";
import type { Compression } from "./compression.ts";

/** Entries of one inner storage, compressed; see `CompressedStorage`, which stands in front of it. */
export class CompressionPipe implements Storage {
  readonly #compression: Compression;
  readonly #inner: Storage;
  readonly small?: SmallReads;

  /** @param inner What keeps the compressed bytes. */
  constructor(compression: Compression, inner: Storage) {
    this.#compression = compression;
    this.#inner = inner;
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
