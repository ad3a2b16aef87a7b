/** A storage on a disk that is slow to write: the source is then quicker than what takes it. @module */
import type { Draft, PutOptions, Storage, StorageOptions, StoredBody } from "../../../mod.ts";

/** What every write waits for. A timer's shortest: a little more in truth. */
const DELAY_MS = 1;

function delay(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, DELAY_MS));
}

function slowDraft(inner: Draft): Draft {
  return {
    get size() {
      return inner.size;
    },
    async write(chunk) {
      await inner.write(chunk);
      await delay();
    },
    read: (position) => inner.read(position),
    digest: () => inner.digest(),
    finish: (key, options) => inner.finish(key, options),
    abandon: () => inner.abandon(),
  };
}

/** Another storage, each of whose writes takes a millisecond longer. */
export class SlowDisk implements Storage {
  readonly #inner: Storage;
  readonly codec?: NonNullable<Storage["codec"]>;
  readonly draft?: NonNullable<Storage["draft"]>;

  constructor(inner: Storage) {
    this.#inner = inner;
    if (inner.codec !== undefined) this.codec = inner.codec;
    if (inner.draft !== undefined) {
      const draft = inner.draft.bind(inner);
      this.draft = async () => slowDraft(await draft());
    }
  }

  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    const slowed = body instanceof Uint8Array ? body : body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        async transform(chunk, controller) {
          await delay();
          controller.enqueue(chunk);
        },
      }),
    );
    return this.#inner.put(key, slowed, options);
  }

  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    return this.#inner.get(key, options);
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
