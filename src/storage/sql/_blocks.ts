/**
 * A body cut into blocks of one size, from whatever chunks it comes in. Holds one block at a time.
 *
 * @module
 */

/** Cuts bytes into blocks; the last one may be shorter. Copies nothing. */
export function* blocksOfBytes(body: Uint8Array, blockBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += blockBytes) yield body.subarray(at, at + blockBytes);
}

/**
 * Cuts a stream into blocks. All are `blockBytes` long but the last one, which is shorter and may be empty. A block is the
 * caller's until the next one is asked for.
 *
 * The source is cancelled when the signal aborts, when a chunk is not bytes, and when the caller stops early.
 */
export async function* blocksOfStream(
  source: ReadableStream<Uint8Array>,
  blockBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = source.getReader();
  const cancel = (reason: unknown) => void reader.cancel(reason).catch(() => {});
  const onAbort = () => cancel(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  let block = new Uint8Array(0);
  let filled = 0;
  let ended = false;
  try {
    while (true) {
      const next = await reader.read();
      signal?.throwIfAborted();
      if (next.done) break;
      if (!(next.value instanceof Uint8Array)) {
        throw new TypeError(`Cannot put a stream of ${typeof next.value} chunks: expected Uint8Array`);
      }
      // Copied at once: the source may use its buffer again.
      for (let at = 0; at < next.value.length;) {
        const part = next.value.subarray(at, at + blockBytes - filled);
        if (filled + part.length > block.length) {
          const larger = new Uint8Array(
            Math.min(blockBytes, Math.max(filled + part.length, block.length * 2)),
          );
          larger.set(block.subarray(0, filled));
          block = larger;
        }
        block.set(part, filled);
        filled += part.length;
        at += part.length;
        if (filled === blockBytes) {
          yield block;
          filled = 0;
        }
      }
    }
    ended = true;
    yield block.subarray(0, filled);
  } finally {
    signal?.removeEventListener("abort", onAbort);
    if (!ended) cancel(signal?.aborted ? signal.reason : undefined);
    reader.releaseLock();
  }
}
