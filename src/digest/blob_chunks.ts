/**
 * The contents of Blobs and Files, slice by slice: a Blob's own stream hands out all of it as one chunk in some runtimes,
 * and a Blob over a file is then in memory at once.
 *
 * @module
 */

import { getterOf } from "./_getter.ts";
import { toldBlob } from "./told_blob.ts";

const SLICE_BYTES = 1 << 20;

/**
 * Reads a Blob from its beginning to its end.
 *
 * @throws {RangeError} When it is shorter than it says; what reading it failed with.
 */
export async function* blobChunks(blob: Blob): AsyncGenerator<Uint8Array, void> {
  const told = toldBlob(blob);
  const size = told?.size ?? Number(getterOf(Blob.prototype, "size").call(blob));
  let read = 0;
  for await (const chunk of told?.stream() ?? slices(blob, size)) {
    read += chunk.length;
    yield chunk;
  }
  if (read !== size) throw new RangeError("it is shorter than it was");
}

async function* slices(blob: Blob, size: number): AsyncGenerator<Uint8Array, void> {
  const { slice, arrayBuffer } = Blob.prototype;
  for (let start = 0; start < size; start += SLICE_BYTES) {
    const part = slice.call(blob, start, Math.min(size, start + SLICE_BYTES));
    yield new Uint8Array(await arrayBuffer.call(part));
  }
}
