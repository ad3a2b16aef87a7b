/**
 * A body on its way into a sealed entry: pieces of any size in, sealed chunks out in order, a few at work at once.
 *
 * @module
 */

import type { FramePlace } from "../_block_reader.ts";
import type { FrameBytes, Framing } from "../_framing.ts";
import type { Sealing } from "./_sealing.ts";
import { CHUNK_SIZE, MOST_CHUNKS } from "./_trailer.ts";

/** How many chunks are held and sealed at once; Deno encrypts in threads. */
const AT_ONCE = 3;

/** Bytes in, frames out. */
export class SealedFraming implements Framing {
  readonly blockSize: number = CHUNK_SIZE;
  readonly #sealing: Sealing;
  /** Chunks that are done and not let go of, oldest first. */
  readonly #done: Uint8Array<ArrayBuffer>[] = [];
  /** Their frames. */
  readonly #frames: Promise<FrameBytes>[] = [];
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  /** Not done before the next byte comes, full or not: it may be the last, and must be sealed as such. */
  #open: Uint8Array<ArrayBuffer> | undefined;
  #filled = 0;
  #size = 0;
  #released = 0;
  #isEnded = false;

  /** @param sealing Of the entry. */
  constructor(sealing: Sealing) {
    this.#sealing = sealing;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#done.length >= AT_ONCE;
  }

  get oldest(): Promise<FrameBytes> | undefined {
    return this.#frames[0];
  }

  add(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.#filled === CHUNK_SIZE) this.#cut(false);
      const chunk = this.#open ??= this.#spare.pop() ?? new Uint8Array(CHUNK_SIZE);
      const part = piece.subarray(at, at + CHUNK_SIZE - this.#filled);
      chunk.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
    this.#size += piece.length;
  }

  end(): void {
    if (this.#filled > 0) this.#cut(true);
    this.#isEnded = true;
  }

  release(_frame: FrameBytes, isGivenAway: boolean): void {
    this.#frames.shift();
    const chunk = this.#done.shift();
    this.#released++;
    const isLost = isGivenAway && this.#sealing.overhead === 0;
    if (!isLost && chunk?.length === CHUNK_SIZE && this.#spare.length < AT_ONCE) this.#spare.push(chunk);
  }

  held(number: number): Uint8Array<ArrayBuffer> | undefined {
    const done = this.#done[number - this.#released];
    if (done !== undefined) return done;
    return number === this.#released + this.#done.length ? this.#open?.subarray(0, this.#filled) : undefined;
  }

  frameAt(number: number): FramePlace | undefined {
    if (number >= this.#released) return undefined;
    const { overhead } = this.#sealing;
    const size = Math.min(CHUNK_SIZE, this.#size - number * CHUNK_SIZE) + overhead;
    return { offset: number * (CHUNK_SIZE + overhead), size };
  }

  async open(number: number, frame: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const isLast = this.#isEnded && (number + 1) * CHUNK_SIZE >= this.#size;
    return await this.#sealing.open(frame, { number, isLast });
  }

  async trailer(key: string): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#sealing.trailer({ key, size: this.#size });
  }

  #cut(isLast: boolean): void {
    const number = this.#released + this.#done.length;
    if (number >= MOST_CHUNKS) throw new RangeError(`Cannot seal a body of more than ${MOST_CHUNKS} chunks`);
    const chunk = this.#open?.subarray(0, this.#filled);
    this.#open = undefined;
    this.#filled = 0;
    if (chunk === undefined) return;
    this.#done.push(chunk);
    const frame = this.#sealed(chunk, { number, isLast });
    // Awaited when its turn comes; until then a failure must not count as unhandled.
    frame.catch(() => {});
    this.#frames.push(frame);
  }

  async #sealed(
    chunk: Uint8Array<ArrayBuffer>,
    place: { readonly number: number; readonly isLast: boolean },
  ): Promise<FrameBytes> {
    return { bytes: await this.#sealing.seal(chunk, place) };
  }
}
