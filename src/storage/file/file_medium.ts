/**
 * The file medium: what every storage that keeps an entry in a file of its own has in common, whatever the codec. The
 * layout of the folder and of the files is specified in `src/storage/README.md`.
 *
 * @module
 */

import { loadSha256 } from "../../digest/sha256.ts";
import { assertKey } from "../_key.ts";
import { keptBody } from "../_kept_body.ts";
import { admitPut, eachChunk } from "../_source.ts";
import type {
  Draft,
  Leases,
  PutOptions,
  SmallReads,
  Storage,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "../types.ts";
import { EntryDraft } from "./_entry_draft.ts";
import { Folder } from "./_folder.ts";
import { isMissing, nodeFs } from "./_fs.ts";
import { findLarge } from "./_large_file.ts";
import { isDigest, type Place, placeOf } from "./_layout.ts";
import { FileLeases } from "./_leases.ts";
import { listKeys } from "./_listing.ts";
import { LONGEST_SMALL, readSmall, writeSmall } from "./_small_file.ts";
import { FileUpkeep } from "./_upkeep.ts";

/** Options of {@linkcode FileMedium}. */
export interface FileMediumOptions {
  /** The folder; it is created when something is put. A relative one is taken from the working directory at the first use. */
  readonly root: string;
  /** What the names of the entries' files end in, as `.cbor`. Storages with different suffixes can share a root. */
  readonly suffix: string;
}

/**
 * Files in a folder, one an entry. Has all that a storage has but the codec.
 *
 * Entries of up to 60 KiB are read and written synchronously (some 10 and 100 µs); longer ones stream, a few MiB in
 * memory. Nothing is kept open between calls, and nothing is done before the first one.
 */
export class FileMedium implements Storage {
  readonly #folder: Folder;
  readonly #suffix: string;

  /** The short way to small entries. */
  readonly small: SmallReads = {
    get: (key) => {
      const path = this.#pathOf(key);
      const found = readSmall(path, key);
      if (typeof found === "string") return found === "newer" ? "absent" : found;
      if (found instanceof Uint8Array) return found;
      this.#folder.setAside(path, found.damaged);
      return "absent";
    },
  };

  /** Leases, a file each while they are held. */
  readonly leases: Leases;

  /** Looking after the files. */
  readonly upkeep: Upkeep;

  /**
   * @param options Where the files are, and how they are called.
   */
  constructor(options: FileMediumOptions) {
    this.#folder = new Folder(options.root);
    this.#suffix = options.suffix;
    this.leases = new FileLeases(this.#folder, this.#suffix);
    this.upkeep = new FileUpkeep({
      folder: this.#folder,
      suffix: this.#suffix,
      pathOf: (key) => this.#pathOf(key),
      setAside: (key, seen) => this.#folder.setAside(this.#pathOf(key), seen),
    });
  }

  /** Keeps a body; see `Storage.put`. */
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    const signal = options?.signal;
    admitPut(key, body, signal);
    if (body instanceof Uint8Array && body.length <= LONGEST_SMALL) {
      const place = placeOf(key);
      return writeSmall(this.#folder, place, this.#pathIn(place), key, body);
    }
    const draft = this.#newDraft();
    try {
      await eachChunk(body, signal, (chunk) => draft.write(chunk));
      await draft.finish(key, options);
    } finally {
      await draft.abandon();
    }
  }

  /** Begins an entry without a key; see `Storage.draft`. There is no file before its first MiB is full. */
  async draft(): Promise<Draft> {
    await loadSha256();
    return this.#newDraft();
  }

  /** Finds a body; see `Storage.get`. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    assertKey(key);
    const small = this.small.get(key);
    if (small === "absent") return undefined;
    if (small !== "large") return keptBody([small.slice()]);
    const found = await findLarge({ folder: this.#folder, path: this.#pathOf(key), key });
    signal?.throwIfAborted();
    return found;
  }

  /** Whether an entry is there; see `Storage.has`. */
  async has(key: string): Promise<boolean> {
    assertKey(key);
    try {
      return await Promise.resolve(nodeFs().lstatSync(this.#pathOf(key)) !== undefined);
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Removes an entry; see `Storage.delete`. */
  async delete(key: string): Promise<boolean> {
    assertKey(key);
    const path = this.#pathOf(key);
    this.#folder.assertWritable();
    const fs = nodeFs();
    try {
      fs.unlinkSync(path);
    } catch (error) {
      if (isMissing(error)) return false;
      if (!fs.lstatSync(path).isDirectory()) throw error;
      this.#folder.setAside(path);
    }
    return await Promise.resolve(true);
  }

  /** The keys that are there; see `Storage.keys`. */
  async *keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    const { prefix = "", signal } = options ?? {};
    signal?.throwIfAborted();
    for await (const key of listKeys(this.#folder.base, this.#suffix, prefix)) {
      signal?.throwIfAborted();
      yield key;
      signal?.throwIfAborted();
    }
  }

  /** Has nothing to let go of: nothing is kept open. */
  async [Symbol.asyncDispose](): Promise<void> {}

  #newDraft(): EntryDraft {
    return new EntryDraft(this.#folder, (place) => this.#pathIn(place));
  }

  #pathOf(key: string): string {
    // Built at once for digests, which all of fleche's own keys are: this is on the way of every hit.
    return isDigest(key)
      ? `${this.#folder.base}/${key.slice(0, 2)}/${key.slice(2, 4)}/${key}${this.#suffix}`
      : this.#pathIn(placeOf(key));
  }

  #pathIn(place: Place): string {
    return `${this.#folder.base}/${place.folder}/${place.name}${this.#suffix}`;
  }
}
