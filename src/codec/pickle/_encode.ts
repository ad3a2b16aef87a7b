/**
 * From a value to bytes: at once where there are few, as a stream where there are many.
 *
 * @module
 */

import type { Encoded } from "../types.ts";
import type { Extension } from "./_extension.ts";
import { ValueWriter } from "./_value_writer.ts";

/** Up to here bytes are given at once. */
const MOST_WHOLE_BYTES = 1 << 20;
/** The longest chunk of a stream. */
const LONGEST_CHUNK = 1 << 20;

/** Makes an encoder; values up to 1 MiB give bytes, larger ones and those that hold a Blob a stream. */
export function encoder(extension?: Extension): (value: unknown) => Encoded {
  // A writer that is not in use; a getter in a value may itself lead to `encode`, which then takes another.
  let idle: ValueWriter | undefined;

  return function encode(value: unknown): Encoded {
    const writer = idle ?? new ValueWriter(extension);
    idle = undefined;
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      let isDone = writer.start(value);
      for (;;) {
        for (const chunk of writer.out.take(isDone)) {
          chunks.push(chunk);
          size += chunk.length;
        }
        if (size > MOST_WHOLE_BYTES || writer.foreign !== undefined) {
          return streamOf(rest(writer, chunks, isDone));
        }
        if (isDone) break;
        isDone = writer.resume();
      }
    } catch (error) {
      writer.reset();
      throw error;
    }
    writer.reset();
    idle = writer;
    return joined(chunks, size);
  };
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const [only, second] = chunks;
  // A chunk alone is a copy already: bytes of the value's own never stand without a head.
  if (only !== undefined && second === undefined) return only as Uint8Array<ArrayBuffer>;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Bytes on their way out. */
interface Part {
  readonly chunk: Uint8Array;
  /** Whether they may be the value's own memory, which is not to be given away. */
  readonly isLent: boolean;
}

/** The chunks that are there, then those that the writer still gives. */
async function* rest(
  writer: ValueWriter,
  first: readonly Uint8Array[],
  wasDone: boolean,
): AsyncGenerator<Part> {
  let chunks = first;
  for (let isDone = wasDone;;) {
    const { lent } = writer.out;
    for (const chunk of chunks) yield { chunk, isLent: lent.has(chunk) };
    const { foreign } = writer;
    if (foreign !== undefined) {
      writer.foreign = undefined;
      yield* contentOf(foreign);
    }
    if (isDone) return;
    isDone = writer.resume();
    chunks = writer.out.take(isDone);
  }
}

async function* contentOf(blob: Blob): AsyncGenerator<Part> {
  let size = 0;
  for await (const chunk of blob.stream()) {
    size += chunk.length;
    yield { chunk, isLent: false };
  }
  if (size !== blob.size) throw new TypeError(`a Blob of ${blob.size} bytes gave ${size}`);
}

/** Not a stream of type "bytes": that would take the memory of the value's own arrays away from it. */
function streamOf(parts: AsyncGenerator<Part>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let long: Uint8Array = new Uint8Array();
  let left = 0;
  let isLent = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (left === 0) {
        const { done, value } = await parts.next();
        if (done) return controller.close();
        long = value.chunk;
        left = long.length;
        isLent = value.isLent;
      }
      // A typed array of the value's own whose memory went elsewhere while the stream was read.
      if (long.length === 0) {
        throw new TypeError("Cannot write as pickle: the memory of an array was taken away");
      }
      const next = long.subarray(0, LONGEST_CHUNK);
      const chunk = isLent ? next.slice() : next as Uint8Array<ArrayBuffer>;
      long = long.subarray(chunk.length);
      left -= chunk.length;
      controller.enqueue(chunk);
    },
    async cancel(reason) {
      await parts.return(reason);
    },
  }, { highWaterMark: 0 });
}
