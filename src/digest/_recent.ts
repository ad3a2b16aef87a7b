/**
 * Digests of short forms that were hashed lately. The same small arguments come again and again on hits, and one call of
 * the hash costs Deno more than everything else that a digest of them takes.
 *
 * @module
 */
import { sha256Hex } from "./sha256.ts";

/** Longest form that is remembered, in bytes; with the slots it bounds the memory at about half a megabyte. */
const LONGEST_BYTES = 320;
const SLOTS = 1024;

interface Recent {
  readonly length: number;
  readonly words: Uint32Array;
  readonly hex: string;
}

const recent: (Recent | undefined)[] = new Array(SLOTS).fill(undefined);

/**
 * SHA-256 of the first `length` bytes of a buffer, in hexadecimal. A remembered digest is given only for a form that is
 * equal to the last byte.
 *
 * @param bytes The buffer; up to three bytes behind `length` are overwritten.
 * @param words The same memory by words of four bytes, in which forms are compared.
 */
export function recentSha256Hex(bytes: Uint8Array, words: Uint32Array, length: number): string {
  if (length > LONGEST_BYTES) return sha256Hex(bytes.subarray(0, length));
  const count = (length + 3) >>> 2;
  bytes.fill(0, length, count << 2);
  const slot = slotOf(words, count);
  const known = recent[slot];
  if (known !== undefined && known.length === length && startsWith(words, known.words)) return known.hex;
  const hex = sha256Hex(bytes.subarray(0, length));
  recent[slot] = { length, words: words.slice(0, count), hex };
  return hex;
}

/** Spreads forms over the slots; proves nothing. */
function slotOf(words: Uint32Array, count: number): number {
  let mixed = 0x811c9dc5;
  for (let at = 0; at < count; at++) {
    mixed = Math.imul(mixed ^ (words[at] ?? 0), 0x01000193);
    mixed ^= mixed >>> 15;
  }
  return mixed & (SLOTS - 1);
}

function startsWith(words: Uint32Array, start: Uint32Array): boolean {
  for (let at = 0; at < start.length; at++) if (words[at] !== start[at]) return false;
  return true;
}
