/**
 * The short way of compressed entries: small bodies are compressed and decompressed at once, without a stream.
 *
 * @module
 */

import { joined } from "./_bytes.ts";
import type { Compression } from "./compression.ts";
import { frameSync, unframeSync } from "./_frame.ts";
import { FrameIndex } from "./_frame_index.ts";
import { blockSizeAt, formatTrailer, parseTrailer } from "./_trailer.ts";

/** Longest body that is compressed at once, and longest entry that is decompressed at once, in bytes. Less than a block. */
export const LONGEST_SMALL: number = 64 * 1024;

/** Longest body that decompressing at once may give, in bytes. */
const LONGEST_OUTPUT: number = 1024 * 1024;

/** A whole entry for a small body. */
export function pack(compression: Compression, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const index = new FrameIndex();
  if (body.length === 0) return formatTrailer(compression, 0, index);
  const { bytes, facts } = frameSync(compression, new Uint8Array(body));
  index.add(facts);
  return joined([bytes, formatTrailer(compression, body.length, index)]);
}

/**
 * The body of a small entry; `"damaged"` when it is not a whole one, `"newer"` when a later version wrote it, `"large"` when
 * it needs a stream, `"bomb"` when it is more than `maxRatio` times as long as the entry.
 */
export function unpack(
  entry: Uint8Array<ArrayBuffer>,
  maxRatio: number,
): Uint8Array<ArrayBuffer> | "damaged" | "newer" | "large" | "bomb" {
  const trailer = parseTrailer(entry, entry.length);
  if (trailer === "newer") return trailer;
  if (trailer === undefined || typeof trailer === "number") return "damaged";
  const { compression, index, size } = trailer;
  if (size > maxRatio * entry.length) return "bomb";
  if (size > LONGEST_OUTPUT) return "large";
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (let number = 0; number < index.count; number++) {
      const frame = index.at(number);
      if (frame === undefined) return "damaged";
      const bytes = entry.subarray(frame.offset, frame.offset + frame.size);
      blocks.push(unframeSync(compression, bytes, { ...frame, blockSize: blockSizeAt(trailer, number) }));
    }
  } catch {
    return "damaged";
  }
  const [only, second] = blocks;
  return only !== undefined && second === undefined ? only : joined(blocks);
}
