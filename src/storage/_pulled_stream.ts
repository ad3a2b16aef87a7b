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
  /** Lets go of whatever is held. Called at the end, on an error of `next`, and when the reader cancels, also while `next` is
   * under way. */
  close?(reason?: unknown): void | Promise<void>;
}

/** A stream over a source. Nothing is opened before the first read. */
export function pulledStream(source: ChunkSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  let cancelled = false;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      let chunk: Uint8Array<ArrayBuffer> | undefined;
      try {
        chunk = await source.next();
      } catch (error) {
        await source.close?.(error);
        throw error;
      }
      if (cancelled) return;
      if (chunk !== undefined) return controller.enqueue(chunk);
      await source.close?.();
      controller.close();
    },
    async cancel(reason) {
      cancelled = true;
      await source.close?.(reason);
    },
  }, { highWaterMark: 0 });
}
