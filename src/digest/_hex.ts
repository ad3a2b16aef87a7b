/**
 * Hexadecimal text to bytes, for digests.
 *
 * @module
 */

/** The bytes that lower-case hexadecimal text stands for. */
export function bytesFromHex(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (nibble(hex.charCodeAt(2 * i)) << 4) | nibble(hex.charCodeAt(2 * i + 1));
  }
  return bytes;
}

function nibble(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}
