/**
 * Where the frames of an entry stand: what is said of each, in order. It grows while an entry is written, and is read
 * from the end of one.
 *
 * @module
 */

import type { FrameFacts } from "./_frame.ts";

/** Size of what is kept of a frame, in bytes. */
export const FACTS_SIZE = 8;

/** Most frames of an entry: 1 TiB in blocks of 256 KiB, with an index of 32 MiB. */
export const MOST_FRAMES: number = 2 ** 22;

const PLAIN = 0x8000_0000;

/** A frame, and where it stands. */
export interface PlacedFrame extends FrameFacts {
  /** Its first byte in the entry. */
  readonly offset: number;
}

/** The frames of an entry. */
export class FrameIndex {
  /** Two words a frame: its size with the mark of plain ones, and its checksum. */
  readonly #words: number[] = [];
  /** Where each frame ends. */
  readonly #ends: number[] = [];

  /** How many there are. */
  get count(): number {
    return this.#ends.length;
  }

  /** How many bytes they have together. */
  get end(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /**
   * Takes the next frame.
   *
   * @throws {RangeError} When there are too many.
   */
  add({ size, plain, checksum }: FrameFacts): void {
    if (this.count >= MOST_FRAMES) {
      throw new RangeError(`Cannot compress a body of more than ${MOST_FRAMES} blocks`);
    }
    this.#words.push(plain ? size + PLAIN : size, checksum);
    this.#ends.push(this.end + size);
  }

  /** The frame with that number, from 0. */
  at(number: number): PlacedFrame | undefined {
    const word = this.#words[2 * number];
    const checksum = this.#words[2 * number + 1];
    if (word === undefined || checksum === undefined) return undefined;
    const plain = word >= PLAIN;
    return { offset: this.#ends[number - 1] ?? 0, size: plain ? word - PLAIN : word, plain, checksum };
  }

  /** Writes all of it to where `view` begins. */
  write(view: DataView): void {
    this.#words.forEach((word, at) => view.setUint32(4 * at, word));
  }

  /**
   * Reads what {@linkcode FrameIndex.write} wrote.
   *
   * @param blockSizeOf Size of the block with a number: no frame may be larger, and only plain ones as large.
   * @returns `undefined` when a frame has a size that none can have.
   */
  static read(
    view: DataView,
    count: number,
    blockSizeOf: (number: number) => number,
  ): FrameIndex | undefined {
    const index = new FrameIndex();
    for (let number = 0; number < count; number++) {
      const word = view.getUint32(number * FACTS_SIZE);
      const plain = word >= PLAIN;
      const size = plain ? word - PLAIN : word;
      const blockSize = blockSizeOf(number);
      if (plain ? size !== blockSize : size === 0 || size >= blockSize) return undefined;
      index.add({ size, plain, checksum: view.getUint32(number * FACTS_SIZE + 4) });
    }
    return index;
  }
}
