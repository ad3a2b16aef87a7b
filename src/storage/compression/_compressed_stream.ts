/**
 * A body on its way into a storage: compressed as it is pulled, with header and ending.
 *
 * @module
 */

import { type ChunkSource, pulledStream } from "../_pulled_stream.ts";
import type { Compression } from "./compression.ts";
import { ending, header } from "./_envelope.ts";
import { compressing } from "./_sources.ts";

/**
 * The entry for a body, as a stream. An error of the source errors it with that very error; cancelling it cancels the
 * source.
 *
 * @throws {TypeError} When the body is locked.
 */
export function compressed(
  compression: Compression,
  body: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let size = 0;
  const source = body.getReader();
  const counted: ChunkSource = {
    async next() {
      const { done, value } = await source.read();
      if (done) return undefined;
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`Cannot put a stream of ${typeof value}: its chunks must be Uint8Array`);
      }
      size += value.length;
      // The source may use its chunk again, while the compressor still waits to read it.
      return new Uint8Array(value);
    },
    close: (reason) => source.cancel(reason),
  };
  const output = compressing(compression, counted);
  let step: "header" | "body" | "over" = "header";
  return pulledStream({
    async next() {
      if (step === "header") {
        step = "body";
        return header(compression);
      }
      if (step === "over") return undefined;
      const chunk = await output.next();
      if (chunk !== undefined) return chunk;
      step = "over";
      return ending(size);
    },
    async close(reason) {
      // The source first and at once: through the pipes it would hear of it some turns later.
      await Promise.all([source.cancel(reason).catch(() => {}), output.close?.(reason)]);
    },
  });
}
