/** A storage that takes its time, and knows what is under way in it. */
import type { Draft, PutOptions, SmallReads, Storage, StorageOptions, StoredBody } from "../../mod.ts";
import type { Codec } from "../../src/codec/types.ts";

/** Takes turns. */
export type Pause = () => Promise<void>;

/** See the file's comment. */
export class WatchedStorage implements Storage {
  readonly #inner: Storage;
  readonly #pause: Pause | undefined;
  readonly codec?: Codec;
  readonly small?: SmallReads;
  readonly draft?: () => Promise<Draft>;
  /** Drafts that are neither finished nor abandoned. */
  openDrafts = 0;
  /** Operations that have not come back. */
  pending = 0;

  constructor(inner: Storage, pause: Pause | undefined) {
    this.#inner = inner;
    this.#pause = pause;
    if (inner.codec !== undefined) this.codec = inner.codec;
    // The short way would be past all pauses.
    if (inner.small !== undefined && pause === undefined) this.small = inner.small;
    if (inner.draft !== undefined) {
      this.draft = () =>
        this.#during(async () => {
          const draft = await inner.draft?.();
          if (draft === undefined) throw new TypeError("no draft");
          this.openDrafts++;
          return this.#watched(draft);
        });
    }
  }

  #watched(draft: Draft): Draft {
    let isOpen = true;
    const end = (): void => {
      if (isOpen) this.openDrafts--;
      isOpen = false;
    };
    const pause = this.#pause;
    const reads = new Set<Promise<unknown>>();
    const slowRead = async (position: number): Promise<Uint8Array<ArrayBuffer>> => {
      const reading = Promise.resolve(pause?.()).then(() => draft.read(position));
      const forget = (): void => void reads.delete(reading);
      reads.add(reading);
      reading.then(forget, forget);
      return await reading;
    };
    return {
      get size() {
        return draft.size;
      },
      write: (chunk) => pause === undefined ? draft.write(chunk) : pause().then(() => draft.write(chunk)),
      read: (position) => pause === undefined ? draft.read(position) : slowRead(position),
      digest: () => draft.digest(),
      finish: (key, options) =>
        this.#during(async () => {
          await pause?.();
          await Promise.allSettled(reads);
          await draft.finish(key, options);
          end();
        }),
      abandon: () =>
        this.#during(async () => {
          await Promise.allSettled(reads);
          await draft.abandon();
          end();
        }),
    };
  }

  async #during<T>(operation: () => Promise<T>): Promise<T> {
    this.pending++;
    try {
      return await operation();
    } finally {
      this.pending--;
    }
  }

  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    return this.#during(async () => {
      await this.#pause?.();
      await this.#inner.put(key, body, options);
    });
  }

  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    return this.#during(async () => {
      await this.#pause?.();
      return await this.#inner.get(key, options);
    });
  }

  has(key: string): Promise<boolean> {
    return this.#inner.has(key);
  }

  delete(key: string): Promise<boolean> {
    return this.#inner.delete(key);
  }

  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    return this.#inner.keys(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }
}
