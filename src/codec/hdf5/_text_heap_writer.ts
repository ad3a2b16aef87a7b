/**
 * The global heap, where HDF5 keeps strings of variable length. Equal short texts, such as names of types, are kept once.
 *
 * @module
 */

import type { FileWriter } from "./_file_writer.ts";

/** A text in the heap. */
export interface TextPlace {
  /** Its bytes of UTF-8. */
  readonly length: number;
  /** Where its collection begins; -1 for the empty text, which is nowhere. */
  readonly address: number;
  /** Its number in the collection. */
  readonly index: number;
}

/** The least that HDF5 allows; further collections are larger, to be fewer. */
const FIRST_COLLECTION_BYTES = 4096;
const COLLECTION_BYTES = 32 * 1024;

const HEAD_BYTES = 16;

/** Texts up to this length are looked for among those that were written, up to so many of them. */
const SHARED_LENGTH = 64;
const MOST_SHARED = 100_000;

const EMPTY: TextPlace = { length: 0, address: -1, index: 0 };

const encoder = new TextEncoder();

/** Writes texts into collections of the heap. */
export class TextHeapWriter {
  readonly #file: FileWriter;
  readonly #shared = new Map<string, TextPlace>();
  #room: Uint8Array = new Uint8Array();
  #address = 0;
  #used = 0;
  #count = 0;

  /** @param file Where the collections go. */
  constructor(file: FileWriter) {
    this.#file = file;
  }

  /** Writes a text without NUL and lone surrogates, unless it is there. */
  place(text: string): TextPlace {
    if (text === "") return EMPTY;
    const found = text.length > SHARED_LENGTH ? undefined : this.#shared.get(text);
    if (found !== undefined) return found;
    const bytes = encoder.encode(text);
    const padded = Math.ceil(bytes.length / 8) * 8;
    // What stays free must have room for a head of its own.
    if (this.#used + HEAD_BYTES + padded + HEAD_BYTES > this.#room.length || this.#count === 0xffff) {
      this.#open(padded);
    }
    const at = this.#used;
    const view = viewOf(this.#room);
    view.setUint16(at, ++this.#count, true);
    setLength(view, at + 8, bytes.length);
    this.#room.set(bytes, at + HEAD_BYTES);
    this.#used += HEAD_BYTES + padded;
    const place = { length: bytes.length, address: this.#address, index: this.#count };
    if (text.length <= SHARED_LENGTH && this.#shared.size < MOST_SHARED) this.#shared.set(text, place);
    return place;
  }

  /** Says what is free in the last collection; nothing may be placed afterwards. */
  finish(): void {
    if (this.#room.length > 0) setLength(viewOf(this.#room), this.#used + 8, this.#room.length - this.#used);
  }

  #open(padded: number): void {
    this.finish();
    const usual = this.#address === 0 ? FIRST_COLLECTION_BYTES : COLLECTION_BYTES;
    const size = Math.max(usual, HEAD_BYTES + HEAD_BYTES + padded + HEAD_BYTES);
    this.#address = this.#file.size;
    this.#room = this.#file.reserve(size);
    this.#room.set([0x47, 0x43, 0x4f, 0x4c, 1]);
    setLength(viewOf(this.#room), 8, size);
    this.#used = HEAD_BYTES;
    this.#count = 0;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function setLength(view: DataView, at: number, length: number): void {
  view.setUint32(at, length % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(length / 2 ** 32), true);
}
