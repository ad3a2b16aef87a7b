/**
 * The short way of the file medium: small entries are read and written synchronously, which takes a fraction of what
 * an asynchronous call costs.
 *
 * @module
 */

import type { Stats } from "node:fs";
import { ChunkTable } from "./_chunk_table.ts";
import type { FileIdentity, Folder } from "./_folder.ts";
import {
  closeRead,
  discardTemporary,
  errorCode,
  isMissing,
  nodeFs,
  openForReading,
  writeAllSync,
} from "./_fs.ts";
import { bytesOfKey, isDigest, type Place } from "./_layout.ts";
import { CHUNK_SIZE, FOOTER_SIZE, parseFooter, sealed, sealHolds } from "./_trailer.ts";

/** Files shorter than this, in bytes, trailer included, are read the short way. */
const LONGEST_FILE = 64 * 1024;

/** Room for the key in front of the file, so that both are hashed as one run of bytes. */
const KEY_ROOM = 1024;

/** Longest body that is read the short way whatever its key, and that a draft writes so, in bytes. */
export const LONGEST_SMALL: number = 60 * 1024;

/** Longest body that is written synchronously when it is there as a whole, in bytes. */
export const LONGEST_AT_ONCE: number = 1024 * 1024;

/** Reused by every read: none of them is interrupted. */
let buffer: Uint8Array<ArrayBuffer> | undefined;
let view: DataView | undefined;

/** What reading a file the short way can come to. */
export type SmallRead = Uint8Array<ArrayBuffer> | "absent" | "large" | "newer" | Damage;

/** A file that is not a whole entry of this key. */
export interface Damage {
  /** The file that was seen, where it could be opened. */
  readonly damaged: FileIdentity | undefined;
}

/** Whether a file that could not be opened or read is something other than a file: a link, a folder, a socket. */
export function isForeign(error: unknown): boolean {
  const code = errorCode(error);
  return code === "ELOOP" || code === "EMLINK" || code === "EISDIR" || code === "ENXIO" || code === "EAGAIN";
}

/**
 * Reads a small entry, whole and checked.
 *
 * @param path Its file.
 * @param key The key that it must be sealed with.
 * @returns The body, in memory that the next read takes again, or why there is none. `"large"` is not checked.
 * @throws When the file is there and cannot be read, as for want of permission.
 */
export function readSmall(path: string, key: string): SmallRead {
  const fs = nodeFs();
  buffer ??= new Uint8Array(KEY_ROOM + LONGEST_FILE);
  view ??= new DataView(buffer.buffer);
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if (isMissing(error)) return "absent";
    if (isForeign(error)) return { damaged: undefined };
    throw error;
  }
  try {
    const size = fs.readSync(fd, buffer, KEY_ROOM, LONGEST_FILE, null);
    if (size === LONGEST_FILE) return "large";
    const footer = parseFooter(view, KEY_ROOM + size - FOOTER_SIZE, size);
    if (footer === "newer") return footer;
    if (footer === "damaged") return damageOf(fs.fstatSync(fd), size);
    const from = writeKeyBefore(buffer, KEY_ROOM, key);
    if (from === undefined) return "large";
    if (!sealHolds(buffer, from, KEY_ROOM + footer.sealAt)) return { damaged: fs.fstatSync(fd) };
    return buffer.subarray(KEY_ROOM, KEY_ROOM + footer.payloadSize);
  } catch (error) {
    if (isForeign(error)) return { damaged: undefined };
    throw error;
  } finally {
    closeRead(fd);
  }
}

/** A file of another size than was read is not damaged: the system gave a part of it, and the long way reads on. */
function damageOf(file: Stats, size: number): Damage | "large" {
  return file.size === size ? { damaged: file } : "large";
}

/** Writes a key so that it ends at `end`; gives where it begins, `undefined` when it does not fit. */
function writeKeyBefore(into: Uint8Array, end: number, key: string): number | undefined {
  if (isDigest(key)) {
    // A loop over 64 characters is several times faster than a TextEncoder.
    const from = end - key.length;
    for (let at = 0; at < key.length; at++) into[from + at] = key.charCodeAt(at);
    return from;
  }
  const bytes = bytesOfKey(key);
  if (bytes.length > end) return undefined;
  into.set(bytes, end - bytes.length);
  return end - bytes.length;
}

/**
 * Writes an entry that is in memory: whole under a temporary name, then under its own. Synchronously, which up to
 * {@linkcode LONGEST_AT_ONCE} takes less than the ways to another thread and back.
 */
export function writeSmall(folder: Folder, place: Place, path: string, key: string, body: Uint8Array): void {
  const isOneChunk = body.length <= CHUNK_SIZE;
  const end = sealed(isOneChunk ? body : tableOf(body), body.length, bytesOfKey(key), place.keepsKey);
  const temporary = folder.createTemporary();
  let open: number | undefined = temporary.fd;
  try {
    if (!isOneChunk) writeAllSync(temporary, body);
    writeAllSync(temporary, end, isOneChunk ? 0 : body.length);
    open = undefined;
    folder.publish(temporary, path);
  } catch (error) {
    discardTemporary(open, temporary.path);
    throw error;
  }
}

function tableOf(body: Uint8Array): Uint8Array {
  const table = new ChunkTable();
  table.cover(0, body);
  return table.bytes();
}
