/**
 * The global heap: the bytes of strings of variable length. Its collections have no checksums, so everything that they
 * say is doubted.
 *
 * @module
 */

import { decodeText, type FileBytes } from "./_file_bytes.ts";
import { malformed } from "./_malformed.ts";

const HEAD_BYTES = 16;

/** Reads texts from the heap; each of its collections is gone through once. */
export class TextHeapReader {
  readonly #file: FileBytes;
  /** Where the objects of each collection begin, by number. */
  readonly #collections = new Map<number, ReadonlyMap<number, number>>();
  readonly #texts = new Map<number, string>();

  /** @param file Where the heap is. */
  constructor(file: FileBytes) {
    this.#file = file;
  }

  /**
   * The bytes of a text.
   *
   * @param at Where its length, its collection's address and its number stand.
   */
  bytes(at: number): Uint8Array {
    const start = this.#find(at);
    return start === undefined ? new Uint8Array() : this.#file.range(start + HEAD_BYTES, this.#file.u32(at));
  }

  /** The text itself; equal places give the same text, which is read once. */
  text(at: number): string {
    const start = this.#find(at);
    if (start === undefined) return "";
    const length = this.#file.u32(at);
    const known = this.#texts.get(start);
    if (known !== undefined) return known;
    const text = decodeText(this.#file.range(start + HEAD_BYTES, length), start);
    this.#texts.set(start, text);
    return text;
  }

  /** Where an object of the heap begins; `undefined` for the empty text, which is nowhere. */
  #find(at: number): number | undefined {
    const length = this.#file.u32(at);
    if (length === 0) return undefined;
    const address = this.#file.u64(at + 4);
    let collection = this.#collections.get(address);
    if (collection === undefined) {
      collection = this.#readCollection(address);
      this.#collections.set(address, collection);
    }
    const start = collection.get(this.#file.u32(at + 12)) ??
      malformed("a text is not where it should be", at);
    if (this.#file.u64(start + 8) !== length) {
      malformed("a text has another length than it should have", start);
    }
    return start;
  }

  #readCollection(address: number): ReadonlyMap<number, number> {
    const file = this.#file;
    file.expect(address, "GCOL");
    const size = file.u64(address + 8);
    file.claim(size, address);
    file.range(address, size);
    const found = new Map<number, number>();
    let at = address + HEAD_BYTES;
    while (at + HEAD_BYTES <= address + size) {
      const index = file.u16(at);
      // What is left is free.
      if (index === 0) break;
      const padded = Math.ceil(file.u64(at + 8) / 8) * 8;
      if (at + HEAD_BYTES + padded > address + size) malformed("a text is cut short", at);
      found.set(index, at);
      at += HEAD_BYTES + padded;
    }
    return found;
  }
}
