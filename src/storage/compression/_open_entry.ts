/**
 * Finds out what an entry holds, from its end alone.
 *
 * @module
 */

import type { StoredBody } from "../types.ts";
import { ExactReader, type OpenEntry } from "./_block_reader.ts";
import { FOOTER_SIZE, parseTrailer, type Trailer } from "./_trailer.ts";

/** How much of the end is read at first, in bytes: the trailer of up to 2 GiB. */
const END_SIZE: number = 64 * 1024;

/** Reads the trailer of an entry; `undefined` when it has none, `"newer"` when it has one that is not known here. */
export async function openEntry(stored: StoredBody): Promise<OpenEntry | "newer" | undefined> {
  const size = stored.size ?? await sizeByReading(stored);
  if (size < FOOTER_SIZE) return undefined;
  let trailer = await readTrailer(stored, size, Math.min(size, END_SIZE));
  if (typeof trailer === "number") trailer = await readTrailer(stored, size, trailer);
  if (trailer === "newer") return trailer;
  return trailer === undefined || typeof trailer === "number" ? undefined : { stored, trailer };
}

async function readTrailer(
  stored: StoredBody,
  size: number,
  endSize: number,
): Promise<Trailer | number | "newer" | undefined> {
  const reader = new ExactReader(stored, { start: size - endSize, end: size });
  try {
    const end = await reader.read(endSize);
    return end.length === endSize ? parseTrailer(end, size) : undefined;
  } finally {
    await reader.close();
  }
}

/** For storages that do not know: the end cannot be found without reading all. */
async function sizeByReading(stored: StoredBody): Promise<number> {
  let size = 0;
  const reader = stored.stream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) size += next.value.length;
  return size;
}
