/** What the tests of sealed storages share. */
import { SealedStorage } from "../../../src/storage/sealed_storage.ts";
import type { Storage } from "../../../src/storage/types.ts";

/** Secrets: the first three, of 32, 16 and 24 bytes. */
export const KEY: string = "00112233445566778899aabbccddeeff".repeat(2);
export const OTHER_KEY: string = "5eed".repeat(8);
export const THIRD_KEY: string = "0123456789abcdef".repeat(3);

/** The two modes. */
export const MODES: readonly { readonly title: string; readonly one: string; readonly encrypt: boolean }[] = [
  { title: "signed", one: "a signed", encrypt: false },
  { title: "encrypted", one: "an encrypted", encrypt: true },
];

/** Around a storage. */
export function sealed(inner: Storage, encrypt: boolean, ...keys: string[]): SealedStorage {
  return new SealedStorage({ inner, keys: keys.length === 0 ? [KEY] : keys, encrypt });
}

/** A fleche key: 64 digits that begin with these. */
export function digestOf(beginning: string): string {
  return beginning.padEnd(64, "0");
}

/** The bytes of an entry; `undefined` when there is none. */
export async function bytesOf(storage: Storage, key: string): Promise<Uint8Array | undefined> {
  return await (await storage.get(key))?.bytes();
}

/** The bytes of an entry that is there. */
export async function bytesAt(storage: Storage, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await bytesOf(storage, key);
  if (bytes === undefined) throw new Error(`There is no entry ${key}`);
  return new Uint8Array(bytes);
}

/** What a storage lists. */
export async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The only name in a storage. */
export async function onlyName(storage: Storage): Promise<string> {
  const [name, second] = await listOf(storage.keys());
  if (name === undefined || second !== undefined) throw new Error("There is not one entry");
  return name;
}

/** Bytes that differ from one to the next, and from seed to seed. */
export function noise(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed * 2654435761 >>> 0 || 1;
  for (let at = 0; at < size; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}
