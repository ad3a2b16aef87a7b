/**
 * The storage in memory: gone with the process, shared with nobody.
 *
 * @module
 */

import type { Codec } from "../codec/types.ts";
import { loadSha256 } from "../digest/sha256.ts";
import { BlockList } from "./_block_list.ts";
import { ChunkDigests } from "./_chunk_digests.ts";
import { assertKey } from "./_key.ts";
import { keptBody } from "./_kept_body.ts";
import { KeptEntries } from "./_kept_entries.ts";
import { keptUpkeep } from "./_kept_upkeep.ts";
import { Listeners } from "./_listeners.ts";
import { admitPut, eachChunk } from "./_source.ts";
import type {
  Draft,
  PutOptions,
  SmallReads,
  Storage,
  StorageEvent,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "./types.ts";

/** Options of {@linkcode Memory}. */
export interface MemoryOptions {
  /**
   * How values are written, as `pickleCodec` of `@fleche/fleche/codec/pickle`.
   *
   * @default {cborCodec}
   */
  readonly codec?: Codec;
  /**
   * How many bytes the bodies may have together. When they are more, those that were not put or read for the longest time
   * go. A body that is larger by itself is refused. Keys, and drafts that are not finished, do not count.
   *
   * @default no limit
   */
  readonly maxBytes?: number;
}

/**
 * Keeps entries in memory, each instance its own. Bodies are copied on the way in and on the way out; a stream is kept
 * in blocks and never joined unless `bytes()` asks for it. With `maxBytes`, the least recently used entries make room for
 * new ones.
 *
 * @example Keeping and reading bytes
 * ```ts
 * import { Memory } from "@fleche/fleche";
 *
 * const storage = new Memory();
 * await storage.put("greeting", new TextEncoder().encode("hello"));
 * const body = await storage.get("greeting");
 * console.assert(body?.size === 5);
 * ```
 *
 * @example At most 64 MiB
 * ```ts
 * import { Memory } from "@fleche/fleche";
 *
 * const storage = new Memory({ maxBytes: 64 * 1024 * 1024 });
 * await storage.put("zeros", new Uint8Array(1000));
 * console.assert(await storage.has("zeros"));
 * ```
 */
export class Memory implements Storage {
  readonly #entries: KeptEntries;
  readonly #listeners = new Listeners();
  /** How values are written here; CBOR where absent. */
  readonly codec?: Codec;

  /** Bodies of one block are given as they are kept, without a copy. */
  readonly small: SmallReads = {
    get: (key) => {
      const blocks = this.#entries.use(key);
      if (blocks === undefined) return "absent";
      const [only, second] = blocks;
      return only !== undefined && second === undefined ? only : "large";
    },
  };

  /** Entries are listed in the order of their keys; what is set aside is forgotten. */
  readonly upkeep: Upkeep;

  /**
   * An empty one.
   *
   * @param options How values are written, and how many bytes there may be.
   * @throws {TypeError} When `maxBytes` is no number.
   * @throws {RangeError} When it is no integer from 1.
   */
  constructor(options: MemoryOptions = {}) {
    const { maxBytes } = options;
    if (maxBytes !== undefined && typeof maxBytes !== "number") {
      throw new TypeError(`Cannot use maxBytes of type ${typeof maxBytes}: expected a number of bytes`);
    }
    if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes >= 1)) {
      throw new RangeError(`Cannot use maxBytes ${maxBytes}: expected an integer from 1`);
    }
    this.#entries = new KeptEntries(
      maxBytes,
      (key) => this.#listeners.tell({ type: "evict", key, reason: "size" }),
    );
    this.upkeep = keptUpkeep(
      this.#entries,
      (key) => this.#listeners.tell({ type: "evict", key, reason: "damaged" }),
    );
    if (options.codec !== undefined) this.codec = options.codec;
  }

  /** From now on tells of entries that make room for others. */
  watch(listener: (event: StorageEvent) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Keeps a copy of the body.
   *
   * @throws {Error} (rejects) When it is larger than `maxBytes`; nothing has changed then.
   */
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    admitPut(key, body, options?.signal);
    if (body instanceof Uint8Array) {
      this.#entries.assertFits(body.length);
      this.#entries.set(key, [new Uint8Array(body)]);
      return;
    }
    const blocks = new BlockList();
    await eachChunk(body, options?.signal, (chunk) => {
      this.#entries.assertFits(blocks.size + chunk.length);
      blocks.add(chunk);
    });
    this.#entries.set(key, blocks.finish());
  }

  /** Begins an entry without a key; it is kept in blocks as streams are. */
  async draft(): Promise<Draft> {
    await loadSha256();
    return new MemoryDraft(this.#entries);
  }

  /** Finds a body; it stays readable when the entry is replaced or deleted. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    options?.signal?.throwIfAborted();
    assertKey(key);
    const blocks = this.#entries.use(key);
    return await Promise.resolve(blocks && keptBody(blocks));
  }

  /** Whether an entry is there. */
  async has(key: string): Promise<boolean> {
    assertKey(key);
    return await Promise.resolve(this.#entries.has(key));
  }

  /** Removes an entry. */
  async delete(key: string): Promise<boolean> {
    assertKey(key);
    return await Promise.resolve(this.#entries.delete(key));
  }

  /** The keys, in the order in which they were first put; with `maxBytes`, the least recently used first. */
  async *keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    const { prefix = "", signal } = options ?? {};
    signal?.throwIfAborted();
    for (const key of this.#entries.keys()) {
      if (!key.startsWith(prefix)) continue;
      yield key;
      signal?.throwIfAborted();
    }
  }

  /** Forgets everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#entries.clear();
    await Promise.resolve();
  }
}

class MemoryDraft implements Draft {
  readonly #entries: KeptEntries;
  readonly #digests = new ChunkDigests();
  #blocks: BlockList | undefined = new BlockList();
  /** The size with the chunk that was refused, if one was: whatever came after it would leave a hole. */
  #wanted = 0;

  constructor(entries: KeptEntries) {
    this.#entries = entries;
  }

  get size(): number {
    return this.#open.size;
  }

  get #open(): BlockList {
    if (this.#blocks === undefined) throw new TypeError("Cannot use a draft that is finished or abandoned");
    return this.#blocks;
  }

  write(chunk: Uint8Array): void {
    const blocks = this.#open;
    this.#wanted = Math.max(this.#wanted, blocks.size + chunk.length);
    this.#entries.assertFits(this.#wanted);
    blocks.add(chunk);
    this.#digests.update(chunk);
  }

  read(position: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#open.from(position));
  }

  digest(): string {
    return this.#digests.hex();
  }

  async finish(key: string, options?: PutOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    this.#entries.assertFits(this.#wanted);
    assertKey(key);
    this.#entries.set(key, this.#open.finish());
    this.#blocks = undefined;
    await Promise.resolve();
  }

  async abandon(): Promise<void> {
    this.#blocks = undefined;
    await Promise.resolve();
  }
}
