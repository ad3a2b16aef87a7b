/**
 * Writes the pieces of the canonical form: tags, lengths, numbers, strings, bytes. One fixed buffer is written again
 * and again; what exceeds it goes on into an open hash, so that a form of any size takes the same memory.
 *
 * @module
 */
import { recentSha256Hex } from "./_recent.ts";
import { createSha256, type Sha256 } from "./sha256.ts";
import { TAG } from "./_tags.ts";

const CAPACITY_BYTES = 65_536;
/** Above this, bytes are hashed where they lie and not copied. */
const COPY_BYTES = 4096;
/** Up to this many characters a loop is faster than the encoder's call. */
const LOOP_CHARACTERS = 64;
/** Up to this many characters a string surely fits the buffer, at three bytes each. */
const BUFFERED_CHARACTERS = 16_384;

const encoder = new TextEncoder();

/** Writer of the canonical form. */
export class Writer {
  readonly #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(CAPACITY_BYTES);
  readonly #view: DataView = new DataView(this.#buffer.buffer);
  readonly #words: Uint32Array = new Uint32Array(this.#buffer.buffer);
  #at = 0;
  #hash: Sha256 | undefined;

  /** Starts over, with the prefix of a domain. */
  begin(domain: string): void {
    this.#at = 0;
    this.#hash = undefined;
    for (let i = 0; i < domain.length; i++) this.#buffer[this.#at++] = domain.charCodeAt(i);
  }

  /** The digest of all that was written, in hexadecimal. */
  finish(): string {
    if (this.#hash === undefined) return recentSha256Hex(this.#buffer, this.#words, this.#at);
    return this.detach().hex();
  }

  /** All that was written, as a hash that goes on without this writer. */
  detach(): Sha256 {
    const hash = this.#flush();
    this.#hash = undefined;
    return hash;
  }

  /** A tag byte. */
  tag(tag: number): void {
    if (this.#at === CAPACITY_BYTES) this.#flush();
    this.#buffer[this.#at++] = tag;
  }

  /** A length or count: unsigned LEB128, up to 2^53 - 1. */
  length(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#at++] = rest;
  }

  /** A number with its tag: float64, little-endian, one form of NaN. */
  number(value: number): void {
    this.#reserve(9);
    const at = this.#at;
    this.#buffer[at] = TAG.number;
    if (value === value) {
      this.#view.setFloat64(at + 1, value, true);
    } else { // A NaN that was computed has other bits than the literal, depending on the processor.
      this.#view.setUint32(at + 1, 0, true);
      this.#view.setUint32(at + 5, 0x7ff80000, true);
    }
    this.#at = at + 9;
  }

  /** A string with its tag: UTF-8, or UTF-16 where lone surrogates forbid that. */
  string(value: string): void {
    const length = value.length;
    if (length > LOOP_CHARACTERS) return this.#longString(value);
    this.#reserve(length + 2);
    const buffer = this.#buffer;
    let at = this.#at;
    buffer[at++] = TAG.string;
    buffer[at++] = length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return this.#longString(value);
      buffer[at++] = code;
    }
    this.#at = at;
  }

  /** Bytes with their length in front. */
  bytes(bytes: Uint8Array, isShared = false): void {
    this.length(bytes.byteLength);
    if (bytes.byteLength > COPY_BYTES && !isShared) {
      this.#flush().update(bytes);
      return;
    }
    // In pieces of the buffer's size: shared memory must not change while it is hashed.
    for (let from = 0; from < bytes.byteLength; from += CAPACITY_BYTES) {
      const piece = bytes.subarray(from, from + CAPACITY_BYTES);
      this.#reserve(piece.byteLength);
      this.#buffer.set(piece, this.#at);
      this.#at += piece.byteLength;
    }
  }

  #longString(value: string): void {
    if (!value.isWellFormed()) return this.#illFormedString(value);
    if (value.length > BUFFERED_CHARACTERS) {
      this.tag(TAG.string);
      this.bytes(encoder.encode(value));
      return;
    }
    this.#reserve(3 * value.length + 16);
    this.#buffer[this.#at++] = TAG.string;
    // The bytes are put where they lie when all is ASCII, and moved when their number needs a longer prefix.
    const start = this.#at + lengthBytes(value.length);
    const { written } = encoder.encodeInto(value, this.#buffer.subarray(start));
    const shift = lengthBytes(written) - lengthBytes(value.length);
    if (shift > 0) this.#buffer.copyWithin(start + shift, start, start + written);
    this.length(written);
    this.#at += written;
  }

  #illFormedString(value: string): void {
    this.tag(TAG.illFormedString);
    this.length(2 * value.length);
    for (let i = 0; i < value.length; i++) {
      this.#reserve(2);
      this.#view.setUint16(this.#at, value.charCodeAt(i), true);
      this.#at += 2;
    }
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes > CAPACITY_BYTES) this.#flush();
  }

  #flush(): Sha256 {
    const hash = this.#hash ??= createSha256();
    if (this.#at > 0) hash.update(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
    return hash;
  }
}

function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : 3;
}
