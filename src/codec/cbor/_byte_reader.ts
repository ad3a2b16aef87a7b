/**
 * CBOR items out of bytes: heads, numbers, text, bytes, each checked against what is there before anything is
 * allocated for it. It knows nothing of JavaScript's objects.
 *
 * Where the bytes are the beginning of a stream it throws {@linkcode NEED_MORE} at their end, instead of an error.
 *
 * @module
 */

// `as` here: indices that were compared with the end before, and what was looked for before it is taken.

import { CodecError } from "../../errors.ts";
import { BYTES, FLOAT16, FLOAT32, FLOAT64, TEXT } from "./_format.ts";
import { AsciiTexts } from "../_ascii_texts.ts";
import { readLongText } from "../_text_reader.ts";

/** An item's additional information that says "8 bytes follow", the largest that has a meaning here. */
const EIGHT_BYTES = 27;

/** Content from here on is collected apart when it comes from a stream: it is not copied again. */
const LARGE_CONTENT = 1 << 16;

/** Thrown where bytes of a stream end that has more: whoever catches it reads on when there are more. */
export const NEED_MORE: unique symbol = Symbol("need more");

/** Content of a string that was collected apart from the other bytes, and would stand at an `index` of these. */
export interface Apart {
  readonly index: number;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** A position in bytes that CBOR items are read from. */
export class ByteReader {
  #bytes: Uint8Array;
  #end: number;
  #position = 0;
  readonly #texts = new AsciiTexts();
  #view: DataView | undefined;
  /** How many items the arrays and maps may still declare: every item has a byte of its own. */
  #itemsLeft: number;
  /** Offset of the bytes in all that is read. */
  #base = 0;
  /** Whether more bytes may follow. */
  #hasMore = false;
  /** Where the bytes would have to end for what was tried last. */
  #wanted = 0;
  /** Size of the large string that was tried last; 0 when it was something else. */
  #wantedContent = 0;
  #apart: Apart | undefined;
  /** Bytes of what was collected apart, once they were read. */
  #apartSize = 0;

  /**
   * @param bytes What is read.
   * @param hasMore Whether more may follow; see {@linkcode proceed}.
   */
  constructor(bytes: Uint8Array, hasMore: boolean = false) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#hasMore = hasMore;
    // Of a stream nobody knows how many there are, and what is declared too often ends in missing bytes.
    this.#itemsLeft = hasMore ? Infinity : bytes.length;
  }

  /** Where the next item starts. */
  get position(): number {
    return this.#base + this.#position + this.#apartSize;
  }

  /** The same, for {@linkcode rewind}; good until {@linkcode proceed}. */
  get mark(): number {
    return this.#position;
  }

  /** Whether all was read. */
  get atEnd(): boolean {
    if (this.#position < this.#end) return false;
    if (this.#hasMore) this.#needMore(1);
    return true;
  }

  /** From here on nothing goes back to what was read: what was collected apart for it is let go of. */
  settle(): void {
    if (this.#apartSize === 0) return;
    this.#base += this.#apartSize;
    this.#apartSize = 0;
    this.#apart = undefined;
  }

  /** Goes back to where a {@linkcode mark} was. */
  rewind(mark: number): void {
    // An item that has what is apart begins with a head before it; the one after it begins where that would stand.
    if (this.#apart !== undefined && mark < this.#apart.index) this.#apartSize = 0;
    this.#position = mark;
  }

  /** The bytes that are still to be read. */
  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#position);
  }

  /** How many bytes from here on are needed at least for what could not be read. */
  get wanted(): number {
    return this.#wanted - this.#position;
  }

  /** Where among these bytes a large string begins that could not be read, and its size; 0 for none. */
  get wantedContent(): { readonly index: number; readonly size: number } {
    return { index: this.wanted - this.#wantedContent, size: this.#wantedContent };
  }

  /** What was taken out of the bytes that are still to be read. */
  get apart(): Apart | undefined {
    if (this.#apart === undefined || this.#apartSize > 0) return undefined;
    return { index: this.#apart.index - this.#position, content: this.#apart.content };
  }

  /**
   * Goes on with the bytes that were still to be read and those that follow them.
   *
   * @param bytes Both.
   * @param options Whether there are more, and what was taken out of the bytes.
   */
  proceed(
    bytes: Uint8Array,
    options: { readonly hasMore: boolean; readonly apart?: Apart | undefined },
  ): void {
    this.#base = this.position;
    this.#apartSize = 0;
    this.#position = 0;
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#view = undefined;
    this.#hasMore = options.hasMore;
    this.#apart = options.apart;
  }

  /** Gives up. */
  fail(reason: string, offset: number = this.position, cause?: unknown): never {
    throw new CodecError("malformed", `Cannot read CBOR: ${reason} at offset ${offset}`, {
      offset,
      ...cause === undefined ? {} : { cause },
    });
  }

  /** The first byte of the next item: its major type and how its number is given. */
  start(): number {
    if (this.#position >= this.#end) this.#endsEarly(1, "it ends where a value should stand");
    return this.#bytes[this.#position++] as number;
  }

  /** Passes over the tag by which other writers say that CBOR follows (RFC 8949, section 3.4.6). */
  skipSelfDescribed(): void {
    const at = this.#position;
    if (this.#bytes[at] !== 0xd9) return;
    if (this.#hasMore && this.#end - at < 3) this.#needMore(3);
    if (this.#bytes[at + 1] === 0xd9 && this.#bytes[at + 2] === 0xf7) this.#position += 3;
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
        this.position - 1,
      );
    }
    const size = 1 << (information - 24);
    if (size > this.#end - this.#position) this.#endsEarly(size, "it ends within an item's head");
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
    if (size > this.#end - this.#position) this.#endsEarly(size, "it ends within a number");
    const view = this.#dataView();
    const at = this.#position;
    this.#position += size;
    if (first === FLOAT64) return view.getFloat64(at);
    return first === FLOAT16 ? halfFloat(view.getUint16(at)) : view.getFloat32(at);
  }

  /** Bytes of a string whose first byte was read, to keep. */
  ownContent(first: number): Uint8Array<ArrayBuffer> {
    const content = this.content(first);
    return content === this.#apart?.content ? this.#apart.content : new Uint8Array(content);
  }

  /** Bytes of a string whose first byte was read: a view, to be copied before it is given away. */
  content(first: number): Uint8Array {
    const size = this.#size(first);
    if (this.#isApart(size)) return this.#takeApart().content;
    this.#position += size;
    return this.#bytes.subarray(this.#position - size, this.#position);
  }

  /** A text string whose first byte was read. */
  text(first: number): string {
    const size = this.#size(first);
    if (size >= LARGE_CONTENT && this.#isApart(size)) return this.#longText(this.#takeApart().content);
    const start = this.#position;
    this.#position += size;
    const text = this.#texts.read(this.#bytes, start, size);
    return text ?? this.#longText(this.#bytes.subarray(start, this.#position));
  }

  /** The first byte of an item of that major type, which must be next. */
  expect(major: number): number {
    const first = this.start();
    if ((first & 0xe0) !== major) this.fail("an item of another kind is expected", this.position - 1);
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

  /** Bytes of a byte string, which must be next, to keep. */
  expectOwnBytes(): Uint8Array<ArrayBuffer> {
    return this.ownContent(this.expect(BYTES));
  }

  #longText(content: Uint8Array): string {
    try {
      return readLongText(content);
    } catch (cause) {
      return this.fail("a text is not UTF-8", this.position - content.length, cause);
    }
  }

  #size(first: number): number {
    const size = this.argument(first);
    if (size > this.#end - this.#position && !this.#isApart(size)) {
      const left = this.#end - this.#position;
      if (this.#hasMore && size >= LARGE_CONTENT) this.#needMore(size, size);
      this.#endsEarly(size, `a string of ${size} bytes is declared where ${left} are left`);
    }
    return size;
  }

  #isApart(size: number): boolean {
    return this.#apart !== undefined && this.#apart.index === this.#position && this.#apartSize === 0 &&
      this.#apart.content.length === size;
  }

  #takeApart(): Apart {
    const apart = this.#apart as Apart;
    this.#apartSize = apart.content.length;
    return apart;
  }

  /** At the end of the bytes: of all there are, or of what there is now of a stream. */
  #endsEarly(size: number, reason: string): never {
    if (this.#hasMore) this.#needMore(size);
    this.fail(reason);
  }

  #needMore(size: number, content = 0): never {
    this.#wanted = this.#position + size;
    this.#wantedContent = content;
    throw NEED_MORE;
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
