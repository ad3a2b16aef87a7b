/**
 * The checksums of the chunks of a signed entry, as its table has them: SHA-256, one behind the other.
 *
 * @module
 */

import { createSha256 } from "../../digest/sha256.ts";
import { CHECKSUM_SIZE } from "./_trailer.ts";

/** The checksum of a chunk. */
export function checksumOf(chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const hash = createSha256();
  hash.update(chunk);
  return hash.bytes();
}

/** Whether the table has that checksum for the chunk with that number. The table is no secret. */
export function isChecksumOf(chunk: Uint8Array, { table, number }: {
  readonly table: Uint8Array;
  readonly number: number;
}): boolean {
  const at = number * CHECKSUM_SIZE;
  const checksum = checksumOf(chunk);
  return table.length >= at + CHECKSUM_SIZE && checksum.every((byte, offset) => table[at + offset] === byte);
}
