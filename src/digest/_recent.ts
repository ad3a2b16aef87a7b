/**
 * Digests of short forms that were hashed lately. The same small arguments come again and again on hits, and one call of
 * the hash costs Deno more than everything else that a digest of them takes.
 *
 * @module
 */
import { sha256Hex } from "./sha256.ts";

/** Longest form that is remembered, in words of four bytes. */
const LONGEST_WORDS = 80;
const SLOTS = 1024;

/** What stands in each slot: a form, its length in bytes, its digest. Made on first use: a third of a megabyte. */
interface Slots {
  readonly forms: Uint32Array;
  readonly lengths: Int32Array;
  readonly digests: string[];
}

let slots: Slots | undefined;

function makeSlots(): Slots {
  return {
    forms: new Uint32Array(SLOTS * LONGEST_WORDS),
    lengths: new Int32Array(SLOTS).fill(-1),
    digests: new Array<string>(SLOTS).fill(""),
  };
}

/**
 * SHA-256 of the first `length` bytes of a buffer, in hexadecimal. A remembered digest is given only for a form that is
 * equal to the last byte.
 *
 * @param bytes The buffer; up to three bytes behind `length` are overwritten.
 * @param words The same memory by words of four bytes, in which forms are compared.
 */
export function recentSha256Hex(bytes: Uint8Array, words: Uint32Array, length: number): string {
  const count = (length + 3) >>> 2;
  if (count > LONGEST_WORDS) return sha256Hex(bytes.subarray(0, length));
  for (let at = length; at < count << 2; at++) bytes[at] = 0;
  const { forms, lengths, digests } = slots ??= makeSlots();
  const slot = slotOf(words, count);
  const start = slot * LONGEST_WORDS;
  if (lengths[slot] === length && isForm(forms, start, words, count)) return digests[slot] ?? "";
  const hex = sha256Hex(bytes.subarray(0, length));
  for (let at = 0; at < count; at++) forms[start + at] = words[at] ?? 0;
  lengths[slot] = length;
  digests[slot] = hex;
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

function isForm(forms: Uint32Array, start: number, words: Uint32Array, count: number): boolean {
  for (let at = 0; at < count; at++) if (forms[start + at] !== words[at]) return false;
  return true;
}
