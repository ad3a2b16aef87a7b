/**
 * CBOR items out of bytes: heads, numbers, text, bytes, each checked against what is there before anything is
 * allocated for it. It knows nothing of JavaScript's objects.
 *
 * @module
 */

// `as number` here: indices that were compared with the end before.

import { CodecError } from "../../errors.ts";
import { BYTES, FLOAT16, FLOAT32, FLOAT64, TEXT } from "./_format.ts";
import { readAscii, readLongText } from "../_text_reader.ts";

/** An item's additional information that says "8 bytes follow", the largest that has a meaning here. */
const EIGHT_BYTES = 27;

/** A position in bytes that CBOR items are read from. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #position = 0;
  #view: DataView | undefined;
  /** How many items the arrays and maps may still declare: every item has a byte of its own. */
  #itemsLeft: number;

  /** @param bytes What is read. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#itemsLeft = bytes.length;
  }

  /** Where the next item starts. */
  get position(): number {
    return this.#position;
  }

  /** Whether all was read. */
  get atEnd(): boolean {
    return this.#position === this.#end;
  }

  /** Gives up. */
  fail(reason: string, offset: number = this.#position, cause?: unknown): never {
    throw new CodecError("malformed", `Cannot read CBOR: ${reason} at offset ${offset}`, {
      offset,
      ...cause === undefined ? {} : { cause },
    });
  }

  /** The first byte of the next item: its major type and how its number is given. */
  start(): number {
    if (this.#position >= this.#end) this.fail("it ends where a value should stand");
    return this.#bytes[this.#position++] as number;
  }

  /** Passes over the tag by which other writers say that CBOR follows (RFC 8949, section 3.4.6). */
  skipSelfDescribed(): void {
    const [first, second, third] = this.#bytes;
    if (first === 0xd9 && second === 0xd9 && third === 0xf7) this.#position = 3;
  }

  /**
   * The number in an item's head. Above 2^53 it is rounded: only integers are ever so large, see {@linkcode bigHead}.
   *
   * @param first The item's first byte.
   */
  argument(first: number): number {
    const information = first & 0x1f;
    if (information < 24) return information;
    if (information > EIGHT_BYTES) {
      this.fail(
        information === 31 ? "an item has no declared length" : "an item's head is not valid",
        this.#position - 1,
      );
    }
    const size = 1 << (information - 24);
    if (size > this.#end - this.#position) this.fail("it ends within an item's head");
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 0x100 + (this.#bytes[this.#position++] as number);
    return value;
  }

  /** The eight-byte number in the head that was just read, exactly. */
  bigHead(): bigint {
    return this.#dataView().getBigUint64(this.#position - 8);
  }

  /**
   * The number of items that an array's head or, doubled, a map's declares; no more than there can be.
   *
   * @param first The item's first byte.
   * @param each Items an element: 1 or 2.
   */
  count(first: number, each: number): number {
    const count = this.argument(first);
    this.#itemsLeft -= count * each;
    if (this.#itemsLeft < 0) this.fail(`${count} elements are declared where there cannot be so many`);
    return count;
  }

  /** A float, whose first byte was read. */
  float(first: number): number {
    const size = first === FLOAT64 ? 8 : first === FLOAT32 ? 4 : 2;
    if (size > this.#end - this.#position) this.fail("it ends within a number");
    const view = this.#dataView();
    const at = this.#position;
    this.#position += size;
    if (first === FLOAT64) return view.getFloat64(at);
    return first === FLOAT16 ? halfFloat(view.getUint16(at)) : view.getFloat32(at);
  }

  /** Bytes of a string whose first byte was read: a view, to be copied before it is given away. */
  content(first: number): Uint8Array {
    const size = this.#size(first);
    this.#position += size;
    return this.#bytes.subarray(this.#position - size, this.#position);
  }

  /** A text string whose first byte was read. */
  text(first: number): string {
    const size = this.#size(first);
    const start = this.#position;
    this.#position += size;
    return readAscii(this.#bytes, start, size) ?? this.#longText(start);
  }

  /** The first byte of an item of that major type, which must be next. */
  expect(major: number): number {
    const first = this.start();
    if ((first & 0xe0) !== major) this.fail("an item of another kind is expected", this.#position - 1);
    return first;
  }

  /** A byte string, which must be next: a view, to be copied before it is given away. */
  expectBytes(): Uint8Array {
    return this.content(this.expect(BYTES));
  }

  /** A text string, which must be next. */
  expectText(): string {
    return this.text(this.expect(TEXT));
  }

  #longText(start: number): string {
    try {
      return readLongText(this.#bytes.subarray(start, this.#position));
    } catch (cause) {
      return this.fail("a text is not UTF-8", start, cause);
    }
  }

  #size(first: number): number {
    const size = this.argument(first);
    if (size > this.#end - this.#position) {
      this.fail(`a string of ${size} bytes is declared where ${this.#end - this.#position} are left`);
    }
    return size;
  }

  #dataView(): DataView {
    return this.#view ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#end);
  }
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 0x400) * 2 ** (exponent - 15);
}
