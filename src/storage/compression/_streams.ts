/**
 * The streams that compress and decompress: the web's own where they are good, `node:zlib`'s otherwise.
 *
 * @module
 */

// `as` here: the web's compression streams are typed as taking any BufferSource and giving what they please.

import type { Compression } from "./compression.ts";
import { type BytePair, zlibCompressor, zlibDecompressor } from "./_zlib.ts";

/** Streams that compress. */
export function compressor(compression: Compression): BytePair {
  return compression === "brotli" || compression === "zstd"
    ? zlibCompressor(compression)
    : new CompressionStream(compression) as BytePair;
}

/** Streams that decompress. */
export function decompressor(compression: Compression): BytePair {
  return compression === "brotli" || compression === "zstd"
    ? zlibDecompressor(compression)
    : new DecompressionStream(compression) as BytePair;
}
