/**
 * A body on its way out of a wrapper's entry: its blocks are opened as it is pulled, in bounded chunks, from the block on in
 * which it is wanted.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { type ChunkSource, pulledStream } from "./pulled_stream.ts";
import { type Extent, extentOf } from "./_range.ts";
import type { ByteRange, StoredBody } from "./types.ts";
import { type BlockedEntry, BlockReader, Damage } from "./_block_reader.ts";
import { joined } from "./_joined.ts";

/** Longest chunk that is delivered, in bytes. */
const LONGEST_CHUNK: number = 256 * 1024;

/** How often an entry is looked for again when it was replaced after it was found. */
const MOST_RENEWALS = 3;

/** What a body is read from. */
export interface BodyOrigin {
  /** The entry's key. */
  readonly key: string;
  /** What is wrong with a block that is not as it was put, as `the compressed data is damaged`. */
  readonly fault: string;
  /** Finds the entry that has this key by now. */
  renew(): Promise<BlockedEntry | undefined>;
}

/** The body of an entry. */
export function blockedBody(origin: BodyOrigin, entry: BlockedEntry): StoredBody {
  const { size } = entry;
  return {
    size,
    stream: (range) => {
      extentOf(range);
      return pulledStream(new PartReader(origin, entry, range));
    },
    async bytes() {
      const reader = new PartReader(origin, entry, undefined);
      const chunks: Uint8Array[] = [];
      try {
        for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
          chunks.push(chunk);
        }
      } finally {
        await reader.close();
      }
      return joined(chunks);
    },
  };
}

/** One reading of a body or of a part of it: of the entry that was found, or, whole, of the one that has replaced it. */
class PartReader implements ChunkSource {
  readonly #origin: BodyOrigin;
  readonly #range: ByteRange | undefined;
  #entry: BlockedEntry;
  #extent: Extent;
  #blocks: BlockReader | undefined;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array();
  /** Where in the body the next byte stands. */
  #position: number;
  #isClosed = false;

  constructor(origin: BodyOrigin, entry: BlockedEntry, range: ByteRange | undefined) {
    this.#origin = origin;
    this.#range = range;
    this.#entry = entry;
    this.#extent = extentOf(range, entry.size);
    this.#position = this.#extent.start;
  }

  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#rest.length === 0) {
      const block = await this.#nextBlock();
      if (block === undefined) return undefined;
      const skipped = this.#position % this.#entry.blockSize;
      this.#rest = block.subarray(skipped, skipped + this.#extent.end - this.#position);
    }
    const chunk = this.#rest.subarray(0, LONGEST_CHUNK);
    this.#rest = this.#rest.subarray(chunk.length);
    this.#position += chunk.length;
    // A stream takes the memory of what it is given, and the rest of the block with it.
    return this.#rest.length === 0 ? chunk : chunk.slice();
  }

  async close(reason?: unknown): Promise<void> {
    this.#isClosed = true;
    await this.#blocks?.close(reason);
  }

  async #nextBlock(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      if (this.#blocks !== undefined) return await this.#blocks.next();
      return await this.#firstBlock();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /**
   * The first block shows whether the stream that it comes from is of the entry whose trailer was read: every later one
   * comes from the same.
   */
  async #firstBlock(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (let renewals = 0;; renewals++) {
      const { start, end } = this.#extent;
      if (start >= end) return undefined;
      const { blockSize } = this.#entry;
      const blocks = new BlockReader(this.#entry, Math.floor(start / blockSize), Math.ceil(end / blockSize));
      this.#blocks = blocks;
      try {
        return await blocks.next();
      } catch (error) {
        await blocks.close(error);
        const isDamage = error instanceof Damage || error instanceof IntegrityError;
        if (!isDamage || renewals === MOST_RENEWALS || !await this.#renew()) throw error;
      }
    }
  }

  /** Looks the entry up again; `false` when it is still the same. */
  async #renew(): Promise<boolean> {
    // What was cancelled looks like damage, too.
    const renewed = this.#isClosed ? undefined : await this.#origin.renew();
    if (renewed === undefined || this.#isClosed || renewed.identity === this.#entry.identity) return false;
    this.#entry = renewed;
    this.#extent = extentOf(this.#range, renewed.size);
    this.#position = this.#extent.start;
    return true;
  }

  /** Damage is damage, wherever it was seen; any other failure of the inner storage stays what it is. */
  #explain(error: unknown): unknown {
    if (!(error instanceof Damage || error instanceof IntegrityError)) return error;
    const offset = error instanceof Damage ? error.block * this.#entry.blockSize : this.#position;
    const explained = new IntegrityError(this.#origin.key, offset, this.#origin.fault);
    explained.cause = error;
    return explained;
  }
}
