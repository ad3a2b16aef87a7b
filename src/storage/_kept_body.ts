/**
 * A body whose bytes are already in memory, whole and checked.
 *
 * @module
 */

import { pulledStream } from "./pulled_stream.ts";
import { extentOf } from "./_range.ts";
import type { StoredBody } from "./types.ts";

/** Longest chunk that is delivered from memory, in bytes. */
const LONGEST_CHUNK = 256 * 1024;

/** A body over blocks that nobody changes; what it delivers are copies. */
export function keptBody(blocks: readonly Uint8Array[]): StoredBody {
  const size = blocks.reduce((sum, block) => sum + block.length, 0);
  return {
    size,
    stream: (range) => {
      const { start, end } = extentOf(range, size);
      let index = 0;
      let blockAt = 0;
      let position = start;
      return pulledStream({
        next() {
          for (let block = blocks[index]; block !== undefined && position < end; block = blocks[index]) {
            const at = position - blockAt;
            if (at < block.length) {
              const chunk = block.subarray(at, Math.min(at + LONGEST_CHUNK, end - blockAt));
              position += chunk.length;
              return new Uint8Array(chunk);
            }
            index++;
            blockAt += block.length;
          }
          return undefined;
        },
      });
    },
    bytes: () => {
      const whole = new Uint8Array(size);
      let at = 0;
      for (const block of blocks) {
        whole.set(block, at);
        at += block.length;
      }
      return Promise.resolve(whole);
    },
  };
}
