/**
 * What stands around the compressed bytes of an entry: in front the format, its version and the compression, so that
 * a storage whose configuration has changed still reads its older entries; behind them the size of the body, because
 * not every decompressor notices that its input was cut off. Specified in `src/storage/README.md`.
 *
 * @module
 */

import { codeOf, type Compression, compressionOf } from "./compression.ts";

/** Size of what stands in front, in bytes. */
export const HEADER_SIZE = 8;

/** Size of what stands behind, in bytes. */
export const ENDING_SIZE = 8;

const MAGIC: readonly number[] = [0x66, 0x6c, 0x65, 0x63, 0x7a]; // f l e c z
const VERSION = 1;

/** The bytes in front of the compressed ones. */
export function header(compression: Compression): Uint8Array<ArrayBuffer> {
  return new Uint8Array([...MAGIC, VERSION, codeOf(compression), 0]);
}

/** The compression that a header names; `undefined` when it is no header, or one of a version not known here. */
export function parseHeader(bytes: Uint8Array): Compression | undefined {
  if (bytes.length < HEADER_SIZE || MAGIC.some((byte, at) => bytes[at] !== byte)) return undefined;
  return bytes[5] === VERSION && bytes[7] === 0 ? compressionOf(bytes[6] ?? 0) : undefined;
}

/** The bytes behind the compressed ones. */
export function ending(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ENDING_SIZE);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(size));
  return bytes;
}

/** The size of the body that an ending names. */
export function parseEnding(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, ENDING_SIZE).getBigUint64(0));
}
