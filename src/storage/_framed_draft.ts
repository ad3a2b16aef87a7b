/**
 * A draft whose blocks are put into frames while it grows: the blocks that are not written yet are read from memory, the
 * others from the inner draft, each as it was when it was put.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { ChunkDigests } from "./_chunk_digests.ts";
import type { FrameBytes, Framing } from "./_framing.ts";
import { joined } from "./_joined.ts";
import { assertKey } from "./_key.ts";
import type { Draft, PutOptions } from "./types.ts";

/** Around a draft of the inner storage. */
export class FramedDraft<Frame extends FrameBytes> implements Draft {
  readonly #inner: Draft;
  readonly #framing: Framing<Frame>;
  readonly #fault: string;
  readonly #finish: Draft["finish"];
  readonly #digests = new ChunkDigests();
  readonly #reads = new Set<Promise<unknown>>();
  #failure: { readonly reason: unknown } | undefined;
  #writing: Promise<void> | undefined;
  /** Being finished or abandoned, or done. */
  #ending: Promise<void> | undefined;

  /**
   * @param inner Where the frames go; this one's own from now on.
   * @param options `framing`: what makes them, a new one. `fault`: what is wrong with a block that is not as it was put.
   *   `finish`: finishes the inner draft, in place of its own.
   */
  constructor(
    inner: Draft,
    options: {
      readonly framing: Framing<Frame>;
      readonly fault: string;
      readonly finish?: Draft["finish"];
    },
  ) {
    this.#inner = inner;
    this.#framing = options.framing;
    this.#fault = options.fault;
    this.#finish = options.finish ?? ((key, about) => inner.finish(key, about));
  }

  /** What was taken; all of it can be read, also when writing has failed: what was not written is still in memory. */
  get size(): number {
    return this.#framing.size;
  }

  /** Takes a chunk; waits when blocks are full that the inner draft has not taken. */
  write(chunk: Uint8Array): void | Promise<void> {
    this.#assertOpen();
    if (this.#failure !== undefined) throw this.#failure.reason;
    this.#digests.update(chunk);
    this.#framing.add(chunk);
    if (this.#writing === undefined && this.#framing.isFull) {
      const writing = this.#emit(() => this.#framing.isFull).finally(() => this.#writing = undefined);
      // Who does not wait for this write hears of its failure from the next.
      writing.catch(() => {});
      this.#writing = writing;
    }
    return this.#writing;
  }

  /** The rest of the block that `position` lies in, as far as it was taken. */
  read(position: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    this.#assertOpen();
    if (!Number.isInteger(position) || position < 0 || position >= this.size) {
      throw new RangeError(`Cannot read a draft of ${this.size} bytes at ${position}`);
    }
    const { blockSize } = this.#framing;
    const number = Math.floor(position / blockSize);
    const held = this.#framing.held(number);
    if (held !== undefined) return held.slice(position - number * blockSize);
    const reading = this.#readBack(number).then((block) => block.subarray(position - number * blockSize));
    this.#reads.add(reading);
    const done = (): void => void this.#reads.delete(reading);
    reading.then(done, done);
    return reading;
  }

  /** The digest of the bytes as they were given. */
  digest(): string {
    this.#assertOpen();
    return this.#digests.hex();
  }

  /** Writes what is left and makes it an entry of the inner storage. Where it fails, all can still be read. */
  async finish(key: string, options?: PutOptions): Promise<void> {
    this.#assertOpen();
    this.#ending = this.#publish(key, options);
    try {
      await this.#ending;
    } catch (reason) {
      this.#failure ??= { reason };
      this.#ending = undefined;
      throw reason;
    }
  }

  /** Abandons the inner draft. Harmless after {@linkcode finish}, which it waits for. */
  async abandon(): Promise<void> {
    await this.#ending?.catch(() => {});
    this.#ending ??= this.#letGo();
    await this.#ending;
  }

  #assertOpen(): void {
    if (this.#ending !== undefined) throw new TypeError("Cannot use a draft that is finished or abandoned");
  }

  async #publish(key: string, options: PutOptions | undefined): Promise<void> {
    options?.signal?.throwIfAborted();
    assertKey(key);
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.reason;
    this.#framing.end();
    await this.#emit(() => this.#framing.oldest !== undefined);
    await this.#inner.write(await this.#framing.trailer(key));
    await Promise.allSettled(this.#reads);
    await this.#finish(key, options);
  }

  async #letGo(): Promise<void> {
    await Promise.allSettled([this.#writing, ...this.#reads]);
    await this.#inner.abandon();
  }

  /** Gives frames to the inner draft, one after the other, as long as `isWanted` says so. */
  async #emit(isWanted: () => boolean): Promise<void> {
    try {
      while (isWanted()) {
        const frame = await this.#framing.oldest;
        if (frame === undefined) return;
        const written = this.#inner.write(frame.bytes);
        if (written !== undefined) await written;
        this.#framing.release(frame, false);
      }
    } catch (reason) {
      this.#failure = { reason };
      throw reason;
    }
  }

  async #readBack(number: number): Promise<Uint8Array<ArrayBuffer>> {
    const frame = this.#framing.frameAt(number);
    if (frame === undefined) throw new RangeError("Cannot read beyond the end of a draft");
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < frame.size) {
      const part = (await this.#inner.read(frame.offset + length)).subarray(0, frame.size - length);
      if (part.length === 0) break;
      parts.push(part);
      length += part.length;
    }
    const offset = number * this.#framing.blockSize;
    try {
      return await this.#framing.open(number, joined(parts));
    } catch (cause) {
      const error = new IntegrityError("(draft)", offset, this.#fault);
      error.cause = cause;
      throw error;
    }
  }
}
