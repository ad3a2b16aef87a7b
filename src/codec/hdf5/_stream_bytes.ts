/**
 * A stream of bytes as one piece: an HDF5 file refers back and forth, so that it can be read only when all of it is
 * there.
 *
 * @module
 */

/** All bytes of a stream. Each chunk is let go of as soon as it was copied, so that few are held twice. */
export async function bytesOfStream(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  chunks.reverse();
  for (let at = 0, chunk = chunks.pop(); chunk !== undefined; chunk = chunks.pop()) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
