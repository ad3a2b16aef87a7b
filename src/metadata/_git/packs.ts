/**
 * Finds a commit in pack files, through their version 2 indexes, deltas included.
 * Format: gitformat-pack(5).
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { builtin } from "../../_runtime.ts";

/** No commit is larger; it also bounds what a damaged one can make us inflate. */
export const LARGEST_COMMIT_BYTES: number = 1 << 20;

const INDEX_SIGNATURE = "ff744f6300000002";
const FANOUT = 8;
const NAMES = FANOUT + 256 * 4;
const LONGEST_CHAIN = 100;
const COMMIT = 1;
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;

/** Reads a range of an open file. */
type Reader = (offset: number, length: number) => Buffer;

/** The body of a commit, as Latin-1 text; `undefined` where no pack in the directory has it, or not in a readable form. */
export function findInPacks(directory: string, commit: string): string | undefined {
  const fs = builtin("node:fs");
  const { join } = builtin("node:path");
  try {
    for (const name of fs.readdirSync(directory)) {
      if (!name.endsWith(".idx")) continue;
      const path = join(directory, name);
      const offset = withReader(path, (read) => findOffset(read, commit));
      if (offset === undefined) continue;
      return withReader(
        path.replace(/idx$/, "pack"),
        (pack) =>
          withReader(path, (index) => {
            const { type, body } = readEntry(pack, index, offset, commit.length / 2, 0);
            return type === COMMIT ? body.toString("latin1") : undefined;
          }),
      );
    }
  } catch {
    // No packs, or damaged ones: not found.
  }
  return undefined;
}

function withReader<T>(path: string, use: (read: Reader) => T): T {
  const fs = builtin("node:fs");
  const file = fs.openSync(path, "r");
  try {
    return use((offset, length) => {
      const bytes = builtin("node:buffer").Buffer.alloc(length);
      return bytes.subarray(0, fs.readSync(file, bytes, 0, length, offset));
    });
  } finally {
    fs.closeSync(file);
  }
}

/** Where in the pack an object is. */
function findOffset(read: Reader, name: string): number | undefined {
  if (read(0, 8).toString("hex") !== INDEX_SIGNATURE) return undefined;
  const size = name.length / 2;
  const first = Number.parseInt(name.slice(0, 2), 16);
  const low = first === 0 ? 0 : read(FANOUT + (first - 1) * 4, 4).readUInt32BE();
  const high = read(FANOUT + first * 4, 4).readUInt32BE();
  const total = read(FANOUT + 255 * 4, 4).readUInt32BE();
  const names = read(NAMES + low * size, (high - low) * size);
  for (let at = 0; at < names.length; at += size) {
    if (names.toString("hex", at, at + size) !== name) continue;
    const offsets = NAMES + total * (size + 4);
    const offset = read(offsets + (low + at / size) * 4, 4).readUInt32BE();
    if (offset < 2 ** 31) return offset;
    return Number(read(offsets + total * 4 + (offset - 2 ** 31) * 8, 8).readBigUInt64BE());
  }
  return undefined;
}

/** One object of a pack, with what it is a delta against put together. */
function readEntry(
  pack: Reader,
  index: Reader,
  offset: number,
  nameSize: number,
  depth: number,
): { type: number; body: Buffer } {
  if (depth > LONGEST_CHAIN) throw new RangeError("Cannot read a pack: its chain of deltas does not end");
  const head = pack(offset, 64);
  let at = 0;
  let byte = head.readUInt8(at++);
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  for (let weight = 16; byte & 128; weight *= 128) {
    byte = head.readUInt8(at++);
    size += (byte & 127) * weight;
  }
  let base: number | undefined;
  if (type === OFFSET_DELTA) {
    byte = head.readUInt8(at++);
    let distance = byte & 127;
    while (byte & 128) {
      byte = head.readUInt8(at++);
      distance = (distance + 1) * 128 + (byte & 127);
    }
    base = offset - distance;
  } else if (type === REFERENCE_DELTA) {
    base = findOffset(index, head.toString("hex", at, at + nameSize));
    if (base === undefined) throw new RangeError("Cannot read a pack: the base of a delta is not in it");
    at += nameSize;
  }
  const body = inflate(pack, offset + at, size);
  if (base === undefined) return { type, body };
  const { type: baseType, body: baseBody } = readEntry(pack, index, base, nameSize, depth + 1);
  return { type: baseType, body: applyDelta(baseBody, body) };
}

function inflate(pack: Reader, offset: number, size: number): Buffer {
  if (size > LARGEST_COMMIT_BYTES) {
    throw new RangeError("Cannot read a pack: the entry is too large for a commit");
  }
  // The compressed size is not written down; this is the most that zlib makes of `size` bytes.
  const most = size + (size >> 5) + 64;
  return builtin("node:zlib").inflateSync(pack(offset, most), { maxOutputLength: size + 1 });
}

/** Puts an object together from its base and the instructions of a delta: copy from the base, or insert. */
function applyDelta(base: Buffer, delta: Buffer): Buffer {
  let at = 0;
  const readSize = () => {
    let size = 0;
    for (let weight = 1;; weight *= 128) {
      const byte = delta.readUInt8(at++);
      size += (byte & 127) * weight;
      if (byte < 128) return size;
    }
  };
  readSize();
  const size = readSize();
  const pieces: Buffer[] = [];
  while (at < delta.length) {
    const instruction = delta.readUInt8(at++);
    if (instruction < 128) {
      pieces.push(delta.subarray(at, at + instruction));
      at += instruction;
      continue;
    }
    const readBytes = (bits: number, count: number) => {
      let value = 0;
      for (let bit = 0; bit < count; bit++) {
        if (bits & (1 << bit)) value += delta.readUInt8(at++) * 2 ** (8 * bit);
      }
      return value;
    };
    const start = readBytes(instruction & 15, 4);
    const length = readBytes((instruction >> 4) & 7, 3) || 0x10000;
    pieces.push(base.subarray(start, start + length));
  }
  const body = builtin("node:buffer").Buffer.concat(pieces);
  if (body.length !== size) {
    throw new RangeError("Cannot read a pack: a delta does not give what it announces");
  }
  return body;
}
