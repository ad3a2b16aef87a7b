/**
 * How large arrays are cut into chunks: rows of their first dimension, so that the chunks one after the other are the
 * array itself in C order, and a reader of a part of it reads little else.
 *
 * @module
 */

/** Arrays from this size on are chunked. */
const CHUNKED_BYTES = 4 * 1024 * 1024;

/** A chunk is about this large. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * How many rows a chunk has.
 *
 * @param elementBytes Bytes of one element.
 * @returns `undefined` when the array is not chunked: a small one, or one whose rows are larger than a chunk should be.
 */
export function chunkRows(shape: readonly number[], elementBytes: number): number | undefined {
  const size = shape.reduce((product, extent) => product * extent, elementBytes);
  const [rows = 0] = shape;
  if (size < CHUNKED_BYTES || rows === 0) return undefined;
  const rowBytes = size / rows;
  return rowBytes > CHUNK_BYTES ? undefined : Math.floor(CHUNK_BYTES / rowBytes);
}
