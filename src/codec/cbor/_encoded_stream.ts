/**
 * Values that are too large to be written whole, as streams of CBOR.
 *
 * @module
 */

import { CodecError } from "../../errors.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** Chunks are no larger than this, whatever they come from. */
const MOST_CHUNK_BYTES = 1 << 20;

/**
 * The encoding of a value, written while it is read, never ahead of the reader.
 *
 * @param writer A writer that has found a value to be large; it is the stream's from now on.
 */
export function encodedStream(writer: ValueWriter): ReadableStream<Uint8Array<ArrayBuffer>> {
  let slices: Generator<Uint8Array<ArrayBuffer>> | undefined;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      slices ??= eachSlice(writer.chunks());
      const next = slices.next();
      if (next.done === true) {
        writer.forget();
        controller.close();
      } else {
        controller.enqueue(next.value);
      }
    },
    cancel() {
      slices = undefined;
      writer.forget();
    },
  }, { highWaterMark: 0 });
}

function* eachSlice(lists: Iterable<Uint8Array<ArrayBuffer>[]>): Generator<Uint8Array<ArrayBuffer>> {
  for (const chunks of lists) {
    const sizes = chunks.map((chunk) => chunk.length);
    for (const [i, chunk] of chunks.entries()) {
      const size = sizes[i] ?? 0;
      // Slices of one size, so that none is a handful of bytes.
      const sliceBytes = Math.ceil(size / Math.ceil(size / MOST_CHUNK_BYTES));
      for (let at = 0; at < size; at += sliceBytes) {
        // Memory that is the caller's may have been transferred or shrunk since its length was written.
        if (chunk.length !== size) {
          throw new CodecError("unencodable", "Cannot write $ as CBOR: it changed while it was written", {
            path: "$",
          });
        }
        // A copy: who takes the stream may still be writing this when the value has been digested again, and may hand the
        // memory on for good.
        yield chunk.slice(at, at + sliceBytes);
      }
    }
  }
}
