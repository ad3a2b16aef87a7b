/**
 * The one value that a stream of CBOR is.
 *
 * @module
 */

import { NEED_MORE } from "./_byte_reader.ts";
import { Gatherer } from "./_gatherer.ts";
import { ValueReader } from "./_value_reader.ts";

/** So many bytes are waited for before reading goes on: there is no result before the last of them anyway. */
const GATHERED_BYTES = 1 << 16;

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
    const gatherer = new Gatherer(() => source.read().then(({ value }) => value), gatheredBytes);
    const reader = new ValueReader(new Uint8Array(), true);
    for (;;) {
      await gatherer.supply(reader.in);
      const value = reader.read();
      if (value !== NEED_MORE) return value;
    }
  } catch (error) {
    source.cancel(error).catch(() => {});
    throw error;
  } finally {
    source.releaseLock();
  }
}
