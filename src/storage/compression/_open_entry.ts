/**
 * Finds out what an entry holds, from its end alone.
 *
 * @module
 */

import type { BlockedEntry } from "../_block_reader.ts";
import { readPart, sizeOf } from "../_exact_reader.ts";
import type { StoredBody } from "../types.ts";
import { unframe } from "./_frame.ts";
import { blockSizeAt, FOOTER_SIZE, parseTrailer, type Trailer } from "./_trailer.ts";

/** An entry whose trailer was read. */
export interface OpenEntry extends BlockedEntry {
  /** What it says of itself. */
  readonly trailer: Trailer;
}

/** How much of the end is read at first, in bytes: the trailer of up to 2 GiB. */
const END_SIZE: number = 64 * 1024;

/** Reads the trailer of an entry; `undefined` when it has none, `"newer"` when it has one that is not known here. */
export async function openEntry(stored: StoredBody): Promise<OpenEntry | "newer" | undefined> {
  const size = await sizeOf(stored);
  if (size < FOOTER_SIZE) return undefined;
  let trailer = await readTrailer(stored, size, Math.min(size, END_SIZE));
  if (typeof trailer === "number") trailer = await readTrailer(stored, size, trailer);
  if (trailer === "newer") return trailer;
  return trailer === undefined || typeof trailer === "number" ? undefined : openedEntry(stored, trailer);
}

function openedEntry(stored: StoredBody, trailer: Trailer): OpenEntry {
  const { compression, index, size, blockSize, checksum } = trailer;
  return {
    stored,
    trailer,
    size,
    blockSize,
    end: index.end,
    identity: `${checksum} ${size}`,
    frameAt: (number) => index.at(number),
    async open(number, bytes) {
      const frame = index.at(number);
      if (frame === undefined) throw new RangeError(`Cannot open frame ${number}: there is none`);
      return await unframe(compression, bytes, { ...frame, blockSize: blockSizeAt(trailer, number) });
    },
  };
}

async function readTrailer(
  stored: StoredBody,
  size: number,
  endSize: number,
): Promise<Trailer | number | "newer" | undefined> {
  const end = await readPart(stored, { start: size - endSize, end: size });
  return end.length === endSize ? parseTrailer(end, size) : undefined;
}
