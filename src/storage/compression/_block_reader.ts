/**
 * Reads the blocks of an entry, from any of them on: each frame is checked and decompressed while the one before it is
 * read by whoever asked.
 *
 * @module
 */

import type { StoredBody } from "../types.ts";
import { unframe } from "./_frame.ts";
import type { PlacedFrame } from "./_frame_index.ts";
import { blockSizeAt, type Trailer } from "./_trailer.ts";

/** An entry whose trailer was read. */
export interface OpenEntry {
  /** The entry, as the inner storage gives it. */
  readonly stored: StoredBody;
  /** What it says of itself. */
  readonly trailer: Trailer;
}

/** What was wrong with a block, to be told from failures of the inner storage. */
export class Damage extends Error {
  /** Number of the block. */
  readonly block: number;

  /** @param block Number of the block. */
  constructor(block: number, options?: ErrorOptions) {
    super("The compressed data is damaged", options);
    this.block = block;
  }
}

/** One reading. */
export class BlockReader {
  readonly #trailer: Trailer;
  readonly #input: ExactReader;
  readonly #begun: Promise<Uint8Array<ArrayBuffer>>[] = [];
  /** The last frame that is being read, or was. */
  #frame: Promise<unknown> = Promise.resolve();
  readonly #first: number;
  readonly #end: number;
  #next: number;

  /** Blocks from `first` up to and without `end`, at least one. */
  constructor({ stored, trailer }: OpenEntry, first: number, end: number) {
    this.#trailer = trailer;
    this.#first = this.#next = first;
    this.#end = end;
    const { index } = trailer;
    this.#input = new ExactReader(stored, {
      start: index.at(first)?.offset ?? 0,
      end: index.at(end)?.offset ?? index.end,
    });
  }

  /**
   * The next block, in memory of its own.
   *
   * @throws (rejects) {Damage} When it is not as it was put.
   * @throws (rejects) What the inner storage failed with.
   */
  next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    // Nothing stands in the way of the first one.
    const isFirst = this.#next === this.#first;
    if (this.#begun.length === 0) this.#begin();
    const block = this.#begun.shift();
    if (!isFirst) this.#begin();
    return block ?? Promise.resolve(undefined);
  }

  /** Lets go of the inner stream. */
  async close(reason?: unknown): Promise<void> {
    await this.#input.close(reason);
    await Promise.allSettled(this.#begun);
  }

  #begin(): void {
    const number = this.#next;
    const frame = this.#trailer.index.at(number);
    if (frame === undefined || number >= this.#end) return;
    this.#next++;
    const bytes = this.#frame.then(() => this.#input.read(frame.size));
    this.#frame = bytes;
    const block = this.#unframed(number, frame, bytes);
    // Awaited when its turn comes; until then a failure must not count as unhandled.
    block.catch(() => {});
    this.#begun.push(block);
  }

  async #unframed(
    number: number,
    frame: PlacedFrame,
    reading: Promise<Uint8Array<ArrayBuffer>>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await reading;
    try {
      const blockSize = blockSizeAt(this.#trailer, number);
      return await unframe(this.#trailer.compression, bytes, { ...frame, blockSize });
    } catch (cause) {
      throw new Damage(number, { cause });
    }
  }
}

/** Reads a part of a body in pieces of known sizes, whatever the sizes of its chunks. */
export class ExactReader {
  readonly #body: StoredBody;
  readonly #range: { readonly start: number; readonly end: number };
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #rest: Uint8Array = new Uint8Array();

  /** @param range The part; it is asked for at the first read. */
  constructor(body: StoredBody, range: { readonly start: number; readonly end: number }) {
    this.#body = body;
    this.#range = range;
  }

  /** The next `size` bytes, or what there is of them, in memory of their own. */
  async read(size: number): Promise<Uint8Array<ArrayBuffer>> {
    const reader = this.#reader ??= this.#body.stream(this.#range).getReader();
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      if (this.#rest.length === 0) {
        const { done, value } = await reader.read();
        if (done) return bytes.subarray(0, filled);
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, size - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }

  /** Lets go of the stream. */
  async close(reason?: unknown): Promise<void> {
    await this.#reader?.cancel(reason).catch(() => {});
  }
}
