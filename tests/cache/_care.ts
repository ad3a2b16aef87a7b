/** Caches to be looked after: storages that can be interrupted at every operation, and entries made by hand. */
import { createHash } from "node:crypto";
import { Cache, Memory } from "../../mod.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";
import type {
  EntryInfo,
  Health,
  PutOptions,
  Storage,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "../../src/storage/types.ts";

/** What a storage is asked to do. */
export type Operation = "put" | "get" | "has" | "delete" | "entry" | "check" | "remove" | "setAside";

/** What happens around the operations of a storage. */
export interface Interruption {
  /** Before each operation, and before each entry that is listed. What it throws is what the operation fails with. */
  readonly before?: (operation: Operation, key: string) => Promise<void> | void;
  /** How an entry is said to be. */
  readonly health?: (key: string) => Health | undefined;
  /** How an entry is listed. */
  readonly list?: (entry: EntryInfo) => EntryInfo;
}

/** A storage, with whatever happens around its operations. It has no short way, so nothing escapes. */
export class Interrupted implements Storage {
  readonly #inner: Storage;
  readonly #around: Interruption;
  readonly upkeep?: Upkeep;

  constructor(inner: Storage, around: Interruption) {
    this.#inner = inner;
    this.#around = around;
    const upkeep = inner.upkeep;
    if (upkeep === undefined) return;
    const before = async (operation: Operation, key: string) => await around.before?.(operation, key);
    this.upkeep = {
      async *entries(options) {
        for await (const entry of upkeep.entries(options)) {
          await before("entry", entry.key);
          yield around.list?.(entry) ?? entry;
        }
      },
      async check(key, options) {
        await before("check", key);
        const health = await upkeep.check(key, options);
        return health === "absent" ? health : around.health?.(key) ?? health;
      },
      async remove(entry) {
        await before("remove", entry.key);
        return await upkeep.remove(entry);
      },
      async setAside(entry) {
        await before("setAside", entry.key);
        return await upkeep.setAside(entry);
      },
      foreign: (options) => upkeep.foreign(options),
    };
  }
  async put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    await this.#around.before?.("put", key);
    await this.#inner.put(key, body, options);
  }
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    await this.#around.before?.("get", key);
    const health = this.#around.health?.(key) ?? "whole";
    if (health === "damaged") await this.#inner.delete(key);
    return health === "whole" ? await this.#inner.get(key, options) : undefined;
  }
  async has(key: string): Promise<boolean> {
    await this.#around.before?.("has", key);
    return await this.#inner.has(key);
  }
  async delete(key: string): Promise<boolean> {
    await this.#around.before?.("delete", key);
    return await this.#inner.delete(key);
  }
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    return this.#inner.keys(options);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }
}

/** A digest like any other. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A record that names a value, with whatever else is in it. */
export function recordOf(result: string, rest: Record<string, unknown> = {}): Uint8Array {
  const record = {
    fleche: 1,
    result,
    elapsed: 0.1,
    name: "f",
    arguments: {},
    inline: {},
    codec: "cbor",
    time: 1,
    metadata: {},
    ...rest,
  };
  return cborCodec.encode(record) as Uint8Array;
}

/** Keeps a value and the record of a call that names it. */
export async function keepPair(cache: Cache, name: string, size: number = 20): Promise<void> {
  await cache.values.put(digestOf(`value ${name}`), new Uint8Array(size));
  await cache.calls.put(digestOf(`call ${name}`), recordOf(digestOf(`value ${name}`)));
}

/** The names of the values that are there, out of those. */
export async function valuesAmong(cache: Cache, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) if (await cache.values.has(digestOf(`value ${name}`))) found.push(name);
  return found;
}

/** A cache in memory, with whatever happens around its storages. */
export function memoryCache(around: { values?: Interruption; calls?: Interruption } = {}): Cache {
  return new Cache({
    values: new Interrupted(new Memory(), around.values ?? {}),
    calls: new Interrupted(new Memory(), around.calls ?? {}),
    name: "test",
  });
}
