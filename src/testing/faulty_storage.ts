/**
 * A storage that fails on command, for tests of what stands around storages.
 *
 * @module
 */

import type { Codec } from "../codec/types.ts";
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
} from "../storage/types.ts";
import { FaultyDraft } from "./_faulty_draft.ts";

/**
 * What can be made to fail; `read` is a `stream()` or `bytes()` of a body, `small` the synchronous short way, `draft` the
 * beginning of a draft, `write` and `finish` what is done with it, `take` the taking of a lease (nothing else of one may fail).
 */
export type StorageOperation =
  | "put"
  | "get"
  | "has"
  | "delete"
  | "keys"
  | "read"
  | "small"
  | "draft"
  | "write"
  | "finish"
  | "take";

/** Options of {@linkcode FaultyStorage}. */
export interface FaultyStorageOptions {
  /** The storage that does the work. */
  readonly inner: Storage;
  /** Which operation fails, counted from 1 over those named in `operations`. */
  readonly failAt: number;
  /** What it fails with. */
  readonly error: unknown;
  /** Which operations are counted and may fail. @default all of them */
  readonly operations?: readonly StorageOperation[];
  /** Whether all operations after the n-th fail as well, as on a disk that is full. @default false */
  readonly andAfter?: boolean;
  /** For `put` and `read` of streams, and `write`: how many bytes pass before the failure. @default 0 */
  readonly afterBytes?: number;
}

/**
 * A storage around another that fails its n-th operation with an error of your choice.
 *
 * A failing `put` has not reached `inner`, or (with `afterBytes`) has given it a part of the body and then the error;
 * a failing `read` gives `afterBytes` bytes and then the error. A draft with a failing `write` keeps what it has taken and
 * takes nothing any more; a failing `finish` leaves nothing behind. Everything else passes through.
 *
 * @example A disk that is full from the second put on
 * ```ts
 * import { Memory } from "@fleche/fleche";
 * import { FaultyStorage } from "@fleche/fleche/testing";
 *
 * const storage = new FaultyStorage({
 *   inner: new Memory(),
 *   failAt: 2,
 *   andAfter: true,
 *   operations: ["put"],
 *   error: Object.assign(new Error("No space left on device"), { code: "ENOSPC" }),
 * });
 * await storage.put("a", new Uint8Array(3));
 * const outcome = await storage.put("b", new Uint8Array(3)).catch((error) => error.code);
 * console.assert(outcome === "ENOSPC");
 * ```
 */
export class FaultyStorage implements Storage {
  readonly #options: FaultyStorageOptions;
  readonly #operations: ReadonlySet<StorageOperation> | undefined;
  #count = 0;
  /** The short way of `inner`, where it has one. */
  readonly small?: SmallReads;
  /** The codec of `inner`, where it names one. */
  readonly codec?: Codec;
  /** Begins a draft of `inner`, where it has them, or fails. */
  readonly draft?: () => Promise<Draft>;
  /** The leases of `inner`, where it has them; taking one may fail. */
  readonly leases?: Leases;
  /** The upkeep of `inner`, where it has any; nothing of it fails. */
  readonly upkeep?: Upkeep;
  /** What `inner` tells, where it tells anything. */
  readonly watch?: (listener: (event: StorageEvent) => void) => void;

  /**
   * Wraps a storage, which is then its own to close.
   *
   * @param options The storage to wrap, and what is to fail.
   */
  constructor(options: FaultyStorageOptions) {
    this.#options = options;
    this.#operations = options.operations === undefined ? undefined : new Set(options.operations);
    const { codec, draft, leases, small, upkeep, watch } = options.inner;
    if (codec !== undefined) this.codec = codec;
    if (upkeep !== undefined) this.upkeep = upkeep;
    if (watch !== undefined) this.watch = (listener) => watch.call(options.inner, listener);
    if (draft !== undefined) {
      this.draft = async () => {
        if (this.#fails("draft")) throw options.error;
        return new FaultyDraft(
          await draft.call(options.inner),
          options,
          (operation) => this.#fails(operation),
        );
      };
    }
    if (leases !== undefined) {
      this.leases = {
        take: async (key) => {
          if (this.#fails("take")) throw options.error;
          return await leases.take(key);
        },
        wait: (key, waiting) => leases.wait(key, waiting),
      };
    }
    if (small !== undefined) {
      this.small = {
        get: (key) => {
          if (this.#fails("small")) throw options.error;
          return small.get(key);
        },
      };
    }
  }

  /** How many operations have been counted. A run that fails nothing (`failAt: 0`) tells how many there are. */
  get operationCount(): number {
    return this.#count;
  }

  #fails(operation: StorageOperation): boolean {
    if (this.#operations !== undefined && !this.#operations.has(operation)) return false;
    this.#count++;
    const { failAt, andAfter = false } = this.#options;
    return failAt > 0 && (andAfter ? this.#count >= failAt : this.#count === failAt);
  }

  /** Puts into `inner`, or fails. */
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    if (!this.#fails("put")) return await this.#options.inner.put(key, body, options);
    const { afterBytes = 0, error, inner } = this.#options;
    const source = body instanceof ReadableStream ? body : new Blob([new Uint8Array(body)]).stream();
    if (afterBytes === 0) {
      await source.cancel(error);
      throw error;
    }
    await inner.put(key, failingAfter(source, afterBytes, error), options);
  }

  /** Gets from `inner`, or fails. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    if (this.#fails("get")) throw this.#options.error;
    const body = await this.#options.inner.get(key, options);
    if (body === undefined) return undefined;
    return {
      ...(body.size === undefined ? {} : { size: body.size }),
      stream: (range) => {
        const stream = body.stream(range);
        if (!this.#fails("read")) return stream;
        return failingAfter(stream, this.#options.afterBytes ?? 0, this.#options.error);
      },
      bytes: async () => {
        if (this.#fails("read")) throw this.#options.error;
        return await body.bytes();
      },
    };
  }

  /** Asks `inner`, or fails. */
  async has(key: string): Promise<boolean> {
    if (this.#fails("has")) throw this.#options.error;
    return await this.#options.inner.has(key);
  }

  /** Deletes from `inner`, or fails. */
  async delete(key: string): Promise<boolean> {
    if (this.#fails("delete")) throw this.#options.error;
    return await this.#options.inner.delete(key);
  }

  /** Lists `inner`, or fails. */
  async *keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    if (this.#fails("keys")) throw this.#options.error;
    yield* this.#options.inner.keys(options);
  }

  /** Disposes of `inner`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.inner[Symbol.asyncDispose]();
  }
}

/** A byte stream that passes `limit` bytes on and then errors; cancels the source with the same reason. */
function failingAfter(
  source: ReadableStream<Uint8Array>,
  limit: number,
  error: unknown,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = source.getReader();
  let left = limit;
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      let next = left > 0 ? await reader.read() : undefined;
      // A byte stream takes no chunk without bytes.
      while (next?.value?.length === 0) next = await reader.read();
      if (next === undefined || next.done) {
        await reader.cancel(error);
        return controller.error(error);
      }
      const chunk = new Uint8Array(next.value.subarray(0, left));
      left -= chunk.length;
      controller.enqueue(chunk);
    },
    async cancel(reason) {
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
