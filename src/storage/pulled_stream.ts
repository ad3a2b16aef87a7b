/**
 * The one way in which storages make the streams that they deliver: pulled, never ahead of the reader by more than the
 * storage itself reads ahead.
 *
 * @module
 */

import { closeWhenDropped } from "../_dropped.ts";

/** Where the chunks of a delivered stream come from. */
export interface ChunkSource {
  /** The next chunk, whose buffer is the reader's from now on; `undefined` at the end. */
  next(): Uint8Array<ArrayBuffer> | undefined | Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Lets go of what is open; called once, at the end, after a failure, or when nobody reads on. */
  close?(reason?: unknown): void | Promise<void>;
}

/**
 * A byte stream over a source: it serves BYOB readers too. Nothing is opened before the first read.
 *
 * Chunks are not copied; a view that a reader brings is filled from them.
 */
export function pulledStream(source: ChunkSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  let closing: Promise<void> | undefined;
  let rest: Uint8Array<ArrayBuffer> | undefined;
  // Whoever closes waits until it is done, whoever else has begun it.
  const close = (reason?: unknown): Promise<void> => closing ??= Promise.resolve(source.close?.(reason));
  const stream = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      if (closing !== undefined) return;
      let chunk: Uint8Array<ArrayBuffer> | undefined;
      try {
        chunk = rest ?? await source.next();
        // A byte stream takes no empty ones.
        while (chunk?.length === 0) chunk = await source.next();
        rest = undefined;
      } catch (error) {
        await close(error);
        throw error;
      }
      const request = controller.byobRequest;
      if (chunk === undefined) {
        await close();
        controller.close();
        request?.respond(0);
      } else if (request?.view) {
        const { buffer, byteOffset, byteLength } = request.view;
        const view = new Uint8Array(buffer, byteOffset, byteLength);
        const part = chunk.subarray(0, view.length);
        view.set(part);
        if (part.length < chunk.length) rest = chunk.subarray(part.length);
        request.respond(part.length);
      } else {
        controller.enqueue(chunk);
      }
    },
    cancel: close,
  }, { highWaterMark: 0 });
  if (source.close !== undefined) closeWhenDropped(stream, close);
  return stream;
}
