/**
 * Parts of bodies: what a range means for a body, and how a reader that can only begin at the beginning serves it.
 *
 * @module
 */

import type { ChunkSource } from "./pulled_stream.ts";
import type { ByteRange } from "./types.ts";

/** A range whose ends are both said; `end` may be Infinity, and lie beyond the body. */
export interface Extent {
  /** First byte. */
  readonly start: number;
  /** First byte that is no part of it. */
  readonly end: number;
}

/**
 * Checks a range.
 *
 * @param size Size of the body, where it is known: the extent lies within it then.
 * @throws {RangeError} When it is none.
 */
export function extentOf(range: ByteRange | undefined, size: number = Infinity): Extent {
  const { start = 0, end = Infinity } = range ?? {};
  const isOffset = (offset: number): boolean => Number.isSafeInteger(offset) && offset >= 0;
  if (!isOffset(start) || !(isOffset(end) || end === Infinity) || end < start) {
    throw new RangeError(
      `Cannot read bytes ${start} to ${end}: both must be integers from 0, and the end not before the start`,
    );
  }
  return { start: Math.min(start, size), end: Math.min(end, size) };
}

/**
 * The part of a source, which gives the bytes from `at` on, that lies in an extent; reads no further than that.
 *
 * @param at Where in the body the source begins.
 */
export function within({ start, end }: Extent, source: ChunkSource, at: number = 0): ChunkSource {
  let position = at;
  return {
    async next() {
      while (position < end) {
        const chunk = await source.next();
        if (chunk === undefined) return undefined;
        const from = Math.max(0, start - position);
        const to = Math.min(chunk.length, end - position);
        position += chunk.length;
        if (from < to) return chunk.subarray(from, to);
      }
      return undefined;
    },
    ...(source.close === undefined ? {} : { close: (reason?: unknown) => source.close?.(reason) }),
  };
}
