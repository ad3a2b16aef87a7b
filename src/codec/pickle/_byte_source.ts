/**
 * The bytes of a pickle, all there or still coming, each read checked against what is there.
 *
 * @module
 */

// `as number` here: indices that were compared with the end before.

import { CodecError } from "../../errors.ts";
import { AsciiTexts } from "../_ascii_texts.ts";
import { readLongText, readWtf8 } from "../_text_reader.ts";

/** Thrown where more bytes are needed than have come; made once, as it tells nothing. */
export const NEED_MORE: object = { reason: "more bytes are needed" };

/** A position in bytes. */
export class ByteSource {
  bytes: Uint8Array;
  position = 0;
  /** Whether no more will come. */
  isWhole: boolean;
  /** How many bytes there must be, from `position` on, before reading is worth another try. */
  wanted = 1;
  /** How many bytes stood before `bytes`. */
  #passed = 0;
  #view: DataView;
  readonly #texts = new AsciiTexts();

  /**
   * @param bytes The bytes, or the first of them.
   * @param isWhole Whether no more will come.
   */
  constructor(bytes: Uint8Array, isWhole: boolean) {
    this.bytes = bytes;
    this.isWhole = isWhole;
    this.#view = viewOf(bytes);
  }

  /** Where in the whole pickle a position is. */
  offsetOf(position: number): number {
    return this.#passed + position;
  }

  /** How many bytes are there and unread. */
  get left(): number {
    return this.bytes.length - this.position;
  }

  /** Gives up. */
  fail(reason: string, position: number = this.position, cause?: unknown): never {
    const offset = this.offsetOf(position);
    throw new CodecError("malformed", `Cannot read pickle: ${reason} at offset ${offset}`, {
      offset,
      ...cause === undefined ? {} : { cause },
    });
  }

  /** Counts bytes that were read past this source, so that offsets are right. */
  passed(size: number): void {
    this.#passed += size;
  }

  /** Puts more bytes behind those that are unread. */
  feed(chunks: readonly Uint8Array[], size: number): void {
    const unread = this.bytes.subarray(this.position);
    this.#passed += this.position;
    this.position = 0;
    const [only, second] = chunks;
    if (unread.length === 0 && only !== undefined && second === undefined) {
      this.bytes = only;
    } else {
      const joined = new Uint8Array(unread.length + size);
      joined.set(unread);
      let at = unread.length;
      for (const chunk of chunks) {
        joined.set(chunk, at);
        at += chunk.length;
      }
      this.bytes = joined;
    }
    this.#view = viewOf(this.bytes);
  }

  /** Makes sure that so many bytes are there. */
  need(size: number): void {
    if (size <= this.left) return;
    if (this.isWhole) {
      this.fail(
        size === 1 ? "it ends where an opcode should stand" : `it ends where ${size} bytes should stand`,
      );
    }
    this.wanted = size;
    throw NEED_MORE;
  }

  uint8(): number {
    this.need(1);
    return this.bytes[this.position++] as number;
  }

  uint16(): number {
    this.need(2);
    this.position += 2;
    return this.#view.getUint16(this.position - 2, true);
  }

  uint32(): number {
    this.need(4);
    this.position += 4;
    return this.#view.getUint32(this.position - 4, true);
  }

  int32(): number {
    return this.uint32() | 0;
  }

  /** A length of eight bytes; one beyond 2^53 is beyond anything that is there. */
  uint64(): number {
    this.need(8);
    this.position += 8;
    return Number(this.#view.getBigUint64(this.position - 8, true));
  }

  /** A float, big-endian as this format has it. */
  float64(): number {
    this.need(8);
    this.position += 8;
    return this.#view.getFloat64(this.position - 8);
  }

  /** So many bytes: a view, to be copied before it is given away. */
  content(size: number): Uint8Array {
    this.need(size);
    this.position += size;
    return this.bytes.subarray(this.position - size, this.position);
  }

  /** Text of so many bytes of UTF-8, lone surrogates and all. */
  text(size: number): string {
    this.need(size);
    const start = this.position;
    this.position += size;
    const text = this.#texts.read(this.bytes, start, size);
    return text ?? this.decodeText(this.bytes.subarray(start, this.position));
  }

  /** Text of bytes of UTF-8, lone surrogates and all. */
  decodeText(content: Uint8Array): string {
    try {
      return readLongText(content);
    } catch {
      return readWtf8(content) ?? this.fail("a text is not UTF-8", this.position - content.length);
    }
  }

  /** The bytes up to the next line feed, which is passed over: a view. */
  line(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) {
      this.need(this.isWhole ? this.left + 1 : this.left * 2 + 1);
    }
    const line = this.bytes.subarray(this.position, end);
    this.position = end + 1;
    return line;
  }

  /** The same as text. */
  lineText(): string {
    return this.decodeText(this.line());
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
