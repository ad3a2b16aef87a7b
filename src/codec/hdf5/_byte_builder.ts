/**
 * Little-endian bytes one after the other, in memory that is used again: the body of one block of the file. Blocks are
 * a few hundred bytes, or as large as a group has names.
 *
 * @module
 */

import { checksum } from "./_checksum.ts";

const encoder = new TextEncoder();

/** Stands for "no address". */
export const NOWHERE = -1;

/** A block in the making. */
export class ByteBuilder {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** What was written, until the next call. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Begins a new block. */
  clear(): this {
    this.#length = 0;
    return this;
  }

  /** One byte. */
  u8(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }

  /** Two bytes. */
  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  /** Four bytes. */
  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** Eight bytes: a length, a count or an address; {@linkcode NOWHERE} has all bits set. */
  u64(value: number): this {
    const at = this.#grow(8);
    if (value === NOWHERE) {
      this.#view.setInt32(at, -1);
      this.#view.setInt32(at + 4, -1);
    } else {
      this.#view.setUint32(at, value % 2 ** 32, true);
      this.#view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
    }
    return this;
  }

  /** Eight bytes: a float. */
  f64(value: number): this {
    const at = this.#grow(8);
    this.#view.setFloat64(at, value, true);
    return this;
  }

  /** Eight bytes: an integer, signed or not. */
  i64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigInt64(at, value, true);
    return this;
  }

  /** Bytes as they are. */
  raw(bytes: ArrayLike<number>): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** A text of ASCII characters or UTF-8. */
  text(text: string): this {
    const at = this.#grow(text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.#length = at;
        return this.raw(encoder.encode(text));
      }
      this.#bytes[at + i] = unit;
    }
    return this;
  }

  /** Zeros. */
  zeros(count: number): this {
    const at = this.#grow(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  /** Two bytes that were written before. */
  setU16(at: number, value: number): this {
    this.#view.setUint16(at, value, true);
    return this;
  }

  /** Four bytes that were written before. */
  setU32(at: number, value: number): this {
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** The checksum of everything so far. */
  sum(): this {
    return this.u32(checksum(this.#bytes, 0, this.#length));
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
