/**
 * The compressions, the number by which a stored entry names each, and how long the blocks are that each compresses.
 *
 * @module
 */

/** Names of the compressions, as a configuration writes them. */
export type Compression = "gzip" | "deflate" | "deflate-raw" | "brotli" | "zstd";

/** Number in an entry, per compression. Never reused. */
const CODES: ReadonlyMap<Compression, number> = new Map([
  ["gzip", 1],
  ["deflate", 2],
  ["deflate-raw", 3],
  ["brotli", 4],
  ["zstd", 5],
]);

/** The names of all compressions. */
export const compressions: readonly Compression[] = [...CODES.keys()];

/** Whether a name is that of a compression. */
export function isCompression(name: unknown): name is Compression {
  return compressions.some((compression) => compression === name);
}

/** The number of a compression. */
export function codeOf(compression: Compression): number {
  return CODES.get(compression) ?? 0;
}

/** The compression with that number. */
export function compressionOf(code: number): Compression | undefined {
  return compressions.find((compression) => CODES.get(compression) === code);
}

/**
 * Size of the blocks that a body is cut into, as a power of two: 256 KiB; of brotli 1 MiB, because it finds more in
 * longer ones (`src/storage/README.md` has the figures).
 */
export function blockBitsOf(compression: Compression): number {
  return compression === "brotli" ? 20 : 18;
}
