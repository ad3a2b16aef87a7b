/**
 * What `CompressedStorage` does, loaded when it is first used: entries into an inner storage compressed, and out of it
 * decompressed.
 *
 * @module
 */

import { warnOnce } from "../../_warn.ts";
import { loadSha256 } from "../../digest/sha256.ts";
import { IntegrityError } from "../../errors.ts";
import { keptBody } from "../_kept_body.ts";
import { Listeners } from "../_listeners.ts";
import { admitPut } from "../_source.ts";
import type {
  Draft,
  PutOptions,
  SmallReads,
  Storage,
  StorageEvent,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "../types.ts";
import type { OpenEntry } from "./_block_reader.ts";
import { compressedBody } from "./_compressed_body.ts";
import { CompressedDraft } from "./_compressed_draft.ts";
import { compressedUpkeep } from "./_compressed_upkeep.ts";
import { bytesSource, compressed, streamedSource } from "./_compressed_stream.ts";
import { openEntry } from "./_open_entry.ts";
import { LONGEST_SMALL, pack, unpack } from "./_small_bodies.ts";
import type { Trailer } from "./_trailer.ts";
import type { Compression } from "./compression.ts";

/** Size of the pieces in which bytes are compressed that are too long for the short way. */
const PIECE_SIZE: number = 256 * 1024;

/** How often an entry is asked for whose end is not that of one: it may have been replaced since it was found. */
const MOST_TRIES = 3;

/** Options of {@linkcode CompressionPipe}. */
export interface CompressionPipeOptions {
  /** How new entries are compressed. */
  readonly compression: Compression;
  /** What keeps the compressed bytes. */
  readonly inner: Storage;
  /** How many times as long as its entry a body may be. */
  readonly maxRatio: number;
}

/** Entries of one inner storage, compressed; see `CompressedStorage`, which stands in front of it. */
export class CompressionPipe implements Storage {
  readonly #compression: Compression;
  readonly #inner: Storage;
  readonly #maxRatio: number;
  readonly #listeners = new Listeners();
  readonly small?: SmallReads;
  readonly draft?: () => Promise<Draft>;
  readonly upkeep?: Upkeep;

  /** @param options What is compressed, how, and into what. */
  constructor({ compression, inner, maxRatio }: CompressionPipeOptions) {
    this.#compression = compression;
    this.#inner = inner;
    this.#maxRatio = maxRatio;
    if (inner.upkeep !== undefined) {
      this.upkeep = compressedUpkeep(inner, inner.upkeep, (trailer) => this.#isBomb(trailer));
    }
    const innerSmall = inner.small;
    if (innerSmall !== undefined) this.small = { get: (key) => this.#getSmall(innerSmall, key) };
    if (inner.draft !== undefined) {
      this.draft = async () => {
        await loadSha256();
        const draft = await inner.draft?.();
        if (draft === undefined) throw new TypeError("Cannot begin a draft: the inner storage has none");
        return new CompressedDraft(compression, draft);
      };
    }
  }

  /** Tells of entries of later versions, and of what the inner storage tells of. */
  watch(listener: (event: StorageEvent) => void): void {
    this.#listeners.add(listener);
    this.#inner.watch?.(listener);
  }

  /** Compresses a body into the inner storage. */
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    admitPut(key, body, options?.signal);
    if (body instanceof Uint8Array && body.length <= LONGEST_SMALL) {
      return await this.#inner.put(key, pack(this.#compression, body), options);
    }
    const source = body instanceof Uint8Array ? bytesSource(body, PIECE_SIZE) : streamedSource(body);
    await this.#inner.put(key, compressed(this.#compression, source), options);
  }

  /** Finds a body, from the end of its entry. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const stored = await this.#inner.get(key, options);
      if (stored === undefined) return undefined;
      const body = await this.#bodyIn(key, stored);
      if (body === "bomb") warnOfBomb(key);
      else if (body === "newer") this.#listeners.tell({ type: "unusable", key, reason: "version" });
      else if (body !== "damaged") return body;
      else if (stored.size === undefined || stored.size > LONGEST_SMALL) continue;
      return undefined;
    }
    return undefined;
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

  async #bodyIn(key: string, stored: StoredBody): Promise<StoredBody | "damaged" | "newer" | "bomb"> {
    try {
      if (stored.size !== undefined && stored.size <= LONGEST_SMALL) {
        const body = unpack(await stored.bytes(), this.#maxRatio);
        if (typeof body !== "string") return keptBody([body]);
        if (body !== "large") return body;
      }
      const entry = await openEntry(stored);
      if (entry === undefined) return "damaged";
      if (entry === "newer") return entry;
      return this.#isBomb(entry.trailer)
        ? "bomb"
        : compressedBody({ key, renew: () => this.#renew(key) }, entry);
    } catch (error) {
      if (error instanceof IntegrityError) return "damaged";
      throw error;
    }
  }

  /** The entry that has taken the place of another. */
  async #renew(key: string): Promise<OpenEntry | undefined> {
    const stored = await this.#inner.get(key);
    const entry = stored && await openEntry(stored);
    return entry === undefined || entry === "newer" || this.#isBomb(entry.trailer) ? undefined : entry;
  }

  #isBomb({ size, entrySize }: Trailer): boolean {
    return size > this.#maxRatio * entrySize;
  }

  #getSmall(inner: SmallReads, key: string): Uint8Array<ArrayBuffer> | "absent" | "large" {
    const entry = inner.get(key);
    if (typeof entry === "string") return entry;
    if (entry.length > LONGEST_SMALL) return "large";
    const body = unpack(entry, this.#maxRatio);
    if (body === "bomb") warnOfBomb(key);
    if (body === "newer") this.#listeners.tell({ type: "unusable", key, reason: "version" });
    return typeof body !== "string" || body === "large" ? body : "absent";
  }
}

function warnOfBomb(key: string): void {
  warnOnce(
    "compression-ratio",
    `Cannot use entry "${key}": decompressed it would be more than maxRatio times as long as it is stored; ` +
      "it counts as a miss",
  );
}
