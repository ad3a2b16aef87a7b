/**
 * A body on its way out of a storage: decompressed as it is pulled, in bounded chunks, its size checked at the end.
 *
 * @module
 */

import { IntegrityError } from "../../errors.ts";
import { type ChunkSource, pulledStream } from "../_pulled_stream.ts";
import type { StoredBody } from "../types.ts";
import { joined } from "./_bytes.ts";
import type { Compression } from "./compression.ts";
import { ENDING_SIZE, HEADER_SIZE, parseEnding, parseHeader } from "./_envelope.ts";
import { decompressing } from "./_sources.ts";

/** Longest chunk that is delivered, in bytes. */
const LONGEST_CHUNK = 256 * 1024;

/** Longest chunk that is given to a decompressor, in bytes: some turn all of it into one chunk, a thousand times as long. */
const LONGEST_INPUT = 16 * 1024;

/** The compression that an entry names; `undefined` when its header is not known here. */
export async function probe(entry: StoredBody): Promise<Compression | undefined> {
  const input = new EntryInput(entry);
  try {
    return await input.readHeader();
  } finally {
    await input.close();
  }
}

/** The body of an entry whose header is known. */
export function decompressedBody(key: string, entry: StoredBody): StoredBody {
  const stream = (): ReadableStream<Uint8Array<ArrayBuffer>> => pulledStream(new Decompression(key, entry));
  return {
    stream,
    async bytes() {
      const chunks: Uint8Array[] = [];
      const reader = stream().getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
      return joined(chunks);
    },
  };
}

/** The stored bytes, taken apart into header, compressed bytes and ending. */
class EntryInput implements ChunkSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #held: Uint8Array = new Uint8Array();
  #ended = false;
  #closing: Promise<void> | undefined;
  /** What reading failed with, if it did. */
  failure: { readonly reason: unknown } | undefined;

  constructor(entry: StoredBody) {
    this.#reader = entry.stream().getReader();
  }

  async readHeader(): Promise<Compression | undefined> {
    while (this.#held.length < HEADER_SIZE && !this.#ended) await this.#read();
    const compression = parseHeader(this.#held);
    this.#held = this.#held.subarray(HEADER_SIZE);
    return compression;
  }

  /** The next compressed bytes; the last eight are the ending and are held back. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    while (this.#held.length <= ENDING_SIZE && !this.#ended) await this.#read();
    const length = Math.min(LONGEST_INPUT, this.#held.length - ENDING_SIZE);
    if (length <= 0) return undefined;
    const chunk = this.#held.slice(0, length);
    this.#held = this.#held.subarray(length);
    return new Uint8Array(chunk);
  }

  /** The size that the ending names; `undefined` when the entry is too short to have one. */
  get size(): number | undefined {
    return this.#held.length === ENDING_SIZE ? parseEnding(this.#held) : undefined;
  }

  /** Harmless when called again; waits for the first call then. */
  close(reason?: unknown): Promise<void> {
    return this.#closing ??= this.#reader.cancel(reason).catch(() => {});
  }

  async #read(): Promise<void> {
    try {
      const { done, value } = await this.#reader.read();
      if (done) this.#ended = true;
      else this.#held = this.#held.length === 0 ? value : joined([this.#held, value]);
    } catch (reason) {
      this.failure = { reason };
      throw reason;
    }
  }
}

/** One reading of a body. */
class Decompression implements ChunkSource {
  readonly #key: string;
  readonly #entry: StoredBody;
  #input: EntryInput | undefined;
  #output: ChunkSource | undefined;
  #rest: Uint8Array = new Uint8Array();
  #delivered = 0;

  constructor(key: string, entry: StoredBody) {
    this.#key = key;
    this.#entry = entry;
  }

  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    while (this.#rest.length === 0) {
      const chunk = await this.#decompress();
      if (chunk === undefined) return undefined;
      this.#rest = chunk;
    }
    const chunk = new Uint8Array(this.#rest.subarray(0, LONGEST_CHUNK));
    this.#rest = this.#rest.subarray(LONGEST_CHUNK);
    this.#delivered += chunk.length;
    return chunk;
  }

  async #decompress(): Promise<Uint8Array | undefined> {
    const input = this.#input ??= new EntryInput(this.#entry);
    try {
      this.#output ??= await this.#open(input);
      const chunk = await this.#output.next();
      if (chunk !== undefined) return chunk;
    } catch (error) {
      throw this.#explain(error, input);
    }
    if (input.size !== this.#delivered) throw this.#damaged();
    return undefined;
  }

  /** The header is read again: another entry, compressed in another way, may have taken the place of the first. */
  async #open(input: EntryInput): Promise<ChunkSource> {
    const compression = await input.readHeader();
    if (compression === undefined) throw this.#damaged();
    return decompressing(compression, input);
  }

  /** Damage is damage, wherever it was seen; any other failure of the inner storage stays what it is. */
  #explain(error: unknown, input: EntryInput): unknown {
    if (error instanceof IntegrityError) return this.#damaged(error);
    if (input.failure === undefined) return this.#damaged(error);
    const { reason } = input.failure;
    return reason instanceof IntegrityError ? this.#damaged(reason) : reason;
  }

  #damaged(cause?: unknown): IntegrityError {
    const error = new IntegrityError(this.#key, this.#delivered, "the compressed data is damaged");
    if (cause !== undefined) error.cause = cause;
    return error;
  }

  async close(reason?: unknown): Promise<void> {
    await this.#output?.close?.(reason);
    await this.#input?.close(reason);
  }
}
