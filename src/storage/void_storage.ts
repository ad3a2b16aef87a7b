/**
 * The storage that keeps nothing, behind the reserved cache name `void`.
 *
 * @module
 */

import { assertKey } from "./_key.ts";
import { discard } from "./_source.ts";
import type { PutOptions, SmallReads, Storage, StorageOptions, StoredBody } from "./types.ts";

/**
 * Keeps nothing: every `put` succeeds, every `get` is a miss. A stream that is put is cancelled unread.
 *
 * It declares no drafts: a result that is a stream is given as it is, and nothing is written beside it. It is the one
 * storage that does not pass the conformance cases, by its nature.
 *
 * @example Nothing is kept
 * ```ts
 * import { VoidStorage } from "@fleche/fleche";
 *
 * const storage = new VoidStorage();
 * await storage.put("key", new Uint8Array(3));
 * console.assert((await storage.get("key")) === undefined);
 * ```
 */
export class VoidStorage implements Storage {
  /** Always absent. */
  readonly small: SmallReads = { get: () => "absent" };

  /** Accepts a body and forgets it. */
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    discard(body, options?.signal?.reason ?? new Error(`Cannot keep "${key}": this storage keeps nothing`));
    options?.signal?.throwIfAborted();
    assertKey(key);
    await Promise.resolve();
  }

  /** Always `undefined`. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    options?.signal?.throwIfAborted();
    assertKey(key);
    return await Promise.resolve(undefined);
  }

  /** Always `false`. */
  async has(key: string): Promise<boolean> {
    assertKey(key);
    return await Promise.resolve(false);
  }

  /** Always `false`. */
  async delete(key: string): Promise<boolean> {
    assertKey(key);
    return await Promise.resolve(false);
  }

  /** Lists nothing. */
  // deno-lint-ignore require-yield -- an empty generator is an empty list that still honours the signal.
  async *keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    options?.signal?.throwIfAborted();
    await Promise.resolve();
  }

  /** Has nothing to let go of. */
  async [Symbol.asyncDispose](): Promise<void> {}
}
