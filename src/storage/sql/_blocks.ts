/**
 * A body cut into blocks of one size, from whatever chunks it comes in. Holds one block at a time.
 *
 * @module
 */

import { eachChunk } from "../_source.ts";

/**
 * Hands a body to `take` in blocks. All are `blockBytes` long but the last one, which is shorter and may be empty. A block
 * is `take`'s until it is done.
 *
 * @throws As `eachChunk` does.
 */
export async function eachBlock(
  body: ReadableStream<Uint8Array> | Uint8Array,
  { blockBytes, signal }: { readonly blockBytes: number; readonly signal: AbortSignal | undefined },
  take: (block: Uint8Array) => Promise<void>,
): Promise<void> {
  let block = new Uint8Array(0);
  let filled = 0;
  await eachChunk(body, signal, async (chunk) => {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + blockBytes - filled);
      if (filled + part.length > block.length) {
        const larger = new Uint8Array(Math.min(blockBytes, Math.max(filled + part.length, block.length * 2)));
        larger.set(block.subarray(0, filled));
        block = larger;
      }
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === blockBytes) {
        await take(block);
        signal?.throwIfAborted();
        filled = 0;
      }
    }
  });
  await take(block.subarray(0, filled));
}
