/**
 * The storage that signs, or encrypts, what another one keeps. Its work is done in `sealed/`, which is loaded on first use.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import type { Codec } from "../codec/types.ts";
import { LazyStorage } from "./_lazy_storage.ts";
import { isSecretKey, SECRET_KEY_FORM } from "./sealed/secret_key.ts";
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

/** Options of {@linkcode SealedStorage}. */
export interface SealedStorageOptions {
  /** What keeps the sealed entries; may be a wrapper itself. It is disposed of with this storage. */
  readonly inner: Storage;
  /**
   * The secrets, as hexadecimal text of at least 32 digits each (16 bytes). The first seals, all of them open: put a new one
   * in front to change it, and take the old one out when nothing is worth keeping that was sealed with it.
   */
  readonly keys: readonly string[];
  /**
   * Whether entries are encrypted, and their keys hidden, beyond being signed.
   *
   * @default {false}
   */
  readonly encrypt?: boolean;
}

/**
 * Signs what it puts into another storage (HMAC-SHA-256), and gives nothing back but what was signed with one of its keys,
 * under the key that it was put under, every chunk checked before it is delivered. Anything else is a miss, with a warning.
 * Nothing is removed for it: it may belong to somebody who has its key.
 *
 * Signed bodies stay as they are, and other programs read them. With `encrypt` they are encrypted (AES-256-GCM, each entry
 * under a key of its own), and so are their keys: entries have names that say nothing, a call index is not passed on, and
 * listing opens every entry. How many entries there are, how large they are and when they were put is not hidden. Both are
 * kept apart: entries that were signed only are not found with `encrypt`, nor the other way round.
 *
 * Nothing protects against an entry that is removed, or replaced by one of the same key that was put earlier, or into another
 * storage with the same secret and codec.
 *
 * @example Signed files
 * ```ts
 * import { CborFile, SealedStorage } from "@fleche/fleche";
 *
 * const root = await Deno.makeTempDir();
 * const secret = "8f0c".repeat(16); // of 32 random bytes, kept somewhere safe
 * const storage = new SealedStorage({ inner: new CborFile({ root }), keys: [secret] });
 * await storage.put("greeting", new TextEncoder().encode("hello"));
 *
 * const other = new SealedStorage({ inner: new CborFile({ root }), keys: ["0123".repeat(16)] });
 * console.assert(await other.get("greeting") === undefined);
 * await Deno.remove(root, { recursive: true });
 * ```
 */
export class SealedStorage implements Storage {
  readonly #pipe: LazyStorage;
  /** The codec of `inner`. */
  readonly codec?: Codec;
  /** Where `inner` has a short way, signed entries have it too; encrypted ones have none. */
  readonly small?: SmallReads;
  /** Those of `inner`, where it has any. */
  readonly leases?: Leases;
  /** That of `inner`, where it has any; entries that are not sealed with a known key are `"refused"`. */
  readonly upkeep?: Upkeep;
  /** Begins an entry without a key, which is sealed while it grows; where `inner` has drafts. */
  readonly draft?: () => Promise<Draft>;

  /**
   * Wraps a storage, which is then its own to close.
   *
   * @param options The keys, and the storage that is wrapped.
   * @throws {TypeError} When there is no key, or one that is none, or no inner storage.
   */
  constructor(options: SealedStorageOptions) {
    const { inner, keys, encrypt = false } = options;
    if (typeof inner?.put !== "function") {
      throw new TypeError(
        "Cannot seal into an inner storage that is none: it must have put, get, has, delete, keys",
      );
    }
    if (!Array.isArray(keys) || keys.length === 0) throw new TypeError("Cannot seal without a key in keys");
    const wrong = keys.findIndex((key) => !isSecretKey(key));
    if (wrong !== -1) throw new TypeError(`Cannot use keys[${wrong}]: expected ${SECRET_KEY_FORM}`);
    const own: readonly string[] = [...keys];
    this.#pipe = new LazyStorage(async () => {
      const { SealedPipe } = await loadCode(() => import("./sealed/sealed_pipe.ts"));
      return new SealedPipe({ inner, keys: own, isEncrypted: encrypt });
    });
    if (inner.codec !== undefined) this.codec = inner.codec;
    if (inner.small !== undefined && !encrypt) this.small = this.#pipe.small;
    if (inner.leases !== undefined) this.leases = encrypt ? this.#pipe.leases : inner.leases;
    if (inner.upkeep !== undefined) this.upkeep = this.#pipe.upkeep;
    if (inner.draft !== undefined) this.draft = () => this.#pipe.draft();
  }

  /** Seals a body into the inner storage. */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    return this.#pipe.put(key, body, options);
  }

  /** Finds a body, and checks the end of its entry and its first chunk. */
  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    return this.#pipe.get(key, options);
  }

  /** Asks the inner storage. */
  has(key: string): Promise<boolean> {
    return this.#pipe.has(key);
  }

  /** Removes from the inner storage, whichever key it was sealed with. */
  delete(key: string): Promise<boolean> {
    return this.#pipe.delete(key);
  }

  /** Lists the inner storage; with `encrypt` it reads the end of every entry, which alone says what its key is. */
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    return this.#pipe.keys(options);
  }

  /** Tells of what the inner storage tells, and of entries that cannot be used. */
  watch(listener: (event: StorageEvent) => void): void {
    this.#pipe.watch(listener);
  }

  /** Disposes of the inner storage. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#pipe[Symbol.asyncDispose]();
  }
}
