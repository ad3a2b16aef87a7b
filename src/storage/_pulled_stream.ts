/**
 * The one way in which storages make the streams that they deliver: pulled, never ahead of the reader by more than the
 * storage itself reads ahead.
 *
 * @module
 */

/** Where the chunks of a delivered stream come from. */
export interface ChunkSource {
  /** The next chunk, whose buffer is the reader's from now on; `undefined` at the end. */
  next(): Uint8Array<ArrayBuffer> | undefined | Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** X */
  close?(reason?: unknown): void | Promise<void>;
}

/** A stream over a source. Nothing is opened before the first read. */
export function pulledStream(source: ChunkSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  let closing: Promise<void> | undefined;
  // Whoever closes waits until it is done, whoever else has begun it.
  const close = (reason?: unknown): Promise<void> => closing ??= Promise.resolve(source.close?.(reason));
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (closing !== undefined) return;
      let chunk: Uint8Array<ArrayBuffer> | undefined;
      try {
        chunk = await source.next();
      } catch (error) {
        await close(error);
        throw error;
      }
      if (closing !== undefined) return;
      if (chunk !== undefined) return controller.enqueue(chunk);
      await close();
      controller.close();
    },
    cancel: close,
  }, { highWaterMark: 0 });
}
