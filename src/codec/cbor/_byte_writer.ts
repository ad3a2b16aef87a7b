/**
 * CBOR items into a growing buffer, or into chunks of a stream: heads, numbers, text, bytes. It knows nothing of
 * JavaScript's objects.
 *
 * @module
 */

// `as` here: no content comes from shared memory, which is refused where the objects are looked at.

import { writeWtf8 } from "../_wtf8.ts";
import {
  BYTES,
  FALSE,
  FLOAT16,
  FLOAT32,
  FLOAT64,
  NEGATIVE,
  NULL,
  TAG,
  TAG_BIGNUM,
  TAG_NEGATIVE_BIGNUM,
  TAG_WTF8,
  TEXT,
  TRUE,
  UNDEFINED,
  UNSIGNED,
} from "./_format.ts";

const INITIAL_BYTES = 4096;
/** Up to here the result is copied out and the buffer kept; a larger one is handed over. */
const KEPT_BYTES = 1 << 16;
/** Text up to here is converted in a loop, which is faster than a call into the runtime. */
const SHORT_TEXT = 48;
/** Text from here on is converted apart, instead of reserving three bytes a character. */
const LONG_TEXT = 1 << 14;

/** Content from here on is not copied where it goes into a stream, or past what is wanted. */
const LARGE_CONTENT = 1 << 16;

const encoder = new TextEncoder();

/** A buffer that CBOR items are appended to. */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #position = 0;
  /** With more bytes than this it is full; -1 once there is content apart. */
  #most = Infinity;
  /** Whether large content is set apart wherever it comes, not only where it would make the writer full. */
  #setsApart = false;
  /** Large content, and what was written before it. */
  #apart: Uint8Array<ArrayBuffer>[] = [];

  /**
   * Forgets what was written.
   *
   * @param most With more bytes than this it is {@linkcode full}.
   * @param setsApart Whether all large content is set apart, as for a stream, instead of being copied up to `most`.
   */
  reset(most: number = Infinity, setsApart: boolean = false): void {
    this.#position = 0;
    this.#most = most;
    this.#setsApart = setsApart;
    if (this.#apart.length > 0) this.#apart = [];
  }

  /** Whether so much was written that it is time to {@linkcode takeChunks} it. */
  get full(): boolean {
    return this.#position > this.#most;
  }

  /** What was written, in one chunk or more; large ones among them are views of the memory that was to be written. */
  takeChunks(): Uint8Array<ArrayBuffer>[] {
    this.#setApart();
    return this.#apart;
  }

  /** What was written, as bytes that are the caller's to keep; the writer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const size = this.#position;
    this.#position = 0;
    if (size <= KEPT_BYTES) {
      const taken = this.#bytes.slice(0, size);
      if (this.#bytes.length > KEPT_BYTES) this.#use(new Uint8Array(INITIAL_BYTES));
      return taken;
    }
    const filled = this.#bytes;
    this.#use(new Uint8Array(INITIAL_BYTES));
    // A view keeps its whole buffer alive: worth it only where little of that is unused.
    return size * 4 >= filled.length * 3 ? filled.subarray(0, size) : filled.slice(0, size);
  }

  /** One of the one-byte items: a small integer, null, undefined. */
  byte(byte: number): void {
    if (this.#position === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#position++] = byte;
  }

  /** An item's head: its major type and its number. */
  head(major: number, value: number): void {
    if (this.#position + 9 > this.#bytes.length) this.#grow(9);
    const bytes = this.#bytes;
    if (value < 24) {
      bytes[this.#position++] = major | value;
    } else if (value < 0x100) {
      bytes[this.#position++] = major | 24;
      bytes[this.#position++] = value;
    } else if (value < 0x10000) {
      bytes[this.#position++] = major | 25;
      bytes[this.#position++] = value >> 8;
      bytes[this.#position++] = value;
    } else if (value < 0x100000000) {
      bytes[this.#position++] = major | 26;
      this.#view.setUint32(this.#position, value);
      this.#position += 4;
    } else {
      bytes[this.#position++] = major | 27;
      this.#view.setUint32(this.#position, Math.floor(value / 0x100000000));
      this.#view.setUint32(this.#position + 4, value >>> 0);
      this.#position += 8;
    }
  }

  /** The item `null`. */
  null(): void {
    this.byte(NULL);
  }

  /** The item `undefined`. */
  undefined(): void {
    this.byte(UNDEFINED);
  }

  /** One of the items `true` and `false`. */
  boolean(value: boolean): void {
    this.byte(value ? TRUE : FALSE);
  }

  /** A number: an integer where it is a safe one, else the shortest of single and double that keeps it. */
  number(value: number): void {
    if (Number.isSafeInteger(value) && (value !== 0 || Object.is(value, 0))) {
      if (value >= 0) this.head(UNSIGNED, value);
      else this.head(NEGATIVE, -1 - value);
      return;
    }
    if (this.#position + 9 > this.#bytes.length) this.#grow(9);
    if (value === 0) this.#half(0x8000);
    else if (value !== value) this.#half(0x7e00);
    else if (value === Infinity) this.#half(0x7c00);
    else if (value === -Infinity) this.#half(0xfc00);
    else if (Math.fround(value) === value) {
      this.#bytes[this.#position] = FLOAT32;
      this.#view.setFloat32(this.#position + 1, value);
      this.#position += 5;
    } else {
      this.#bytes[this.#position] = FLOAT64;
      this.#view.setFloat64(this.#position + 1, value);
      this.#position += 9;
    }
  }

  /** A bigint, always as a bignum: 5n is not the integer 5, which is a number's. */
  bigint(value: bigint): void {
    const negative = value < 0n;
    this.head(TAG, negative ? TAG_NEGATIVE_BIGNUM : TAG_BIGNUM);
    const digits = (negative ? -1n - value : value).toString(16);
    const hex = digits === "0" ? "" : digits.length % 2 === 0 ? digits : `0${digits}`;
    this.bytes(Uint8Array.fromHex(hex));
  }

  /** A byte string. */
  bytes(content: Uint8Array): void {
    this.head(BYTES, content.length);
    this.#content(content);
  }

  #content(content: Uint8Array): void {
    if (
      content.length >= LARGE_CONTENT &&
      (this.#setsApart || this.#position + content.length > this.#most)
    ) {
      this.#setApart();
      this.#apart.push(content as Uint8Array<ArrayBuffer>);
      this.#most = -1;
      return;
    }
    if (this.#position + content.length > this.#bytes.length) this.#grow(content.length);
    this.#bytes.set(content, this.#position);
    this.#position += content.length;
  }

  /** A text string; one with lone surrogates, which UTF-8 cannot hold, as tagged WTF-8. */
  text(text: string): void {
    const length = text.length;
    if (length > SHORT_TEXT) {
      this.#longText(text);
      return;
    }
    if (this.#position + 5 + length * 3 > this.#bytes.length) this.#grow(5 + length * 3);
    const bytes = this.#bytes;
    const start = this.#position + (length < 24 ? 1 : 2);
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.#unicodeText(text);
        return;
      }
      bytes[start + i] = unit;
    }
    if (length < 24) {
      bytes[this.#position] = TEXT | length;
    } else {
      bytes[this.#position] = TEXT | 24;
      bytes[this.#position + 1] = length;
    }
    this.#position = start + length;
  }

  #unicodeText(text: string): void {
    if (!text.isWellFormed()) {
      this.#wtf8(text);
      return;
    }
    // At most 48 characters, so at most 144 bytes: the head takes one byte or two.
    const start = this.#position + 2;
    const size = writeWtf8(text, this.#bytes, start) - start;
    if (size < 24) {
      this.#bytes[this.#position] = TEXT | size;
      this.#bytes.copyWithin(this.#position + 1, start, start + size);
      this.#position += 1 + size;
    } else {
      this.#bytes[this.#position] = TEXT | 24;
      this.#bytes[this.#position + 1] = size;
      this.#position = start + size;
    }
  }

  #longText(text: string): void {
    if (!text.isWellFormed()) {
      this.#wtf8(text);
    } else if (text.length >= LONG_TEXT) {
      const content = encoder.encode(text);
      this.head(TEXT, content.length);
      this.#content(content);
    } else {
      if (this.#position + 3 + text.length * 3 > this.#bytes.length) this.#grow(3 + text.length * 3);
      // Fewer than 2^14 characters: below 2^16 bytes, so the head takes two bytes or three.
      const start = this.#position + (text.length < 0x100 ? 2 : 3);
      const size = encoder.encodeInto(text, this.#bytes.subarray(start)).written;
      const shift = size < 0x100 || text.length >= 0x100 ? 0 : 1;
      if (shift > 0) this.#bytes.copyWithin(start + 1, start, start + size);
      this.head(TEXT, size);
      this.#position += size;
    }
  }

  #wtf8(text: string): void {
    const content = new Uint8Array(text.length * 3);
    this.head(TAG, TAG_WTF8);
    this.bytes(content.subarray(0, writeWtf8(text, content, 0)));
  }

  #half(bits: number): void {
    this.#bytes[this.#position] = FLOAT16;
    this.#bytes[this.#position + 1] = bits >> 8;
    this.#bytes[this.#position + 2] = bits;
    this.#position += 3;
  }

  #setApart(): void {
    if (this.#position > 0) this.#apart.push(this.#bytes.slice(0, this.#position));
    this.#position = 0;
  }

  #grow(size: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#position + size));
    grown.set(this.#bytes.subarray(0, this.#position));
    this.#use(grown);
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
