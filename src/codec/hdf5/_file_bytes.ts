/**
 * A file's bytes with every access checked: what lies outside is damage. Numbers are little-endian.
 *
 * @module
 */

import { checksum } from "./_checksum.ts";
import { malformed } from "./_malformed.ts";

/** How often all bytes are gone through at most: an object's header may be read for its value, and on the way to others. */
const MOST_PASSES = 8;

/** Bytes that are read by address. */
export class FileBytes {
  /** All of them. */
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #unclaimed: number;
  #unspent: number;

  /** @param bytes The file. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#unclaimed = bytes.length;
    this.#unspent = bytes.length * MOST_PASSES;
  }

  /** How many there are. */
  get length(): number {
    return this.bytes.length;
  }

  /** One byte. */
  u8(at: number): number {
    return this.bytes[at] ?? this.#outside(at);
  }

  /** Two bytes. */
  u16(at: number): number {
    return at + 2 <= this.bytes.length ? this.#view.getUint16(at, true) : this.#outside(at);
  }

  /** Four bytes. */
  u32(at: number): number {
    return at + 4 <= this.bytes.length ? this.#view.getUint32(at, true) : this.#outside(at);
  }

  /** Eight bytes: an address, a length or a count. "No address" is larger than any file. */
  u64(at: number): number {
    if (at + 8 > this.bytes.length) this.#outside(at);
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 2 ** 32;
  }

  /** So many bytes, at most six: a number. */
  uint(at: number, length: number): number {
    let value = 0;
    for (let i = length - 1; i >= 0; i--) value = value * 256 + this.u8(at + i);
    return value;
  }

  /** A range, not copied. */
  range(at: number, length: number): Uint8Array {
    if (!(at >= 0 && length >= 0 && at + length <= this.bytes.length)) this.#outside(at);
    return this.bytes.subarray(at, at + length);
  }

  /** A text of ASCII characters or UTF-8 without damage. */
  text(at: number, length: number): string {
    return decodeText(this.range(at, length), at);
  }

  /** Makes sure that a block begins with four characters. */
  expect(at: number, signature: string): void {
    for (let i = 0; i < signature.length; i++) {
      if (this.u8(at + i) !== signature.charCodeAt(i)) malformed(`a block "${signature}" is missing`, at);
    }
  }

  /** Makes sure that a block ends with its checksum. */
  checkSum(start: number, end: number): void {
    this.spend(end - start, start);
    if (this.u32(end) !== checksum(this.bytes, start, end)) malformed("a block is damaged", start);
  }

  /** Counts bytes that are about to be gone through: blocks that overlap would take any amount of time. */
  spend(length: number, at: number): void {
    this.#unspent -= length;
    if (this.#unspent < 0) malformed("its parts overlap", at);
  }

  /**
   * Counts content that is about to be copied: all content together is no larger than the file, and what says
   * otherwise, by laying one thing over another, would take any amount of memory.
   */
  claim(length: number, at: number): void {
    this.#unclaimed -= length;
    if (this.#unclaimed < 0) malformed("more content is declared than there are bytes", at);
  }

  #outside(at: number): never {
    return malformed(
      "it ends too early, or an address is wrong",
      Math.min(Math.max(at, 0), this.bytes.length),
    );
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that bytes are in UTF-8. */
export function decodeText(bytes: Uint8Array, offset: number): string {
  if (bytes.length < 24) {
    // A decoder takes longer to call than a few characters to read.
    let text = "";
    for (let i = 0; i < bytes.length; i++) {
      const unit = bytes[i] ?? 0;
      if (unit > 0x7f) return decoded(bytes, offset);
      text += String.fromCharCode(unit);
    }
    return text;
  }
  return decoded(bytes, offset);
}

function decoded(bytes: Uint8Array, offset: number): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    return malformed("a text is not UTF-8", offset, cause);
  }
}
