/**
 * Under which names entries are kept: under their keys, or, where their contents are hidden, under names that say nothing.
 * Keys are digests of contents, so whoever sees one can find out whether he has guessed what is kept.
 *
 * @module
 */

import { builtin } from "../../_runtime.ts";
import { assertKey } from "../_key.ts";
import type { SealKey } from "./_seal_keys.ts";

/** How many names are remembered with their keys. */
const MOST_KNOWN = 1000;

/** The names in one storage. */
export class Names {
  readonly #keys: readonly SealKey[];
  readonly #isMasked: boolean;
  /** Name to key, of those that were asked for last. */
  readonly #known = new Map<string, string>();

  /** @param options `isMasked`: whether names must say nothing of the keys. */
  constructor(keys: readonly SealKey[], options: { readonly isMasked: boolean }) {
    this.#keys = keys;
    this.#isMasked = options.isMasked;
  }

  /** Where a new entry is kept. @throws {TypeError} When the key is none. */
  first(key: string): string {
    assertKey(key);
    const [first] = this.#keys;
    return first === undefined || !this.#isMasked ? key : this.masked(key, first);
  }

  /**
   * Where an entry may be kept, and the keys that it may be sealed with there: the first place is that of new ones.
   *
   * @throws {TypeError} When the key is none.
   */
  *all(key: string): Iterable<{ readonly name: string; readonly keys: readonly SealKey[] }> {
    assertKey(key);
    if (!this.#isMasked) yield { name: key, keys: this.#keys };
    else for (const sealKey of this.#keys) yield { name: this.masked(key, sealKey), keys: [sealKey] };
  }

  /** The name of an entry that is sealed with a key: 64 hexadecimal digits of an HMAC-SHA-256. */
  masked(key: string, { names }: SealKey): string {
    const name = builtin("node:crypto").createHmac("sha256", names).update(key).digest("hex");
    this.#known.delete(name);
    if (this.#known.size >= MOST_KNOWN) {
      const [oldest = name] = this.#known.keys();
      this.#known.delete(oldest);
    }
    this.#known.set(name, key);
    return name;
  }

  /** The key of a name, as far as it is known without reading: the name itself otherwise. */
  known(name: string): string {
    return this.#known.get(name) ?? name;
  }
}
