/** Streams as storages hand them over, and what is read from them. @module */

/** Bytes of a chunk: what the file storages read at once. */
const CHUNK_BYTES = 256 * 1024;

/** A stream over bytes that are already there; nothing is copied. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let offset = 0;
  return new ReadableStream({
    pull(controller) {
      if (offset < bytes.byteLength) controller.enqueue(bytes.subarray(offset, offset += CHUNK_BYTES));
      else controller.close();
    },
  });
}

/** Reads a stream to its end; the chunks, not joined. */
export async function drained(stream: ReadableStream<Uint8Array>): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) chunks.push(read.value);
  return chunks;
}

/** The chunks as one. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
