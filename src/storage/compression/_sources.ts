/**
 * Compressing and decompressing as sources of chunks: through the web's own streams where they are good, through
 * `node:zlib` otherwise.
 *
 * @module
 */

// `as` here: the web's compression streams are typed as taking any BufferSource and giving what they please.

import { type ChunkSource, pulledStream } from "../_pulled_stream.ts";
import type { Compression } from "./compression.ts";
import { brotliCompressor, brotliDecompressor, type BytePair } from "./_zlib.ts";
import { zstdCompressing, zstdDecompressing } from "./_zstd_frames.ts";

/** What `input` gives, compressed. */
export function compressing(compression: Compression, input: ChunkSource): ChunkSource {
  if (compression === "zstd") return zstdCompressing(input);
  return piped(
    input,
    compression === "brotli" ? brotliCompressor() : new CompressionStream(compression) as BytePair,
  );
}

/** What `input` gives, decompressed. */
export function decompressing(compression: Compression, input: ChunkSource): ChunkSource {
  if (compression === "zstd") return zstdDecompressing(input);
  return piped(
    input,
    compression === "brotli" ? brotliDecompressor() : new DecompressionStream(compression) as BytePair,
  );
}

function piped(input: ChunkSource, pair: BytePair): ChunkSource {
  const reader = pulledStream(input).pipeThrough(pair).getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? undefined : new Uint8Array(value);
    },
    close: (reason) => reader.cancel(reason).catch(() => {}),
  };
}
