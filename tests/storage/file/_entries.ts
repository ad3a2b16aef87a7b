/** Where the tests find the files of a file storage, and what they do to them. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
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

/** The names of the files that are being written. */
export function temporaries(root: string): string[] {
  try {
    return readdirSync(join(root, "v1", "tmp")).sort();
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

/** The entry that the README describes, made again from its words alone. */
export function entryBySpecification(
  key: string,
  body: Uint8Array,
  options: { readonly keepsKey?: boolean; readonly chunkSize?: number } = {},
): Buffer {
  const { keepsKey = false, chunkSize = 262_144 } = options;
  const sha256 = (...parts: Uint8Array[]): Uint8Array => {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(part);
    return new Uint8Array(hash.digest());
  };
  const keyBytes = new TextEncoder().encode(key);
  const kept = keepsKey ? keyBytes : new Uint8Array();
  const table: number[] = [];
  if (body.length > chunkSize) {
    for (let at = 0; at < body.length; at += chunkSize) {
      table.push(...sha256(body.subarray(at, at + chunkSize)));
    }
  }
  const fields = new Uint8Array(32);
  fields.set([0x89, ...new TextEncoder().encode("fleche\n")]);
  const view = new DataView(fields.buffer);
  view.setUint16(8, 1);
  view.setUint32(12, chunkSize);
  view.setBigUint64(16, BigInt(body.length));
  view.setUint32(24, kept.length);
  const seal = sha256(keyBytes, table.length > 0 ? new Uint8Array(table) : body, kept, fields);
  return Buffer.concat([body, new Uint8Array(table), kept, fields, seal]);
}
