/**
 * Opcodes into a buffer, cut into frames. It knows nothing of JavaScript's objects.
 *
 * @module
 */

import { writeWtf8 } from "../_wtf8.ts";
import {
  BINBYTES,
  BINBYTES8,
  BINFLOAT,
  BINGET,
  BININT,
  BININT1,
  BININT2,
  BINUNICODE,
  BINUNICODE8,
  FRAME,
  LONG1,
  LONG4,
  LONG_BINGET,
  MEMOIZE,
  POP,
  SHORT_BINBYTES,
  SHORT_BINUNICODE,
} from "./_opcodes.ts";

/** A frame ends at the first chance after so many bytes. */
const FRAME_BYTES = 1 << 18;
/** `FRAME` and its length. */
const FRAME_HEAD = 9;
const INITIAL_BYTES = 4096;
/** Text up to here is converted in a loop, which is faster than a call into the runtime. */
const SHORT_TEXT = 40;
/** Payloads from here on stand outside of the frames, as Python writes them, and are not copied. */
export const LARGE_BYTES: number = 1 << 16;

const encoder = new TextEncoder();

/** A buffer that opcodes are appended to. What is full is handed over frame by frame. */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #position = 0;
  /** Where the frame's head stands; -1 between frames. */
  #frame = -1;
  /** How many entries the reader's memo has. */
  #memoized = 0;
  /** Payloads, each behind so many bytes of the buffer. */
  #large: { readonly at: number; readonly content: Uint8Array }[] = [];
  #largeBytes = 0;
  /** Which of the chunks that were taken last may be the caller's own memory. */
  lent: ReadonlySet<Uint8Array> = new Set();

  /** Begins a pickle; what was written before is forgotten. */
  begin(protocol: number): void {
    this.reset();
    this.#bytes[0] = 0x80;
    this.#bytes[1] = protocol;
    this.#position = 2;
    this.#openFrame();
  }

  /** Forgets what was written. */
  reset(): void {
    this.#position = 0;
    this.#frame = -1;
    this.#memoized = 0;
    this.#large = [];
    this.#largeBytes = 0;
    if (this.#bytes.length > FRAME_BYTES * 2) this.#use(new Uint8Array(INITIAL_BYTES));
  }

  /** Whether there is enough for a chunk. */
  get isFull(): boolean {
    return this.#position >= FRAME_BYTES || this.#largeBytes > 0;
  }

  /** What was written since the last time, as chunks; large payloads are views of the caller's own memory. */
  take(isLast: boolean): Uint8Array<ArrayBufferLike>[] {
    this.#closeFrame();
    const chunks: Uint8Array[] = [];
    let from = 0;
    for (const { at, content } of this.#large) {
      if (at > from) chunks.push(this.#bytes.slice(from, at));
      chunks.push(content);
      from = at;
    }
    if (this.#position > from) chunks.push(this.#bytes.slice(from, this.#position));
    if (this.#large.length > 0 || this.lent.size > 0) {
      this.lent = new Set(this.#large.map(({ content }) => content));
    }
    this.#position = 0;
    this.#large = [];
    this.#largeBytes = 0;
    if (!isLast) this.#openFrame();
    return chunks;
  }

  /** An opcode without an argument. */
  byte(opcode: number): void {
    if (this.#position === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#position++] = opcode;
  }

  /** Makes the reader remember what is on top of its stack; gives its number. */
  memoize(): number {
    this.byte(MEMOIZE);
    return this.#memoized++;
  }

  /** What the reader remembers under a number. */
  get(index: number): void {
    if (this.#position + 5 > this.#bytes.length) this.#grow(5);
    const bytes = this.#bytes;
    if (index < 0x100) {
      bytes[this.#position++] = BINGET;
      bytes[this.#position++] = index;
    } else {
      bytes[this.#position++] = LONG_BINGET;
      this.#view.setUint32(this.#position, index, true);
      this.#position += 4;
    }
  }

  /** A number: an int where it is a safe integer, else a float. */
  number(value: number): void {
    if (this.#position + 12 > this.#bytes.length) this.#grow(12);
    const bytes = this.#bytes;
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= 0 && value < 0x10000) {
        if (value < 0x100) {
          bytes[this.#position++] = BININT1;
          bytes[this.#position++] = value;
        } else {
          bytes[this.#position++] = BININT2;
          bytes[this.#position++] = value;
          bytes[this.#position++] = value >> 8;
        }
      } else {
        bytes[this.#position] = BININT;
        this.#view.setInt32(this.#position + 1, value, true);
        this.#position += 5;
      }
    } else if (Number.isSafeInteger(value) && value !== 0) {
      this.#longInteger(value);
    } else {
      bytes[this.#position] = BINFLOAT;
      this.#view.setFloat64(this.#position + 1, value);
      this.#position += 9;
    }
  }

  /** A safe integer of more than 32 bits, in as few bytes as two's complement takes. */
  #longInteger(value: number): void {
    const start = this.#position;
    this.#bytes[start] = LONG1;
    let at = start + 2;
    let rest = value;
    for (;;) {
      const low = ((rest % 0x100) + 0x100) % 0x100;
      this.#bytes[at++] = low;
      rest = (rest - low) / 0x100;
      if ((rest === 0 && low < 0x80) || (rest === -1 && low >= 0x80)) break;
    }
    this.#bytes[start + 1] = at - start - 2;
    this.#position = at;
  }

  /** A bigint, always as `LONG4`, which Python uses for the largest alone: so 5n is not the number 5. */
  bigint(value: bigint): void {
    const digits = (value < 0n ? -1n - value : value).toString(16);
    const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
    const magnitude = value === 0n ? new Uint8Array() : Uint8Array.fromHex(hex);
    const sign = value < 0n ? 0xff : 0;
    // A byte for the sign where the highest bit is taken.
    const size = magnitude.length + ((magnitude[0] ?? 0) >= 0x80 ? 1 : 0);
    if (this.#position + 5 + size > this.#bytes.length) this.#grow(5 + size);
    this.#bytes[this.#position] = LONG4;
    this.#view.setUint32(this.#position + 1, size, true);
    this.#position += 5;
    for (let i = magnitude.length - 1; i >= 0; i--) {
      this.#bytes[this.#position++] = (magnitude[i] ?? 0) ^ sign;
    }
    if (size > magnitude.length) this.#bytes[this.#position++] = sign;
  }

  /** A text. */
  text(text: string): void {
    const { length } = text;
    if (length > SHORT_TEXT) return this.#longText(text);
    if (this.#position + 2 + length * 3 > this.#bytes.length) this.#grow(2 + length * 3);
    const bytes = this.#bytes;
    const start = this.#position + 2;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        bytes[this.#position] = SHORT_BINUNICODE;
        // At most 40 characters of three bytes each.
        const end = writeWtf8(text, bytes, start);
        bytes[this.#position + 1] = end - start;
        this.#position = end;
        return;
      }
      bytes[start + i] = unit;
    }
    bytes[this.#position] = SHORT_BINUNICODE;
    bytes[this.#position + 1] = length;
    this.#position = start + length;
  }

  #longText(text: string): void {
    if (text.length * 3 >= LARGE_BYTES || !text.isWellFormed()) {
      const content = text.isWellFormed() ? encoder.encode(text) : wtf8(text);
      return this.#payload(content, SHORT_BINUNICODE, BINUNICODE, BINUNICODE8);
    }
    // Up to 85 characters are at most 255 bytes.
    const head = text.length <= 85 ? 2 : 5;
    if (this.#position + head + text.length * 3 > this.#bytes.length) this.#grow(head + text.length * 3);
    const size = encoder.encodeInto(text, this.#bytes.subarray(this.#position + head)).written;
    this.#bytes[this.#position] = head === 2 ? SHORT_BINUNICODE : BINUNICODE;
    if (head === 2) this.#bytes[this.#position + 1] = size;
    else this.#view.setUint32(this.#position + 1, size, true);
    this.#position += head + size;
  }

  /** Bytes. Large ones are not copied: they are handed over by {@linkcode take} as they are. */
  bytes(content: Uint8Array): void {
    this.#payload(content, SHORT_BINBYTES, BINBYTES, BINBYTES8);
  }

  /** The head of bytes that somebody else hands over, right behind what {@linkcode take} gives. */
  foreignBytes(size: number): void {
    this.#closeFrame();
    this.#reserveHead();
    this.#head(size, BINBYTES, BINBYTES8);
  }

  #payload(content: Uint8Array, short: number, long: number, longest: number): void {
    const size = content.length;
    if (size >= LARGE_BYTES) {
      this.#closeFrame();
      this.#reserveHead();
      this.#head(size, long, longest);
      this.#large.push({ at: this.#position, content });
      this.#largeBytes += size;
      this.#openFrame();
      return;
    }
    if (this.#position + 5 + size > this.#bytes.length) this.#grow(5 + size);
    if (size < 0x100) {
      this.#bytes[this.#position++] = short;
      this.#bytes[this.#position++] = size;
    } else {
      this.#head(size, long, longest);
    }
    this.#bytes.set(content, this.#position);
    this.#position += size;
  }

  #reserveHead(): void {
    if (this.#position + 9 > this.#bytes.length) this.#grow(9);
  }

  #head(size: number, long: number, longest: number): void {
    if (size < 0x100000000) {
      this.#bytes[this.#position] = long;
      this.#view.setUint32(this.#position + 1, size, true);
      this.#position += 5;
    } else {
      this.#bytes[this.#position] = longest;
      this.#view.setBigUint64(this.#position + 1, BigInt(size), true);
      this.#position += 9;
    }
  }

  /** A mark: see `_format.ts`. */
  mark(text: string): void {
    this.text(text);
    this.byte(POP);
  }

  #openFrame(): void {
    if (this.#position + FRAME_HEAD > this.#bytes.length) this.#grow(FRAME_HEAD);
    this.#frame = this.#position;
    this.#position += FRAME_HEAD;
  }

  #closeFrame(): void {
    if (this.#frame < 0) return;
    const start = this.#frame + FRAME_HEAD;
    const size = this.#position - start;
    if (size < 4) {
      // Python writes none for so few bytes either.
      this.#bytes.copyWithin(this.#frame, start, this.#position);
      this.#position -= FRAME_HEAD;
    } else {
      this.#bytes[this.#frame] = FRAME;
      this.#view.setBigUint64(this.#frame + 1, BigInt(size), true);
    }
    this.#frame = -1;
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

function wtf8(text: string): Uint8Array {
  const content = new Uint8Array(text.length * 3);
  return content.subarray(0, writeWtf8(text, content, 0));
}
