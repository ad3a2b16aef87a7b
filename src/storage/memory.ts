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
import { admitPut, eachChunk } from "./_source.ts";
import type { Draft, PutOptions, SmallReads, Storage, StorageOptions, StoredBody } from "./types.ts";

/** Options of {@linkcode Memory}. */
export interface MemoryOptions {
  /**
   * How values are written, as `pickleCodec` of `@fleche/fleche/codec/pickle`.
   *
   * @default {cborCodec}
   */
  readonly codec?: Codec;
}

/**
 * Keeps entries in memory, each instance its own. Bodies are copied on the way in and on the way out; a stream is kept
 * in blocks and never joined unless `bytes()` asks for it.
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
 */
export class Memory implements Storage {
  readonly #entries = new Map<string, readonly Uint8Array<ArrayBuffer>[]>();
  /** How values are written here; CBOR where absent. */
  readonly codec?: Codec;

  /** Bodies of one block are given as they are kept, without a copy. */
  readonly small: SmallReads = {
    get: (key) => {
      const blocks = this.#entries.get(key);
      if (blocks === undefined) return "absent";
      const [only, second] = blocks;
      return only !== undefined && second === undefined ? only : "large";
    },
  };

  /**
   * An empty one.
   *
   * @param options How values are written.
   */
  constructor(options: MemoryOptions = {}) {
    if (options.codec !== undefined) this.codec = options.codec;
  }

  /** Keeps a copy of the body. */
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    admitPut(key, body, options?.signal);
    if (body instanceof Uint8Array) {
      this.#entries.set(key, [new Uint8Array(body)]);
      return;
    }
    const blocks = new BlockList();
    await eachChunk(body, options?.signal, (chunk) => blocks.add(chunk));
    this.#entries.set(key, blocks.finish());
  }

  /** Begins an entry without a key; it is kept in blocks as streams are. */
  async draft(): Promise<Draft> {
    await loadSha256();
    return new MemoryDraft((key, blocks) => this.#entries.set(key, blocks));
  }

  /** Finds a body; it stays readable when the entry is replaced or deleted. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    options?.signal?.throwIfAborted();
    assertKey(key);
    const blocks = this.#entries.get(key);
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

  /** The keys, in the order in which they were first put. */
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
  readonly #keep: (key: string, blocks: readonly Uint8Array<ArrayBuffer>[]) => void;
  readonly #digests = new ChunkDigests();
  #blocks: BlockList | undefined = new BlockList();

  constructor(keep: (key: string, blocks: readonly Uint8Array<ArrayBuffer>[]) => void) {
    this.#keep = keep;
  }

  get size(): number {
    return this.#open.size;
  }

  get #open(): BlockList {
    if (this.#blocks === undefined) throw new TypeError("Cannot use a draft that is finished or abandoned");
    return this.#blocks;
  }

  write(chunk: Uint8Array): void {
    this.#digests.update(chunk);
    this.#open.add(chunk);
  }

  read(position: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#open.from(position));
  }

  digest(): string {
    return this.#digests.hex();
  }

  async finish(key: string, options?: PutOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    assertKey(key);
    this.#keep(key, this.#open.finish());
    this.#blocks = undefined;
    await Promise.resolve();
  }

  async abandon(): Promise<void> {
    this.#blocks = undefined;
    await Promise.resolve();
  }
}
