/**
 * What a wrapper does with a body on its way into another storage: pieces of any size in, frames out in order, and a trailer
 * behind them. Contract only; streams (`_framed_stream.ts`) and drafts (`_framed_draft.ts`) drive it.
 *
 * @module
 */

import type { FramePlace } from "./_block_reader.ts";

/** What a block was made into. */
export interface FrameBytes {
  /** The bytes that are kept; they may be the block's own memory. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes in, frames out. What asks for frames decides how fast. */
export interface Framing<Frame extends FrameBytes = FrameBytes> {
  /** How many bytes came in. */
  readonly size: number;
  /** Size of the blocks but the last, in bytes. */
  readonly blockSize: number;
  /** Whether frames are to be taken before more bytes are given. */
  readonly isFull: boolean;
  /** The frame of the oldest block; `undefined` when none is full. */
  readonly oldest: Promise<Frame> | undefined;
  /** Takes a copy of a piece of the body. */
  add(piece: Uint8Array): void;
  /** Says that no more bytes come. */
  end(): void;
  /**
   * Lets go of the oldest block, whose frame was taken.
   *
   * @param isGivenAway Whether the frame's memory belongs to somebody else now.
   */
  release(frame: Frame, isGivenAway: boolean): void;
  /** What is there of a block that is not released yet; not to be kept. */
  held(number: number): Uint8Array<ArrayBuffer> | undefined;
  /** Where the frame of a block stands that was released. */
  frameAt(number: number): FramePlace | undefined;
  /**
   * The block that is in such a frame.
   *
   * @throws (or rejects) When it is not as it was put.
   */
  open(
    number: number,
    frame: Uint8Array<ArrayBuffer>,
  ): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  /** What stands behind the frames of the entry with that key, when the end was said and all are released. */
  trailer(key: string): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
}
