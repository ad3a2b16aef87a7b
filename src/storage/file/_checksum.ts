/**
 * Checksums as the trailer has them: 32 bytes of SHA-256, compared with what the hash function gives.
 *
 * @module
 */

import { sha256Hex } from "../../digest/sha256.ts";

/** Size of a checksum, in bytes. */
export const CHECKSUM_SIZE = 32;

/** Whether the checksum of `bytes` stands at `offset` of `checksums`. */
export function checksumStandsAt(checksums: Uint8Array, offset: number, bytes: Uint8Array): boolean {
  const hex = sha256Hex(bytes);
  for (let at = 0; at < CHECKSUM_SIZE; at++) {
    if (checksums[offset + at] !== byteOf(hex, at)) return false;
  }
  return true;
}

/** Writes the checksum of `bytes` at `offset` of `checksums`. */
export function writeChecksum(checksums: Uint8Array, offset: number, bytes: Uint8Array): void {
  const hex = sha256Hex(bytes);
  for (let at = 0; at < CHECKSUM_SIZE; at++) checksums[offset + at] = byteOf(hex, at);
}

function byteOf(hex: string, at: number): number {
  return nibble(hex.charCodeAt(2 * at)) << 4 | nibble(hex.charCodeAt(2 * at + 1));
}

function nibble(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
