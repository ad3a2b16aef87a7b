/**
 * Datasets: their type, their extent, and where their elements lie. Nothing is allocated before its size is held
 * against the file's.
 *
 * @module
 */

import { readType } from "./_datatype_reader.ts";
import type { FileBytes } from "./_file_bytes.ts";
import {
  INDEX_IMPLICIT,
  LAYOUT_CHUNKED,
  LAYOUT_COMPACT,
  LAYOUT_CONTIGUOUS,
  SPACE_NULL,
  SPACE_SCALAR,
} from "./_format.ts";
import { malformed, unusual } from "./_malformed.ts";
import type { Dataset, ElementType } from "./_node.ts";
import type { TextHeapReader } from "./_text_heap_reader.ts";

/** HDF5 has no more dimensions. */
const MOST_DIMENSIONS = 32;

/** Where the messages of a dataset are. */
interface Messages {
  readonly space: number;
  readonly type: number;
  readonly layout: number;
}

/** Whether an extent is that of a single element. */
export function isScalar(file: FileBytes, at: number): boolean {
  return readShape(file, at)?.length === 0;
}

/** Lengths of the dimensions; `undefined` for a null dataspace. */
function readShape(file: FileBytes, at: number): readonly number[] | undefined {
  const [version, rank, , kind] = [file.u8(at), file.u8(at + 1), 0, file.u8(at + 3)];
  if (version !== 2) unusual("extents of another version", at);
  if (kind === SPACE_NULL) return undefined;
  if (kind === SPACE_SCALAR) return [];
  if (rank > MOST_DIMENSIONS) malformed("an array has too many dimensions", at);
  return Array.from({ length: rank }, (_, i) => file.u64(at + 4 + 8 * i));
}

/** The dataset that messages describe. */
export function datasetOf(file: FileBytes, texts: TextHeapReader, at: Messages): Dataset {
  const shape = readShape(file, at.space);
  const type = readType(file, at.type);
  const size = (shape ?? [0]).reduce((product, extent) => product * extent, type.size);
  if (!(size <= file.length)) malformed("an array is larger than the file", at.space);
  return {
    type,
    shape,
    bytes: () => {
      file.claim(size, at.layout);
      // An array in the type's own order; ours is that of the machine.
      return littleEndian(elementsOf(file, at.layout, { type, shape: shape ?? [0], size }), type);
    },
    text: () => {
      const start = placeOf(file, at.layout, type.size) ?? malformed("a text is missing", at.layout);
      const bytes = type.kind === "variable text" ? texts.bytes(start) : file.range(start, type.size);
      // Many may say the same text.
      file.spend(bytes.length, start);
      return bytes;
    },
  };
}

/** Where the elements begin, if they lie one after the other; `undefined` when they do not. */
function placeOf(file: FileBytes, at: number, size: number): number | undefined {
  const [version, layout] = [file.u8(at), file.u8(at + 1)];
  if (version < 3 || version > 5) unusual("layouts of another version", at);
  if (layout === LAYOUT_COMPACT) {
    if (file.u16(at + 2) < size) malformed("an array is cut short", at);
    return at + 4;
  }
  if (layout !== LAYOUT_CONTIGUOUS) return undefined;
  if (file.u64(at + 10) < size) malformed("an array is cut short", at);
  return size === 0 ? 0 : file.u64(at + 2);
}

function elementsOf(
  file: FileBytes,
  at: number,
  array: { readonly type: ElementType; readonly shape: readonly number[]; readonly size: number },
): Uint8Array<ArrayBuffer> {
  const { type, shape, size } = array;
  const place = placeOf(file, at, size);
  if (place !== undefined) return new Uint8Array(file.range(place, size));
  if (file.u8(at + 1) !== LAYOUT_CHUNKED || file.u8(at) < 4) {
    unusual("an unusual layout", at);
  }
  const [rank, width] = [file.u8(at + 3), file.u8(at + 4)];
  const extents = Array.from({ length: rank }, (_, i) => file.uint(at + 5 + i * width, Math.min(width, 6)));
  const index = at + 5 + rank * width;
  // Chunks of whole rows, one after the other, are what this codec writes.
  const isOurs = file.u8(index) === INDEX_IMPLICIT && file.u8(at + 2) === 0 && rank === shape.length + 1 &&
    shape.slice(1).every((extent, i) => extents[i + 1] === extent) && extents[shape.length] === type.size;
  if (!isOurs) unusual("other chunks than those of this codec", at);
  return new Uint8Array(file.range(file.u64(index + 1), size));
}

/** Turns elements round whose highest byte stands first. */
function littleEndian(bytes: Uint8Array<ArrayBuffer>, type: ElementType): Uint8Array<ArrayBuffer> {
  const size = type.kind === "complex" ? type.size / 2 : type.size;
  if (!type.bigEndian || size === 1) return bytes;
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
  return bytes;
}
