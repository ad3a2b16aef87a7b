import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Memory } from "../../src/storage/memory.ts";
import type { ByteRange, Draft, PutOptions, Storage, StorageOptions } from "../../src/storage/types.ts";
import { storageConformance } from "../../src/testing/mod.ts";
import { Delegate, firstFailureOf } from "./_delegate.ts";

const timeout = 60_000;

test("storageConformance has unique names, and says which cases need a second instance, drafts, leases or upkeep", () => {
  const names = storageConformance.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const need of ["reopen", "draft", "leases", "upkeep"] as const) {
    assert.ok(storageConformance.some(({ needs }) => needs?.includes(need)), need);
  }
});

test("storageConformance passes a sound storage", { timeout }, async () => {
  assert.equal(await firstFailureOf(() => new Delegate()), undefined);
  assert.equal(await firstFailureOf(() => new Delegate(), "draft"), undefined);
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
        return body &&
          { size: 7, stream: (range?: ByteRange) => body.stream(range), bytes: () => body.bytes() };
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
  "gives the whole body for any range": () =>
    new class extends Delegate {
      override async get(key: string, options?: StorageOptions) {
        const body = await this.sound.get(key, options);
        return body && { ...body, stream: () => body.stream() };
      }
    }(),
  "takes the end of a range for its length": () =>
    new class extends Delegate {
      override async get(key: string, options?: StorageOptions) {
        const body = await this.sound.get(key, options);
        if (body === undefined) return undefined;
        const stream = ({ start = 0, end = Infinity }: ByteRange = {}) =>
          body.stream({ start, end: start + end });
        return { ...body, stream };
      }
    }(),
  "puts a range right instead of refusing it": () =>
    new class extends Delegate {
      override async get(key: string, options?: StorageOptions) {
        const body = await this.sound.get(key, options);
        if (body === undefined) return undefined;
        const stream = ({ start = 0, end = Infinity }: ByteRange = {}) =>
          body.stream({ start: Math.max(0, start), end: Math.max(0, start, end) });
        return { ...body, stream };
      }
    }(),
  "gives streams that fill no views": () =>
    new class extends Delegate {
      override async get(key: string, options?: StorageOptions) {
        const body = await this.sound.get(key, options);
        if (body === undefined) return undefined;
        const stream = (range?: ByteRange) => body.stream(range).pipeThrough(new TransformStream());
        return { ...body, stream };
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
    assert.notEqual(await firstFailureOf(make), undefined);
  });
}

/** A storage whose drafts are sound but for what `change` makes of them. */
function draftsThat(change: (draft: Draft, storage: Memory) => Partial<Draft>): () => Storage {
  return () =>
    new class extends Delegate {
      override async draft(): Promise<Draft> {
        const sound = await this.sound.draft();
        return {
          get size() {
            return sound.size;
          },
          write: (chunk) => sound.write(chunk),
          read: (position) => sound.read(position),
          digest: () => sound.digest(),
          finish: (key, options) => sound.finish(key, options),
          abandon: () => sound.abandon(),
          ...change(sound, this.sound),
        };
      }
    }();
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes);

const draftFaults: Record<string, () => Storage> = {
  "keep chunks themselves, not copies": draftsThat((sound, storage) => {
    const kept: Uint8Array[] = [];
    return {
      write: (chunk) => {
        kept.push(chunk);
        sound.write(chunk);
      },
      finish: async (key, options) => {
        const late = await storage.draft();
        for (const chunk of kept) await late.write(chunk);
        await sound.finish(key, options);
        await late.finish(key, options);
      },
    };
  }),
  "give their own memory to readers": draftsThat((sound) => {
    const given = new Map<number, Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>>();
    return {
      read: (position) => {
        const found = given.get(position) ?? sound.read(position);
        given.set(position, found);
        return found;
      },
    };
  }),
  "read always from the beginning": draftsThat((sound) => ({ read: () => sound.read(0) })),
  "digest what they took as a whole": draftsThat((sound) => {
    const hash = createHash("sha256");
    return {
      write: (chunk) => {
        hash.update(chunk);
        return sound.write(chunk);
      },
      digest: () => hash.digest("hex"),
    };
  }),
  "digest the chunks as they came": draftsThat((sound) => {
    const hash = createHash("sha256");
    return {
      write: (chunk) => {
        hash.update(sha256(chunk).digest());
        return sound.write(chunk);
      },
      digest: () => hash.digest("hex"),
    };
  }),
  "show what is not finished": draftsThat((sound, storage) => ({
    write: async (chunk) => {
      await storage.put("key", chunk);
      await sound.write(chunk);
    },
  })),
  "are kept when they are abandoned": draftsThat((sound) => ({
    abandon: () => sound.finish("abandoned").catch(() => {}),
  })),
  "take any string for a key": draftsThat((sound) => ({
    finish: (key, options) => sound.finish(`k${key.toWellFormed()}`.slice(key === "" ? 0 : 1), options),
  })),
  "ignore signals": draftsThat((sound) => ({ finish: (key) => sound.finish(key) })),
  "can be finished twice": draftsThat((sound) => {
    let isFinished = false;
    return {
      finish: async (key, options) => {
        if (!isFinished) await sound.finish(key, options);
        isFinished = true;
      },
    };
  }),
};

for (const [fault, make] of Object.entries(draftFaults)) {
  test(`storageConformance finds a storage whose drafts ${fault}`, { timeout }, async () => {
    assert.notEqual(await firstFailureOf(make, "draft"), undefined);
  });
}

test("storageConformance tells of a missing second instance, of missing drafts, leases and upkeep", async () => {
  for (const need of ["reopen", "draft", "leases", "upkeep"] as const) {
    const needy = storageConformance.find(({ needs }) => needs?.includes(need));
    const storage = new Memory();
    const bare: Storage = {
      put: (...given) => storage.put(...given),
      get: (...given) => storage.get(...given),
      has: (key) => storage.has(key),
      delete: (key) => storage.delete(key),
      keys: (options) => storage.keys(options),
      [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
    };
    await assert.rejects(
      async () => await needy?.run(() => ({ storage: bare })),
      new RegExp(`needs "${need}"`),
    );
  }
});
