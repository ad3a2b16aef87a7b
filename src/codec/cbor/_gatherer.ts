/**
 * Bytes for a reader of CBOR that takes them from a source: chunks are asked for until there are enough to go on with, and
 * are let go of once they are read. What they say is the reader's.
 *
 * @module
 */

import type { MaybePromise } from "../types.ts";
import type { Apart, ByteReader } from "./_byte_reader.ts";

/** Memory of a declared size is taken once this part of it has come. */
const TRUSTED_PART = 1 / 8;

/** What is read again from its start waits for twice as much, from here on. */
const LARGE_RETRY = 1 << 18;

const NOTHING = new Uint8Array();

/** Asks for the next chunk, which is not changed any more; `undefined` at the end. */
export type PullBytes = () => MaybePromise<Uint8Array | undefined>;

/** Gathers chunks for one reader, which begins with no bytes. */
export class Gatherer {
  readonly #pull: PullBytes;
  readonly #gatheredBytes: number;
  #atEnd = false;
  #triedAt = -1;

  /**
   * @param pull The source.
   * @param gatheredBytes So many bytes are waited for each time, even where fewer would do: for values of which nothing
   * is seen before their last byte.
   */
  constructor(pull: PullBytes, gatheredBytes: number) {
    this.#pull = pull;
    this.#gatheredBytes = gatheredBytes;
  }

  /** Brings what a reader needs that has not begun, or has said `NEED_MORE`; or the end. */
  async supply(reader: ByteReader): Promise<void> {
    const { position, rest, wanted, wantedContent } = reader;
    let { apart } = reader;
    // What is tried from the same start again and again would cost more and more.
    const isRetry = position === this.#triedAt && rest.length >= LARGE_RETRY;
    const least = isRetry ? Math.max(wanted, rest.length * 2) : wanted;
    this.#triedAt = position;
    let bytes: Uint8Array;
    if (wantedContent.size > 0 && apart === undefined) {
      ({ bytes, apart } = await this.#collect(rest, wantedContent.index, wantedContent.size));
    } else {
      bytes = await this.#gather(rest, least);
    }
    reader.proceed(bytes, { hasMore: !this.#atEnd, apart });
  }

  /** Bytes and what follows them, until there are enough or no more. */
  async #gather(rest: Uint8Array, least: number): Promise<Uint8Array> {
    const parts = [rest];
    let size = rest.length;
    const enough = Math.max(least, size + this.#gatheredBytes);
    while (size < enough && !this.#atEnd) {
      const chunk = this.#noted(await this.#pull());
      parts.push(chunk);
      size += chunk.length;
    }
    return concatenated(parts);
  }

  /**
   * Takes a large string out of the bytes that it stands among.
   *
   * @param index Where in `rest` it begins.
   * @param size Its declared size: memory is taken for what came, until that is an eighth of it.
   */
  async #collect(
    rest: Uint8Array,
    index: number,
    size: number,
  ): Promise<{ bytes: Uint8Array; apart: Apart | undefined }> {
    const head = rest.slice(0, index);
    let parts = [rest.subarray(index)];
    let arrived = rest.length - index;
    while (arrived < size * TRUSTED_PART) {
      const chunk = this.#noted(await this.#pull());
      if (this.#atEnd) return { bytes: concatenated([head, ...parts]), apart: undefined };
      parts.push(chunk);
      arrived += chunk.length;
    }
    const content = new Uint8Array(size);
    let filled = 0;
    let excess = new Uint8Array();
    const fill = (chunk: Uint8Array): void => {
      const fitting = Math.min(chunk.length, size - filled);
      content.set(fitting === chunk.length ? chunk : chunk.subarray(0, fitting), filled);
      filled += fitting;
      if (fitting < chunk.length) excess = chunk.slice(fitting);
    };
    for (const part of parts) fill(part);
    parts = [];
    while (filled < size) {
      const chunk = this.#noted(await this.#pull());
      if (this.#atEnd) {
        return { bytes: concatenated([head, content.subarray(0, filled)]), apart: undefined };
      }
      fill(chunk);
    }
    return { bytes: concatenated([head, excess]), apart: { index, content } };
  }

  #noted(chunk: Uint8Array | undefined): Uint8Array {
    if (chunk === undefined) this.#atEnd = true;
    return chunk ?? NOTHING;
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0);
  const [only = NOTHING] = filled;
  if (filled.length <= 1) return only;
  const bytes = new Uint8Array(filled.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of filled) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
