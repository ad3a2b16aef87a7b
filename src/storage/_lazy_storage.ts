/**
 * A storage whose code is loaded when it is first used: what the exported classes stand on, so that importing them all costs
 * little.
 *
 * @module
 */

import { lazyUpkeep } from "./_lazy_upkeep.ts";
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

/** Passes everything on to a storage that is made on first use. */
export class LazyStorage implements Storage {
  readonly #make: () => Promise<Storage>;
  #storage: Storage | undefined;
  #making: Promise<Storage> | undefined;
  /** Who watches before there is anything to be watched. */
  #waiting: ((event: StorageEvent) => void)[] = [];
  /** The short way; until the storage is made everything is `"large"`, so that `get` is asked, which makes it. */
  readonly small: SmallReads = { get: (key) => this.#storage?.small?.get(key) ?? "large" };

  /** For storages that have leases: others must not declare these. */
  readonly leases: Leases = {
    take: async (key) => await (this.#storage?.leases ?? await this.#madeLeases()).take(key),
    wait: async (key, options) =>
      await (this.#storage?.leases ?? await this.#madeLeases()).wait(key, options),
  };

  /** For storages that can be looked after: others must not declare it. */
  readonly upkeep: Upkeep = lazyUpkeep(async () => {
    const { upkeep } = await this.#made();
    if (upkeep === undefined) throw new TypeError("Cannot look after this storage: it has no upkeep");
    return upkeep;
  });

  /** @param make Loads the code and makes the storage. */
  constructor(make: () => Promise<Storage>) {
    this.#make = make;
  }

  #made(): Promise<Storage> {
    return this.#making ??= this.#make().then((storage) => {
      this.#storage = storage;
      for (const listener of this.#waiting) storage.watch?.(listener);
      this.#waiting = [];
      return storage;
    }, (error) => {
      this.#making = undefined;
      throw error;
    });
  }

  /** Until the storage is made, remembers who is to be told. */
  watch(listener: (event: StorageEvent) => void): void {
    if (this.#storage === undefined) this.#waiting.push(listener);
    else this.#storage.watch?.(listener);
  }

  async #madeLeases(): Promise<Leases> {
    const { leases } = await this.#made();
    if (leases === undefined) throw new TypeError("Cannot take a lease: this storage has none");
    return leases;
  }

  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    if (this.#storage !== undefined) return this.#storage.put(key, body, options);
    // The caller may change its bytes while the code is loaded.
    const kept = body instanceof Uint8Array ? body.slice() : body;
    return this.#made().then((storage) => storage.put(key, kept, options));
  }

  async draft(): Promise<Draft> {
    const { draft } = await this.#made();
    if (draft === undefined) throw new TypeError("Cannot begin a draft: this storage has none");
    return await draft.call(await this.#made());
  }

  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    return this.#storage?.get(key, options) ?? this.#made().then((storage) => storage.get(key, options));
  }

  has(key: string): Promise<boolean> {
    return this.#made().then((storage) => storage.has(key));
  }

  delete(key: string): Promise<boolean> {
    return this.#made().then((storage) => storage.delete(key));
  }

  async *keys(options?: StorageOptions & { readonly prefix?: string }): AsyncGenerator<string, void> {
    yield* (await this.#made()).keys(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#made())[Symbol.asyncDispose]();
  }
}
