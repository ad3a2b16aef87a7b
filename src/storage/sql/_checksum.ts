/**
 * The checksums of stored bodies: SHA-256 over what the bytes are and whose they are, so that a body that stands under
 * another key, a chunk at another place and a changed byte are all found. The texts are part of the format.
 *
 * @module
 */

import { builtin } from "../../_runtime.ts";

let crypto: typeof import("node:crypto") | undefined;

function digest(what: string, key: string, bytes?: Uint8Array): Uint8Array {
  crypto ??= builtin("node:crypto");
  // The key's length goes in front: nothing that follows it can be taken for a part of it.
  const hash = crypto.createHash("sha256").update(`fleche-sql-1 ${what} ${key.length} ${key}`);
  if (bytes !== undefined) hash.update(bytes);
  return hash.digest();
}

/** Checksum of a body that stands in its row. */
export function bodyChecksum(key: string, body: Uint8Array): Uint8Array {
  return digest("body", key, body);
}

/** Checksum of the row of a body that stands in chunks. */
export function chunkedChecksum(key: string, body: number, size: number): Uint8Array {
  return digest(`chunked ${body} ${size}`, key);
}

/** Checksum of one chunk. */
export function chunkChecksum(key: string, body: number, seq: number, data: Uint8Array): Uint8Array {
  return digest(`chunk ${body} ${seq}`, key, data);
}

/** Whether a checksum column holds this checksum. */
export function isChecksum(column: unknown, expected: Uint8Array): boolean {
  if (!(column instanceof ArrayBuffer) || column.byteLength !== expected.length) return false;
  const stored = new Uint8Array(column);
  for (let at = 0; at < expected.length; at++) if (stored[at] !== expected[at]) return false;
  return true;
}
