/**
 * The checksum of HDF5's metadata, which is also its hash of names: Bob Jenkins' lookup3, byte by byte ("hashlittle").
 *
 * @module
 */

/**
 * The checksum of a range of bytes, as an unsigned 32-bit number.
 *
 * @param bytes Holds the range.
 * @param start Its first byte.
 * @param end Behind its last byte.
 */
export function checksum(bytes: Uint8Array, start: number = 0, end: number = bytes.length): number {
  let at = start;
  let a = (0xdeadbeef + (end - start)) | 0;
  let b = a;
  let c = a;
  for (; end - at > 12; at += 12) {
    a = (a + word(bytes, at)) | 0;
    b = (b + word(bytes, at + 4)) | 0;
    c = (c + word(bytes, at + 8)) | 0;
    a = (a - c) ^ rotate(c, 4);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 6);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 8);
    b = (b + a) | 0;
    a = (a - c) ^ rotate(c, 16);
    c = (c + b) | 0;
    b = (b - a) ^ rotate(a, 19);
    a = (a + c) | 0;
    c = (c - b) ^ rotate(b, 4);
    b = (b + a) | 0;
  }
  if (at === end) return c >>> 0;
  a = (a + tail(bytes, at, end)) | 0;
  b = (b + tail(bytes, at + 4, end)) | 0;
  c = (c + tail(bytes, at + 8, end)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Four bytes, the lowest first. A loop over single bytes would be several times slower. */
function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24);
}

/** Like {@linkcode word}, with zeros from the end of the range on. */
function tail(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = 0; i < 4 && start + i < end; i++) value |= (bytes[start + i] ?? 0) << (8 * i);
  return value;
}
