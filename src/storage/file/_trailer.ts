/**
 * The trailer that stands behind every payload and lets each byte of an entry be checked. Specified byte by byte in
 * `src/storage/README.md`; this file is its only reader and writer.
 *
 * @module
 */

import { CHECKSUM_SIZE, checksumStandsAt, writeChecksum } from "./_checksum.ts";

/** Size of what is checked at once, in bytes, in the entries that are written. */
export const CHUNK_SIZE: number = 256 * 1024;

/** Size of the end of the trailer, the same in every format version. */
export const FOOTER_SIZE = 64;

/** Where the seal stands in the footer. */
const SEAL_OFFSET = 32;

/** Bounds on the chunk size that a reader accepts, in bytes. */
const SMALLEST_CHUNK = 64 * 1024;
const LARGEST_CHUNK = 1024 * 1024;

/** Largest body, in bytes: 1 TiB. Its checksums, 128 MiB, are in memory while it is written and read. */
export const LARGEST_BODY: number = 2 ** 40;

/** Most bytes that the checksums of an entry may take. */
const LARGEST_TABLE: number = LARGEST_BODY / CHUNK_SIZE * CHECKSUM_SIZE;

/** Longest key that can be kept in a trailer, in bytes. */
const LONGEST_KEPT_KEY: number = 1024 * 1024;

const MAGIC: readonly number[] = [0x89, 0x66, 0x6c, 0x65, 0x63, 0x68, 0x65, 0x0a]; // \x89 f l e c h e \n
const VERSION = 1;

/** What a footer says of its entry, checked against the size of the file but not yet against the seal. */
export interface Footer {
  /** Bytes of the body. */
  readonly payloadSize: number;
  /** Bytes that one checksum covers; the last chunk may be shorter. */
  readonly chunkSize: number;
  /** How many chunks there are; checksums are kept when it is more than one. */
  readonly chunkCount: number;
  /** Where in the file the sealed bytes begin. */
  readonly sealedFrom: number;
  /** Where in the file the seal begins, and the sealed bytes end. */
  readonly sealAt: number;
  /** Bytes of the key that is kept in the trailer; 0 where the file name tells it. */
  readonly keptKeySize: number;
}

/**
 * Reads the footer that stands at `offset`.
 *
 * @param view Holds the footer.
 * @param offset Where in `view` it begins.
 * @param fileSize Size of the whole file, which must be what the footer says.
 * @returns `"damaged"` when this is no footer or does not fit the file, `"newer"` when a later version wrote it.
 */
export function parseFooter(
  view: DataView,
  offset: number,
  fileSize: number,
): Footer | "damaged" | "newer" {
  if (offset < 0) return "damaged";
  for (let at = 0; at < MAGIC.length; at++) {
    if (view.getUint8(offset + at) !== MAGIC[at]) return "damaged";
  }
  const version = view.getUint16(offset + 8);
  if (version > VERSION) return "newer";
  const chunkSize = view.getUint32(offset + 12);
  const payloadSize = view.getUint32(offset + 16) * 2 ** 32 + view.getUint32(offset + 20);
  const keptKeySize = view.getUint32(offset + 24);
  const unused = view.getUint16(offset + 10) | view.getUint32(offset + 28);
  if (version !== VERSION || unused !== 0) return "damaged";
  if (chunkSize < SMALLEST_CHUNK || chunkSize > LARGEST_CHUNK) return "damaged";
  const chunkCount = payloadSize === 0 ? 1 : Math.ceil(payloadSize / chunkSize);
  const tableSize = chunkCount > 1 ? chunkCount * CHECKSUM_SIZE : 0;
  // What is read and checked before the first byte is no more than this, whatever a file claims.
  if (payloadSize > LARGEST_BODY || tableSize > LARGEST_TABLE || keptKeySize > LONGEST_KEPT_KEY) {
    return "damaged";
  }
  if (payloadSize + tableSize + keptKeySize + FOOTER_SIZE !== fileSize) return "damaged";
  return {
    payloadSize,
    chunkSize,
    chunkCount,
    sealedFrom: chunkCount > 1 ? payloadSize : 0,
    sealAt: fileSize - FOOTER_SIZE + SEAL_OFFSET,
    keptKeySize,
  };
}

/** Whether the seal that stands at `sealAt` of `bytes` is that of the bytes from `from` on: the key, then what is sealed. */
export function sealHolds(bytes: Uint8Array, from: number, sealAt: number): boolean {
  return checksumStandsAt(bytes, sealAt, bytes.subarray(from, sealAt));
}

/**
 * Writes the end of an entry.
 *
 * @param sealed The payload of an entry of one chunk, the checksums of all chunks otherwise.
 * @param payloadSize Size of the payload, in bytes.
 * @param key The UTF-8 form of the entry's key.
 * @param keepsKey Whether the key is kept in the trailer.
 * @returns `sealed` and the rest of the trailer behind it, as they stand in the file.
 * @throws {RangeError} When a key that is to be kept is too long.
 */
export function sealed(
  sealed: Uint8Array,
  payloadSize: number,
  key: Uint8Array,
  keepsKey: boolean,
): Uint8Array<ArrayBuffer> {
  const keptKeySize = keepsKey ? key.length : 0;
  if (keptKeySize > LONGEST_KEPT_KEY) {
    throw new RangeError(`Cannot keep a key of ${key.length} bytes: too long`);
  }
  const footerAt = key.length + sealed.length + keptKeySize;
  const bytes = new Uint8Array(footerAt + FOOTER_SIZE);
  bytes.set(key);
  bytes.set(sealed, key.length);
  if (keepsKey) bytes.set(key, key.length + sealed.length);
  bytes.set(MAGIC, footerAt);
  const view = new DataView(bytes.buffer);
  view.setUint16(footerAt + 8, VERSION);
  view.setUint32(footerAt + 12, CHUNK_SIZE);
  view.setUint32(footerAt + 16, Math.floor(payloadSize / 2 ** 32));
  view.setUint32(footerAt + 20, payloadSize % 2 ** 32);
  view.setUint32(footerAt + 24, keptKeySize);
  const sealAt = footerAt + SEAL_OFFSET;
  writeChecksum(bytes, sealAt, bytes.subarray(0, sealAt));
  return bytes.subarray(key.length);
}
