/**
 * What `Sql.get` gives of a large body: its chunks, read and checked one at a time.
 *
 * @module
 */

import { IntegrityError } from "../../errors.ts";
import { pulledStream } from "../pulled_stream.ts";
import { extentOf, within } from "../_range.ts";
import type { ByteRange, StoredBody } from "../types.ts";
import { chunkChecksum, chunkDigest, isChecksum } from "./_checksum.ts";
import { CHUNK_BYTES } from "./_schema.ts";

/** Which body is read, and how. */
export interface ChunkedSource {
  /** The entry's key. */
  readonly key: string;
  /** Id of the body. */
  readonly body: number;
  /** Its size in bytes. */
  readonly size: number;
  /** Reads the checksum and the data of a chunk; `undefined` when it is not there. */
  read(
    body: number,
    seq: number,
  ): Promise<{ readonly checksum: unknown; readonly data: unknown } | undefined>;
  /** Told of damage, once per stream, before the stream errors. */
  onDamage(error: IntegrityError): Promise<void>;
}

/** Gives a chunk's bytes when they are those that were put; throws an `IntegrityError` otherwise. */
export function checkedChunk(
  { key, body, size }: Pick<ChunkedSource, "key" | "body" | "size">,
  seq: number,
  chunk: { readonly checksum: unknown; readonly data: unknown } | undefined,
): Uint8Array<ArrayBuffer> {
  const offset = seq * CHUNK_BYTES;
  if (chunk === undefined) throw new IntegrityError(key, offset, "a chunk is missing");
  if (chunk.data instanceof ArrayBuffer && chunk.data.byteLength === Math.min(CHUNK_BYTES, size - offset)) {
    const data = new Uint8Array(chunk.data);
    if (isChecksum(chunk.checksum, chunkChecksum(body, seq, chunkDigest(data)))) return data;
  }
  throw new IntegrityError(key, offset, "a chunk is not as it was put");
}

/** A body in chunks. The first one has been read and checked; the others are when they are asked for. */
export class ChunkedBody implements StoredBody {
  readonly size: number;
  readonly #source: ChunkedSource;
  readonly #first: Uint8Array<ArrayBuffer>;

  constructor(source: ChunkedSource, first: Uint8Array<ArrayBuffer>) {
    this.#source = source;
    this.#first = first;
    this.size = source.size;
  }

  async #chunk(seq: number): Promise<Uint8Array<ArrayBuffer>> {
    if (seq === 0) return this.#first.slice();
    const { body } = this.#source;
    const chunk = await this.#source.read(body, seq);
    try {
      return checkedChunk(this.#source, seq, chunk);
    } catch (error) {
      if (error instanceof IntegrityError) await this.#source.onDamage(error);
      throw error;
    }
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const whole = new Uint8Array(this.size);
    for (let at = 0; at < this.size; at += CHUNK_BYTES) whole.set(await this.#chunk(at / CHUNK_BYTES), at);
    return whole;
  }

  /** Chunks before and after the range are not read. */
  stream(range?: ByteRange): ReadableStream<Uint8Array<ArrayBuffer>> {
    const extent = extentOf(range, this.size);
    let seq = Math.floor(extent.start / CHUNK_BYTES);
    // An empty range may lie within a chunk all the same.
    const chunks = { next: () => extent.start < extent.end ? this.#chunk(seq++) : undefined };
    return pulledStream(within(extent, chunks, seq * CHUNK_BYTES));
  }
}
