/**
 * What the storages of files have in common: each is the file medium with a codec and a suffix of its own. The one
 * place where a class extends another here: five classes that differ in two words would else repeat all methods.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import type { Codec } from "../codec/types.ts";
import { LazyStorage } from "./_lazy_storage.ts";
import { assertRoot } from "./_root.ts";
import type {
  Draft,
  Leases,
  PutOptions,
  SmallReads,
  Storage,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "./types.ts";

/** Options of every storage of files. */
export interface FileStorageOptions {
  /**
   * Path of the folder that the files lie in; created when something is put. A relative path is taken from the working
   * directory at the first use (in `cache.toml`: from the folder of that file). Storages of different types can share one.
   */
  readonly root: string;
}

/**
 * Files in a folder, an entry each.
 *
 * A file is written under a temporary name and renamed when it is whole; every byte is covered by a checksum behind the
 * body that is verified before the byte is delivered; a damaged file is set aside and is a miss. Under Deno it needs
 * `--allow-read=<root> --allow-write=<root>` and nothing else. Extend it for a codec of your own.
 *
 * @example Values as JSON, a file each
 * ```ts
 * import { CodecFile, type FileStorageOptions } from "@fleche/fleche";
 *
 * class JsonFile extends CodecFile {
 *   constructor(options: FileStorageOptions) {
 *     super(options, ".json", {
 *       name: "json",
 *       encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
 *       decode: async (body) => await new Response(body as Uint8Array<ArrayBuffer>).json(),
 *     });
 *   }
 * }
 * const root = await Deno.makeTempDir();
 * const storage = new JsonFile({ root });
 * await storage.put("answer", new TextEncoder().encode("42"));
 * console.assert(storage.codec.decode((await storage.get("answer"))?.stream() ?? new Uint8Array()) !== undefined);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export abstract class CodecFile implements Storage {
  readonly #medium: LazyStorage;
  /** How values are written here. */
  readonly codec: Codec;
  /** Entries of up to 60 KiB are read synchronously. */
  readonly small: SmallReads;
  /** Leases among all processes that use the folder: a file each, while they are held. */
  readonly leases: Leases;
  /** Entries are listed in the order of their paths. */
  readonly upkeep: Upkeep;

  /**
   * Names the folder; nothing is read or created yet.
   *
   * @param options Where the files are.
   * @param suffix What the files' names end in.
   * @param codec How values are written.
   * @throws {TypeError} When `root` is empty.
   */
  constructor(options: FileStorageOptions, suffix: string, codec: Codec) {
    const { root } = options;
    assertRoot(root);
    this.#medium = new LazyStorage(async () => {
      const { FileMedium } = await loadCode(() => import("./file/file_medium.ts"));
      return new FileMedium({ root, suffix });
    });
    this.codec = codec;
    this.small = this.#medium.small;
    this.leases = this.#medium.leases;
    this.upkeep = this.#medium.upkeep;
  }

  /** Writes a file; it takes the place of an earlier one when it is whole. */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    return this.#medium.put(key, body, options);
  }

  /** Begins a file that has no name yet; it takes its place when it is whole. */
  draft(): Promise<Draft> {
    return this.#medium.draft();
  }

  /** Finds a file and checks its trailer and its first chunk. */
  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    return this.#medium.get(key, options);
  }

  /** Whether there is a file. */
  has(key: string): Promise<boolean> {
    return this.#medium.has(key);
  }

  /** Removes a file. */
  delete(key: string): Promise<boolean> {
    return this.#medium.delete(key);
  }

  /** The keys, from the names of the files. */
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    return this.#medium.keys(options);
  }

  /** Has nothing to let go of: nothing is kept open. */
  async [Symbol.asyncDispose](): Promise<void> {}
}
