/**
 * How a `put` reads the body that it is given: chunk by chunk, stopping at once when the signal aborts, and never
 * leaving a source behind that still believes somebody reads.
 *
 * @module
 */

import { assertKey } from "./_key.ts";

/**
 * Hands every chunk of a body to `take`, one after the other; the next chunk is asked for when `take` is done.
 *
 * The chunk belongs to the source: `take` copies what it keeps. Whatever goes wrong (the source, the signal, `take`
 * itself), the source is cancelled with that reason.
 *
 * @throws The source's own error, the signal's reason, or what `take` threw.
 * @throws {TypeError} When the body is neither bytes nor an unlocked stream of bytes.
 */
export async function eachChunk(
  body: ReadableStream<Uint8Array> | Uint8Array,
  signal: AbortSignal | undefined,
  take: (chunk: Uint8Array) => void | Promise<void>,
): Promise<void> {
  if (body instanceof Uint8Array) {
    signal?.throwIfAborted();
    return await take(body);
  }
  if (!(body instanceof ReadableStream)) {
    throw new TypeError("Cannot put a body that is neither a Uint8Array nor a ReadableStream");
  }
  const reader = body.getReader();
  // Cancelling ends a pending read, however long the source itself would have taken.
  const stop = (reason: unknown): void => void reader.cancel(reason).catch(() => {});
  const onAbort = (): void => stop(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    for (;;) {
      const next = await reader.read();
      signal?.throwIfAborted();
      if (next.done) return;
      if (!(next.value instanceof Uint8Array)) {
        throw new TypeError(`Cannot put a stream of ${typeof next.value}: its chunks must be Uint8Array`);
      }
      const taken = take(next.value);
      if (taken !== undefined) await taken;
    }
  } catch (error) {
    stop(error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    reader.releaseLock();
  }
}

/**
 * What every `put` checks before it begins; a body that is not taken is cancelled.
 *
 * @throws {TypeError} When the key is none.
 * @throws The signal's reason, when it has aborted already.
 */
export function admitPut(
  key: string,
  body: ReadableStream<Uint8Array> | Uint8Array,
  signal: AbortSignal | undefined,
): void {
  try {
    assertKey(key);
    signal?.throwIfAborted();
  } catch (error) {
    discard(body, error);
    throw error;
  }
}

/** Cancels a body that will not be read. */
export function discard(body: ReadableStream<Uint8Array> | Uint8Array, reason: unknown): void {
  if (body instanceof ReadableStream && !body.locked) body.cancel(reason).catch(() => {});
}
