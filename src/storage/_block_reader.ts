/**
 * Reads the blocks of an entry, from any of them on: each frame is checked and opened while the one before it is read by
 * whoever asked. What wrappers write is read so: compressed and sealed entries.
 *
 * @module
 */

import { ExactReader } from "./_exact_reader.ts";
import type { StoredBody } from "./types.ts";

/** Where in an entry a frame stands. */
export interface FramePlace {
  /** Its first byte. */
  readonly offset: number;
  /** Its size in bytes. */
  readonly size: number;
}

/** An entry in another storage whose body was cut into blocks, each of which stands in a frame of its own. */
export interface BlockedEntry {
  /** The entry, as that storage gives it. */
  readonly stored: StoredBody;
  /** Size of the body, in bytes. */
  readonly size: number;
  /** Size of the blocks but the last, in bytes. */
  readonly blockSize: number;
  /** Where the last frame ends. */
  readonly end: number;
  /** That of another body is another. */
  readonly identity: string;
  /** Where the frame of a block stands; `undefined` when there is no such block. */
  frameAt(number: number): FramePlace | undefined;
  /**
   * The block that is in a frame, in memory of its own or in that of the frame.
   *
   * @throws (or rejects) When it is not as it was put.
   */
  open(number: number, frame: Uint8Array<ArrayBuffer>): MaybeLater<Uint8Array<ArrayBuffer>>;
}

/** A result that may have to be waited for. */
type MaybeLater<Result> = Result | Promise<Result>;

/** What was wrong with a block, to be told from failures of the inner storage. */
export class Damage extends Error {
  /** Number of the block. */
  readonly block: number;

  /** @param block Number of the block. */
  constructor(block: number, options?: ErrorOptions) {
    super("The data is damaged", options);
    this.block = block;
  }
}

/** One reading. */
export class BlockReader {
  readonly #entry: BlockedEntry;
  readonly #input: ExactReader;
  readonly #begun: Promise<Uint8Array<ArrayBuffer>>[] = [];
  /** The last frame that is being read, or was. */
  #frame: Promise<unknown> = Promise.resolve();
  readonly #first: number;
  readonly #end: number;
  #next: number;

  /** Blocks from `first` up to and without `end`, at least one. */
  constructor(entry: BlockedEntry, first: number, end: number) {
    this.#entry = entry;
    this.#first = this.#next = first;
    this.#end = end;
    this.#input = new ExactReader(entry.stored, {
      start: entry.frameAt(first)?.offset ?? 0,
      end: entry.frameAt(end)?.offset ?? entry.end,
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
    const frame = this.#entry.frameAt(number);
    if (frame === undefined || number >= this.#end) return;
    this.#next++;
    const bytes = this.#frame.then(() => this.#input.read(frame.size));
    this.#frame = bytes;
    const block = this.#opened(number, bytes);
    // Awaited when its turn comes; until then a failure must not count as unhandled.
    block.catch(() => {});
    this.#begun.push(block);
  }

  async #opened(number: number, reading: Promise<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
    const frame = await reading;
    try {
      return await this.#entry.open(number, frame);
    } catch (cause) {
      throw new Damage(number, { cause });
    }
  }
}
