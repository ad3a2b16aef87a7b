/**
 * How an entry is, by reading all of it at the speed of the disk, or of SHA-256. Nothing is set aside here, and nothing
 * but a few MiB kept.
 *
 * @module
 */

import { Breather } from "../_breather.ts";
import type { Health, StorageOptions } from "../types.ts";
import { CHECKSUM_SIZE, checksumStandsAt } from "./_checksum.ts";
import { isMissing, nodeFs, openForReading, readAt } from "./_fs.ts";
import { type Opening, readOpening } from "./_large_file.ts";
import { isForeign, readSmall } from "./_small_file.ts";
import { FOOTER_SIZE } from "./_trailer.ts";

/** About how much is read at once, in bytes: whole chunks. Two of them are held, one is hashed while the other is read. */
const PIECE_SIZE: number = 2 * 1024 * 1024;

/** Options of {@linkcode healthOf}. */
export interface HealthOptions extends StorageOptions {
  /** Told of every piece that was read. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Reads a file whole and says how it is.
 *
 * @param path The file.
 * @param key The key that it must be sealed with.
 * @throws When it is there and cannot be read, as for want of permission.
 */
export async function healthOf(path: string, key: string, options: HealthOptions): Promise<Health> {
  const small = readSmall(path, key);
  if (small === "large") return await healthOfLarge(path, key, options);
  if (small === "absent" || small === "newer") return small;
  if (!(small instanceof Uint8Array)) return "damaged";
  options.onBytes?.(small.length + FOOTER_SIZE);
  return "whole";
}

async function healthOfLarge(path: string, key: string, options: HealthOptions): Promise<Health> {
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if (isMissing(error)) return "absent";
    if (isForeign(error)) return "damaged";
    throw error;
  }
  try {
    const opening = await readOpening(fd, key);
    options.signal?.throwIfAborted();
    if (opening === "newer") return opening;
    if ("damaged" in opening) return "damaged";
    const { checksums, footer, head } = opening;
    options.onBytes?.(head.length + checksums.length + footer.keptKeySize + FOOTER_SIZE);
    return await chunksHold(fd, opening, options) ? "whole" : "damaged";
  } finally {
    nodeFs().closeSync(fd);
  }
}

/** Whether all chunks behind the first one are what the seal says. */
async function chunksHold(
  fd: number,
  { footer: { chunkSize, payloadSize }, checksums, head }: Opening,
  { onBytes, signal }: HealthOptions,
): Promise<boolean> {
  const pieceSize = Math.ceil(PIECE_SIZE / chunkSize) * chunkSize;
  let [piece, spare] = [0, 1].map(() => new Uint8Array(Math.min(pieceSize, payloadSize - head.length)));
  const breather = new Breather();
  let reading: Promise<number> | undefined;
  const read = (into: Uint8Array | undefined, offset: number): void => {
    reading = into === undefined || offset >= payloadSize
      ? undefined
      : readAt(fd, into, Math.min(into.length, payloadSize - offset), offset);
  };
  try {
    read(piece, head.length);
    for (let offset = head.length; offset < payloadSize;) {
      const count = await reading ?? 0;
      signal?.throwIfAborted();
      const end = offset + count;
      const isShort = end < Math.min(offset + (piece?.length ?? 0), payloadSize);
      read(spare, end);
      for (let at = offset; at < end; at += chunkSize) {
        const chunk = piece?.subarray(at - offset, Math.min(at - offset + chunkSize, count));
        if (chunk === undefined || !checksumStandsAt(checksums, at / chunkSize * CHECKSUM_SIZE, chunk)) {
          return false;
        }
      }
      if (isShort) return false;
      onBytes?.(count);
      offset = end;
      [piece, spare] = [spare, piece];
      // Where the next one has been read by now, Deno goes on with it before anybody else has a turn.
      await breather.breathe();
    }
    return true;
  } finally {
    // The descriptor must not be closed, and its number given to another file, under a read.
    await reading?.catch(() => {});
  }
}
