import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory } from "../../src/storage/memory.ts";
import type { PutOptions, Storage, StorageOptions, StoredBody } from "../../src/storage/types.ts";
import { type StorageCase, storageConformance } from "../../src/testing/mod.ts";

const timeout = 60_000;

/** The names of the cases that a storage fails. */
async function failuresOf(make: () => Storage): Promise<string[]> {
  const failures: string[] = [];
  for (const { name, needs, run } of storageConformance) {
    if (needs !== undefined) continue;
    await run(() => ({ storage: make() })).catch(() => failures.push(name));
  }
  return failures;
}

/** A sound storage, to take one virtue from. */
class Delegate implements Storage {
  protected readonly sound: Memory = new Memory();
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    return this.sound.put(key, body, options);
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

test("storageConformance has unique names, and says which cases need a second instance", () => {
  const names = storageConformance.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(storageConformance.some(({ needs }) => needs?.includes("reopen")));
});

test("storageConformance passes a sound storage", { timeout }, async () => {
  assert.deepEqual(await failuresOf(() => new Delegate()), []);
});

const faults: Record<string, () => Storage> = {
  "keeps the body itself, not a copy": () => {
    return new class extends Delegate {
      readonly #kept = new Map<string, Uint8Array>();
      override async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions) {
        await this.sound.put(key, body, options);
        if (body instanceof Uint8Array) this.#kept.set(key, body);
        else this.#kept.delete(key);
      }
      override async get(key: string, options?: StorageOptions) {
        const kept = this.#kept.get(key);
        if (kept !== undefined) await this.sound.put(key, kept);
        return await this.sound.get(key, options);
      }
    }();
  },
  "delivers what it keeps, not a copy": () =>
    new class extends Delegate {
      override async get(key: string, options?: StorageOptions) {
        const body = await this.sound.get(key, options);
        if (body === undefined) return undefined;
        const kept = await body.bytes();
        return { stream: () => ReadableStream.from([kept]), bytes: () => Promise.resolve(kept) };
      }
    }(),
  "says a wrong size": () =>
    new class extends Delegate {
      override async get(key: string, options?: StorageOptions) {
        const body = await this.sound.get(key, options);
        return body && { size: 7, stream: () => body.stream(), bytes: () => body.bytes() };
      }
    }(),
  "gives its stream once": () =>
    new class extends Delegate {
      override async get(key: string, options?: StorageOptions) {
        const body = await this.sound.get(key, options);
        const stream = body?.stream();
        return body && stream && { stream: () => stream, bytes: () => body.bytes() };
      }
    }(),
  "folds the case of keys": () =>
    new class extends Delegate {
      override put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions) {
        return this.sound.put(key.toLowerCase(), body, options);
      }
      override get(key: string, options?: StorageOptions) {
        return this.sound.get(key.toLowerCase(), options);
      }
      override has(key: string) {
        return this.sound.has(key.toLowerCase());
      }
    }(),
  "takes any string for a key": () =>
    new class extends Delegate {
      override has(key: string) {
        return this.sound.has(`k${key.toWellFormed()}`);
      }
    }(),
  "ignores the prefix": () =>
    new class extends Delegate {
      override keys(options?: StorageOptions) {
        return this.sound.keys(options?.signal === undefined ? {} : { signal: options.signal });
      }
    }(),
  "ignores signals": () =>
    new class extends Delegate {
      override get(key: string) {
        return this.sound.get(key);
      }
    }(),
  "removes the earlier entry before it writes": () =>
    new class extends Delegate {
      override async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions) {
        if (key !== "") await this.sound.delete(key.toWellFormed());
        await this.sound.put(key, body, options);
      }
    }(),
  "shows a partial body": () =>
    new class extends Delegate {
      override async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions) {
        if (key !== "" && key.isWellFormed() && body instanceof ReadableStream && !body.locked) {
          await this.sound.put(key, new Uint8Array(1));
        }
        await this.sound.put(key, body, options);
      }
    }(),
  "answers every delete with true": () =>
    new class extends Delegate {
      override async delete(key: string) {
        await this.sound.delete(key);
        return true;
      }
    }(),
};

for (const [fault, make] of Object.entries(faults)) {
  test(`storageConformance finds a storage that ${fault}`, { timeout }, async () => {
    assert.notDeepEqual(await failuresOf(make), []);
  });
}

test("storageConformance tells of a missing second instance", async () => {
  const needy: StorageCase | undefined = storageConformance.find(({ needs }) => needs !== undefined);
  await assert.rejects(async () => await needy?.run(() => ({ storage: new Memory() })), /needs "reopen"/);
});
