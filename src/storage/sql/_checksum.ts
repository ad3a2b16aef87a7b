/**
 * The checksums of stored bodies: SHA-256 over what the bytes are and whose they are, so that a body that stands under
 * another key, a chunk of another body or at another place and a changed byte are all found. The texts are part of the format.
 *
 * @module
 */

import { builtin } from "../../_runtime.ts";

let crypto: typeof import("node:crypto") | undefined;

function sha256(text: string, bytes?: Uint8Array): Uint8Array {
  crypto ??= builtin("node:crypto");
  const hash = crypto.createHash("sha256").update(text);
  if (bytes !== undefined) hash.update(bytes);
  return hash.digest();
}

/** The key's length goes in front: nothing that follows it can be taken for a part of it. */
function withLength(key: string): string {
  return `${key.length} ${key}`;
}

/** Checksum of a body that stands in its row. */
export function bodyChecksum(key: string, body: Uint8Array): Uint8Array {
  return sha256(`fleche-sql-1 body ${withLength(key)}`, body);
}

/** Checksum of the row of a body that stands in chunks. */
export function chunkedChecksum(key: string, body: number, size: number): Uint8Array {
  return sha256(`fleche-sql-2 chunked ${body} ${size} ${withLength(key)}`);
}

/** SHA-256 of a chunk's bytes alone: what `Draft.digest` is made of. */
export function chunkDigest(data: Uint8Array): Uint8Array {
  return sha256("", data);
}

/** Checksum of one chunk, made of its digest so that its bytes are hashed once. Nothing in it is the entry's: it has no key yet. */
export function chunkChecksum(body: number, seq: number, digest: Uint8Array): Uint8Array {
  return sha256(`fleche-sql-2 chunk ${body} ${seq} `, digest);
}

/** Whether a checksum column holds this checksum. */
export function isChecksum(column: unknown, expected: Uint8Array): boolean {
  if (!(column instanceof ArrayBuffer) || column.byteLength !== expected.length) return false;
  const stored = new Uint8Array(column);
  for (let at = 0; at < expected.length; at++) if (stored[at] !== expected[at]) return false;
  return true;
}
