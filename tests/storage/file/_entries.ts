/** Where the tests find the files of a file storage, and what they do to them. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** A key as fleche's own are. */
export const DIGEST: string = "0123456789abcdef".repeat(4);

/** Path of the file of a digest key. */
export function fileOf(root: string, key: string = DIGEST): string {
  return join(root, "v1", key.slice(0, 2), key.slice(2, 4), `${key}.cbor`);
}

/** Every file below a folder, relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => !statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory())
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
}

/** The names in the quarantine. */
export function quarantined(root: string): string[] {
  try {
    return readdirSync(join(root, "v1", "quarantine")).sort();
  } catch {
    return [];
  }
}

/** Bytes that are no pattern. */
export function noise(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
