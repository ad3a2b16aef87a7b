/** Bodies that say themselves whether they are whole, for processes that do not know what the others put. */

const HEAD_BYTES = 8;

/** A body of `size` bytes that follows from its seed. */
export function markedBody(seed: number, size: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(HEAD_BYTES + size);
  const head = new DataView(body.buffer);
  head.setUint32(0, seed);
  head.setUint32(4, size);
  for (let at = 0, state = seed; at < size; at++) {
    body[HEAD_BYTES + at] = (state = Math.imul(state, 69069) + 1) >>> 24;
  }
  return body;
}

/** Whether it is one of these, every byte of it. */
export function isWhole(body: Uint8Array<ArrayBuffer>): boolean {
  if (body.length < HEAD_BYTES) return false;
  const head = new DataView(body.buffer, body.byteOffset);
  const expected = markedBody(head.getUint32(0), body.length - HEAD_BYTES);
  return expected.every((byte, at) => byte === body[at]);
}
