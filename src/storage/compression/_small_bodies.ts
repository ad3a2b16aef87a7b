/**
 * The short way of compressed entries: small bodies are compressed and decompressed at once, without a stream.
 *
 * @module
 */

import { joined } from "./_bytes.ts";
import type { Compression } from "./compression.ts";
import { ending, ENDING_SIZE, header, HEADER_SIZE, parseEnding, parseHeader } from "./_envelope.ts";
import { compressSync, decompressSync } from "./_zlib.ts";

/** Longest body that is compressed at once, and longest entry that is decompressed at once, in bytes. */
export const LONGEST_SMALL: number = 64 * 1024;

/** Longest body that decompressing at once may give, in bytes. */
const LONGEST_OUTPUT: number = 1024 * 1024;

/** A whole entry for a small body. */
export function pack(compression: Compression, body: Uint8Array): Uint8Array {
  return joined([header(compression), compressSync(compression, body), ending(body.length)]);
}

/** The body of a small entry; `"damaged"` when it is not a whole one of a known version, `"large"` when it needs a stream. */
export function unpack(entry: Uint8Array): Uint8Array<ArrayBuffer> | "damaged" | "large" {
  const compression = parseHeader(entry);
  if (compression === undefined || entry.length < HEADER_SIZE + ENDING_SIZE) return "damaged";
  const endingAt = entry.length - ENDING_SIZE;
  const size = parseEnding(entry.subarray(endingAt));
  if (size > LONGEST_OUTPUT) return "large";
  try {
    // One byte more than there should be, so that too much is seen as well as too little.
    const body = decompressSync(compression, entry.subarray(HEADER_SIZE, endingAt), size + 1);
    return body.length === size ? new Uint8Array(body) : "damaged";
  } catch {
    return "damaged";
  }
}
