/**
 * What stands behind the frames of an entry: their index, and a footer with format, version, compression and sizes, so
 * that a storage whose configuration has changed still reads its older entries. Specified in `src/storage/README.md`.
 *
 * @module
 */

import { blockBitsOf, codeOf, type Compression, compressionOf } from "./compression.ts";
import { FACTS_SIZE, FrameIndex, MOST_FRAMES } from "./_frame_index.ts";
import { crc32 } from "./_zlib.ts";

/** Size of the footer, in bytes. */
export const FOOTER_SIZE = 20;

const MAGIC: readonly number[] = [0x66, 0x6c, 0x65, 0x63, 0x7a]; // f l e c z
const VERSION = 2;

/** Block sizes that are read, as powers of two: a block must fit into memory, and a draft gives it as one piece. */
const LEAST_BLOCK_BITS = 16;
const MOST_BLOCK_BITS = 20;

/** What an entry says of itself. */
export interface Trailer {
  /** How its frames are compressed. */
  readonly compression: Compression;
  /** Size of the body, in bytes. */
  readonly size: number;
  /** Size of the entry, in bytes. */
  readonly entrySize: number;
  /** Its frames. */
  readonly index: FrameIndex;
  /** Size of the blocks but the last, in bytes. */
  readonly blockSize: number;
  /** CRC-32 of index and footer: that of another body is another. */
  readonly checksum: number;
}

/** Size of a block: all are as long but the last. */
export function blockSizeAt(trailer: { size: number; blockSize: number }, number: number): number {
  return Math.min(trailer.blockSize, trailer.size - number * trailer.blockSize);
}

/** The trailer of an entry whose frames are those of the index. */
export function formatTrailer(
  compression: Compression,
  size: number,
  index: FrameIndex,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(index.count * FACTS_SIZE + FOOTER_SIZE);
  const view = new DataView(bytes.buffer);
  index.write(view);
  const footerAt = index.count * FACTS_SIZE;
  bytes.set([...MAGIC, VERSION, codeOf(compression), blockBitsOf(compression)], footerAt);
  view.setBigUint64(footerAt + 8, BigInt(size));
  view.setUint32(footerAt + 16, crc32(bytes.subarray(0, footerAt + 16)));
  return bytes;
}

/**
 * Reads a trailer.
 *
 * @param end What the entry ends in.
 * @param entrySize Size of the entry, in bytes.
 * @returns The size that `end` must have, when it is too short; `"newer"` when a later version wrote it, with whatever it
 * knows; `undefined` when it is no trailer, or one that does not belong to an entry of that size.
 */
export function parseTrailer(end: Uint8Array, entrySize: number): Trailer | number | "newer" | undefined {
  const footerAt = end.length - FOOTER_SIZE;
  if (footerAt < 0 || MAGIC.some((byte, at) => end[footerAt + at] !== byte)) return undefined;
  const view = new DataView(end.buffer, end.byteOffset, end.length);
  const compression = compressionOf(view.getUint8(footerAt + 6));
  const blockBits = view.getUint8(footerAt + 7);
  const version = view.getUint8(footerAt + 5);
  if (version !== VERSION) return version > VERSION ? "newer" : undefined;
  if (blockBits < LEAST_BLOCK_BITS || blockBits > MOST_BLOCK_BITS) return undefined;
  const size = Number(view.getBigUint64(footerAt + 8));
  const blockSize = 2 ** blockBits;
  const count = Math.ceil(size / blockSize);
  const trailerSize = count * FACTS_SIZE + FOOTER_SIZE;
  if (count > MOST_FRAMES || trailerSize > entrySize) return undefined;
  if (trailerSize > end.length) return trailerSize;
  const at = end.length - trailerSize;
  const checksum = view.getUint32(footerAt + 16);
  if (crc32(end.subarray(at, footerAt + 16)) !== checksum) return undefined;
  const index = FrameIndex.read(
    new DataView(end.buffer, end.byteOffset + at),
    count,
    (number) => blockSizeAt({ size, blockSize }, number),
  );
  if (index === undefined || index.end + trailerSize !== entrySize) return undefined;
  if (compression === undefined) return "newer";
  return { compression, size, entrySize, index, blockSize, checksum };
}
