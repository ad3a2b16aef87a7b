/** A sound storage, and the search for what is unsound in those that are made of it. */
import { Memory } from "../../src/storage/memory.ts";
import type { Draft, PutOptions, Storage, StorageOptions, StoredBody } from "../../src/storage/types.ts";
import { storageConformance, type StorageNeed } from "../../src/testing/mod.ts";

/** The first case that a storage fails, of those that need nothing or what is named. */
export async function firstFailureOf(make: () => Storage, need?: StorageNeed): Promise<string | undefined> {
  for (const { name, needs, run } of storageConformance) {
    if (needs?.[0] !== need) continue;
    try {
      await run(() => ({ storage: make() }));
    } catch {
      return name;
    }
  }
  return undefined;
}

/** A sound storage, to take one virtue from. */
export class Delegate implements Storage {
  protected readonly sound: Memory = new Memory();
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    return this.sound.put(key, body, options);
  }
  draft(): Promise<Draft> {
    return this.sound.draft();
  }
  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    return this.sound.get(key, options);
  }
  has(key: string): Promise<boolean> {
    return this.sound.has(key);
  }
  delete(key: string): Promise<boolean> {
    return this.sound.delete(key);
  }
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    return this.sound.keys(options);
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}
