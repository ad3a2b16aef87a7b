/** A storage in memory that meets what it is told to meet, and says so. */
import { Memory, type Storage, type StorageEvent, type StoredBody } from "../../mod.ts";

/** Answers "absent" for entries that it was told to have spoilt, after it has told of them. */
export class TellingStorage implements Storage {
  readonly #inner = new Memory();
  readonly #listeners: ((event: StorageEvent) => void)[] = [];
  readonly #spoilt = new Map<string, StorageEvent>();

  /** From now on reading that entry tells this. What is evicted is gone, what is unusable stays until it is put again. */
  spoil(event: StorageEvent): void {
    this.#spoilt.set(event.key, event);
  }

  tell(event: StorageEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  watch(listener: (event: StorageEvent) => void): void {
    this.#listeners.push(listener);
  }

  async put(...parts: Parameters<Storage["put"]>): Promise<void> {
    this.#spoilt.delete(parts[0]);
    await this.#inner.put(...parts);
  }

  async get(key: string): Promise<StoredBody | undefined> {
    const event = this.#spoilt.get(key);
    if (event === undefined) return await this.#inner.get(key);
    if (event.type === "evict") {
      this.#spoilt.delete(key);
      await this.#inner.delete(key);
    }
    this.tell(event);
    return undefined;
  }

  has(key: string): Promise<boolean> {
    return this.#inner.has(key);
  }

  delete(key: string): Promise<boolean> {
    return this.#inner.delete(key);
  }

  keys(): AsyncIterable<string> {
    return this.#inner.keys();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }
}
