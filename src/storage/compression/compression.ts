/**
 * The compressions, and the number by which a stored entry names each.
 *
 * @module
 */

/** Names of the compressions, as a configuration writes them. */
export type Compression = "gzip" | "deflate" | "deflate-raw" | "brotli" | "zstd";

/** Number in the header of an entry, per compression. Never reused; 0 stands for bytes that are not compressed. */
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
