/**
 * Values out of streams of CBOR: bytes are asked for until there are enough to go on with, and are let go of once they
 * are read.
 *
 * @module
 */

import { type Apart, NEED_MORE } from "./_byte_reader.ts";
import { ValueReader } from "./_value_reader.ts";

/** So many bytes are waited for before reading goes on: there is no result before the last of them anyway. */
const GATHERED_BYTES = 1 << 16;

/** Memory of a declared size is taken once this part of it has come. */
const TRUSTED_PART = 1 / 8;

/**
 * Reads the one value that a stream is.
 *
 * @param gatheredBytes How many bytes are waited for at least; differs in tests only.
 * @throws {CodecError} (rejects) code `malformed`; with the stream's own error when it breaks. Either way nobody reads
 * it any more.
 */
export async function readStream(
  body: ReadableStream<Uint8Array>,
  gatheredBytes: number = GATHERED_BYTES,
): Promise<unknown> {
  const source = body.getReader();
  try {
    return await new StreamReader(source, gatheredBytes).read();
  } catch (error) {
    source.cancel(error).catch(() => {});
    throw error;
  } finally {
    source.releaseLock();
  }
}

class StreamReader {
  readonly #source: ReadableStreamDefaultReader<Uint8Array>;
  readonly #gatheredBytes: number;
  #atEnd = false;

  constructor(source: ReadableStreamDefaultReader<Uint8Array>, gatheredBytes: number) {
    this.#source = source;
    this.#gatheredBytes = gatheredBytes;
  }

  async read(): Promise<unknown> {
    const reader = new ValueReader(await this.#gather([], 1), !this.#atEnd);
    let triedAt = -1;
    for (;;) {
      const value = reader.read();
      if (value !== NEED_MORE) return value;
      const { position, rest, wanted, wantedContent } = reader.in;
      let { apart } = reader.in;
      // What is tried from the same start again must have twice as much, or trying would cost more than reading.
      const least = position === triedAt ? Math.max(wanted, rest.length * 2) : wanted;
      triedAt = position;
      let bytes: Uint8Array;
      if (wantedContent.size > 0 && apart === undefined) {
        ({ bytes, apart } = await this.#collect(rest, wantedContent.index, wantedContent.size));
      } else {
        bytes = await this.#gather([rest], least);
      }
      reader.in.proceed(bytes, { hasMore: !this.#atEnd, apart });
    }
  }

  /** The next chunk that is not empty; `undefined` at the end. */
  async #next(): Promise<Uint8Array | undefined> {
    while (!this.#atEnd) {
      const next = await this.#source.read();
      if (next.done) this.#atEnd = true;
      else if (next.value.length > 0) return next.value;
    }
    return undefined;
  }

  /** Bytes and what follows them, until there are enough or no more. */
  async #gather(parts: Uint8Array[], least: number): Promise<Uint8Array> {
    let size = parts.reduce((sum, part) => sum + part.length, 0);
    const enough = Math.max(least, size + this.#gatheredBytes);
    while (size < enough) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
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
      const chunk = await this.#next();
      if (chunk === undefined) return { bytes: concatenated([head, ...parts]), apart: undefined };
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
      const chunk = await this.#next();
      if (chunk === undefined) {
        return { bytes: concatenated([head, content.subarray(0, filled)]), apart: undefined };
      }
      fill(chunk);
    }
    return { bytes: concatenated([head, excess]), apart: { index, content } };
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0);
  const [only = new Uint8Array()] = filled;
  if (filled.length <= 1) return only;
  const bytes = new Uint8Array(filled.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of filled) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
