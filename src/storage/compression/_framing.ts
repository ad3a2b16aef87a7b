/**
 * A body on its way into frames: pieces of any size in, frames out in order, a few blocks at work at once. What asks
 * for frames decides how fast; `put` and drafts both do.
 *
 * @module
 */

import { blockBitsOf, type Compression } from "./compression.ts";
import type { FramePlace } from "../_block_reader.ts";
import type { Framing } from "../_framing.ts";
import { type Frame, frame, plainFrame, unframe } from "./_frame.ts";
import { FrameIndex } from "./_frame_index.ts";
import { blockSizeAt, formatTrailer } from "./_trailer.ts";

/** How many blocks are held and compressed at once; Bun does so in threads. */
const AT_ONCE = 3;

/** Most of a body that is stored plain, in bytes, before compressing is tried again. */
const LONGEST_SKIP: number = 16 * 1024 * 1024;

/** Bytes in, compressed frames out. */
export class CompressedFraming implements Framing<Frame> {
  readonly #compression: Compression;
  readonly #blockSize: number;
  readonly #index = new FrameIndex();
  /** Blocks that are full (the last one, once the end is said, as full as it gets) and not let go of, oldest first. */
  readonly #full: Uint8Array<ArrayBuffer>[] = [];
  /** The frames of the first of these. */
  readonly #begun: { readonly frame: Promise<Frame>; readonly isTried: boolean }[] = [];
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  readonly #guess: PlainGuess;
  #open: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #size = 0;
  #released = 0;

  constructor(compression: Compression) {
    this.#compression = compression;
    this.#blockSize = 2 ** blockBitsOf(compression);
    this.#guess = new PlainGuess(LONGEST_SKIP / this.#blockSize);
  }

  /** How many bytes came in. */
  get size(): number {
    return this.#size;
  }

  /** Size of the blocks but the last, in bytes. */
  get blockSize(): number {
    return this.#blockSize;
  }

  /** Whether frames are to be taken before more bytes are given. */
  get isFull(): boolean {
    return this.#full.length >= AT_ONCE;
  }

  /** Takes a copy of a piece of the body. */
  add(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      const block = this.#open ??= this.#spare.pop() ?? new Uint8Array(this.#blockSize);
      const part = piece.subarray(at, at + block.length - this.#filled);
      block.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === block.length) this.#cut();
    }
    this.#size += piece.length;
    this.#begin();
  }

  /** Says that no more bytes come. */
  end(): void {
    if (this.#filled > 0) this.#cut();
    this.#begin();
  }

  /** The frame of the oldest block; `undefined` when none is full. */
  get oldest(): Promise<Frame> | undefined {
    return this.#begun[0]?.frame;
  }

  /** Lets go of the oldest block, whose frame was taken, and begins another. */
  release({ facts }: Frame, isGivenAway: boolean): void {
    this.#index.add(facts);
    if (this.#begun.shift()?.isTried) this.#guess.learn(facts.plain);
    const block = this.#full.shift();
    this.#released++;
    // The memory of a plain frame is that of its block.
    const isLost = isGivenAway && facts.plain;
    if (!isLost && block?.length === this.#blockSize && this.#spare.length < AT_ONCE) {
      this.#spare.push(block);
    }
    this.#begin();
  }

  /** What is there of a block that is not released yet; not to be kept. */
  held(number: number): Uint8Array<ArrayBuffer> | undefined {
    const full = this.#full[number - this.#released];
    if (full !== undefined) return full;
    return number === this.#released + this.#full.length ? this.#open?.subarray(0, this.#filled) : undefined;
  }

  /** Where the frame of a block stands that was released. */
  frameAt(number: number): FramePlace | undefined {
    return this.#index.at(number);
  }

  /** Decompresses such a frame. */
  async open(number: number, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const frame = this.#index.at(number);
    if (frame === undefined) throw new RangeError(`Cannot open frame ${number}: it is not written yet`);
    const blockSize = blockSizeAt({ size: this.#size, blockSize: this.#blockSize }, number);
    return await unframe(this.#compression, bytes, { ...frame, blockSize });
  }

  /** What stands behind the frames, when all are released. */
  trailer(): Uint8Array<ArrayBuffer> {
    return formatTrailer(this.#compression, this.#size, this.#index);
  }

  #cut(): void {
    if (this.#open !== undefined) this.#full.push(this.#open.subarray(0, this.#filled));
    this.#open = undefined;
    this.#filled = 0;
  }

  #begin(): void {
    while (this.#begun.length < AT_ONCE) {
      const block = this.#full[this.#begun.length];
      if (block === undefined) return;
      const isTried = this.#guess.isWorthTrying();
      const begun = isTried ? frame(this.#compression, block) : Promise.resolve(plainFrame(block));
      // Awaited when its turn comes; until then a failure must not count as unhandled.
      begun.catch(() => {});
      this.#begun.push({ frame: begun, isTried });
    }
  }
}

/**
 * Whether the next block is worth compressing: after one that was not, one is stored plain untried, then two, four …
 * before the next try. Blocks are begun and released in one order, so that a body always gives the same entry.
 */
class PlainGuess {
  readonly #longest: number;
  #skip = 0;
  #left = 0;

  /** @param longest Most blocks between two tries. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Asked once for every block. */
  isWorthTrying(): boolean {
    if (this.#left === 0) return true;
    this.#left--;
    return false;
  }

  /** What became of a block that was tried. */
  learn(isPlain: boolean): void {
    this.#skip = isPlain ? Math.min(this.#longest, Math.max(1, 2 * this.#skip)) : 0;
    this.#left = this.#skip;
  }
}
