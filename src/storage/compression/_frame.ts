/**
 * One block of a body and what is stored of it: its frame, compressed, or plain where that would not make it smaller.
 *
 * @module
 */

import type { Compression } from "./compression.ts";
import { compress, compressSync, crc32, decompress, decompressSync } from "./_zlib.ts";

/** A compressed block must be shorter than this part of the block; it is stored plain otherwise. */
const WORTH_IT = 0.97;

/** What the index of an entry says of a frame. */
export interface FrameFacts {
  /** Its size, in bytes. */
  readonly size: number;
  /** Whether it is the block itself. */
  readonly plain: boolean;
  /** CRC-32 of its bytes. */
  readonly checksum: number;
}

/** A frame, and what the index will say of it. */
export interface Frame {
  /** Its bytes; a plain one's are those of the block. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the index will say of it. */
  readonly facts: FrameFacts;
}

function frameOf(bytes: Uint8Array<ArrayBuffer>, plain: boolean): Frame {
  return { bytes, facts: { size: bytes.length, plain, checksum: crc32(bytes) } };
}

function shorter(block: Uint8Array<ArrayBuffer>, compressed: Uint8Array<ArrayBuffer>): Frame {
  const plain = compressed.length > WORTH_IT * block.length;
  return frameOf(plain ? block : compressed, plain);
}

/** The frame of a block that is not worth trying. */
export function plainFrame(block: Uint8Array<ArrayBuffer>): Frame {
  return frameOf(block, true);
}

/** The frame of a block, which must not change meanwhile. */
export async function frame(compression: Compression, block: Uint8Array<ArrayBuffer>): Promise<Frame> {
  return shorter(block, await compress(compression, block));
}

/** {@linkcode frame}, at once: for what is small. */
export function frameSync(compression: Compression, block: Uint8Array<ArrayBuffer>): Frame {
  return shorter(block, compressSync(compression, block));
}

/**
 * The block of a frame.
 *
 * @param size How long the block must be.
 * @throws (rejects) {Error} When the frame is not the one that was stored. Its bytes reach no decompressor then.
 */
export async function unframe(
  compression: Compression,
  bytes: Uint8Array<ArrayBuffer>,
  expected: FrameFacts & { readonly blockSize: number },
): Promise<Uint8Array<ArrayBuffer>> {
  assertFrame(bytes, expected);
  return expected.plain
    ? bytes
    : assertBlock(await decompress(compression, bytes, expected.blockSize), expected.blockSize);
}

/** {@linkcode unframe}, at once: for what is small. A plain block is the frame itself, without a copy. */
export function unframeSync(
  compression: Compression,
  bytes: Uint8Array<ArrayBuffer>,
  expected: FrameFacts & { readonly blockSize: number },
): Uint8Array<ArrayBuffer> {
  assertFrame(bytes, expected);
  return expected.plain
    ? bytes
    : assertBlock(decompressSync(compression, bytes, expected.blockSize), expected.blockSize);
}

function assertFrame(bytes: Uint8Array, { size, checksum }: FrameFacts): void {
  if (bytes.length !== size || crc32(bytes) !== checksum) {
    throw new Error("Cannot decompress: the frame is not the one that was stored");
  }
}

function assertBlock(block: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (block.length !== size) throw new Error("Cannot decompress: the block has not the size that it had");
  return block;
}
