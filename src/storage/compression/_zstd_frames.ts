/**
 * zstd as a sequence of frames, each of a block of the body, each behind a skippable frame that tells its size (as
 * `pzstd` writes them): any zstd decoder reads it, ours in bounded memory and from any frame on.
 *
 * Neither runtime's own zstd stream would do: Deno's ends the process on some damaged input (an exception that nobody
 * can catch) and never ends on some that was cut off.
 *
 * @module
 */

import { builtin } from "../../_runtime.ts";
import type { ChunkSource } from "../_pulled_stream.ts";
import { joined } from "./_bytes.ts";

/** Bytes of the body in a frame; the last may have fewer. */
const BLOCK_SIZE = 256 * 1024;

/** Longest frame that is read, in bytes: more than zstd makes of a block that does not compress. */
const LONGEST_FRAME: number = 2 * BLOCK_SIZE;

/** Magic number of the skippable frame, its content's size (4), and that content: the size of the frame behind it. */
const PREFIX_SIZE = 12;
const SKIPPABLE = 0x184d2a50;

type NodeZlib = typeof import("node:zlib");

let loaded: NodeZlib | undefined;

function nodeZlib(): NodeZlib {
  const zlib = loaded ??= builtin("node:zlib");
  if (typeof zlib.zstdCompressSync !== "function") {
    throw new TypeError(
      'Cannot use compression "zstd": this runtime does not have it; gzip, deflate, deflate-raw and brotli work',
    );
  }
  return zlib;
}

function frame(block: Uint8Array): Uint8Array<ArrayBuffer> {
  const compressed = nodeZlib().zstdCompressSync(block);
  const bytes = new Uint8Array(PREFIX_SIZE + compressed.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SKIPPABLE, true);
  view.setUint32(4, 4, true);
  view.setUint32(8, compressed.length, true);
  bytes.set(compressed, PREFIX_SIZE);
  return bytes;
}

/** Size of the frame behind the prefix that `bytes` begin with; `undefined` while they are too short for one. */
function frameSize(bytes: Uint8Array): number | undefined {
  if (bytes.length < PREFIX_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, PREFIX_SIZE);
  const size = view.getUint32(8, true);
  if (view.getUint32(0, true) !== SKIPPABLE || view.getUint32(4, true) !== 4 || size > LONGEST_FRAME) {
    throw new Error("Cannot decompress: the frame's size is damaged");
  }
  return size;
}

function unframe(compressed: Uint8Array, longest: number): Uint8Array {
  return nodeZlib().zstdDecompressSync(compressed, {
    maxOutputLength: Math.min(BLOCK_SIZE, longest),
    chunkSize: BLOCK_SIZE,
  });
}

/** The frames of a whole body; at least one. */
export function zstdCompressed(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const frames = [frame(body.subarray(0, BLOCK_SIZE))];
  for (let at = BLOCK_SIZE; at < body.length; at += BLOCK_SIZE) {
    frames.push(frame(body.subarray(at, at + BLOCK_SIZE)));
  }
  return joined(frames);
}

/**
 * The body of whole frames.
 *
 * @throws {Error} When they are damaged, or hold more than `longest` bytes.
 */
export function zstdDecompressed(frames: Uint8Array, longest: number): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  let left = longest;
  for (let rest = frames; rest.length > 0;) {
    const end = PREFIX_SIZE + (frameSize(rest) ?? rest.length);
    if (rest.length < end) throw new Error("Cannot decompress: the last frame is cut off");
    const block = unframe(rest.subarray(PREFIX_SIZE, end), left);
    blocks.push(block);
    left -= block.length;
    rest = rest.subarray(end);
  }
  return joined(blocks);
}

/** The frames of a body, one a chunk; at least one. */
export function zstdCompressing(input: ChunkSource): ChunkSource {
  const block = new Uint8Array(BLOCK_SIZE);
  let used = 0;
  let rest: Uint8Array = new Uint8Array();
  let frames = 0;
  let over = false;
  return {
    async next() {
      if (over) return undefined;
      while (used < BLOCK_SIZE) {
        if (rest.length === 0) {
          const chunk = await input.next();
          if (chunk === undefined) {
            over = true;
            break;
          }
          rest = chunk;
        }
        const part = rest.subarray(0, BLOCK_SIZE - used);
        block.set(part, used);
        used += part.length;
        rest = rest.subarray(part.length);
      }
      if (used === 0 && frames > 0) return undefined;
      const next = frame(block.subarray(0, used));
      used = 0;
      frames++;
      return next;
    },
    close: (reason) => input.close?.(reason),
  };
}

/** The body of frames, one block a chunk. */
export function zstdDecompressing(input: ChunkSource): ChunkSource {
  let held: Uint8Array = new Uint8Array();
  return {
    async next() {
      for (;;) {
        const size = frameSize(held);
        const end = PREFIX_SIZE + (size ?? Infinity);
        if (held.length >= end) {
          const block = unframe(held.subarray(PREFIX_SIZE, end), BLOCK_SIZE);
          held = held.subarray(end);
          if (block.length > 0) return new Uint8Array(block);
          continue;
        }
        const chunk = await input.next();
        if (chunk === undefined) {
          if (held.length > 0) throw new Error("Cannot decompress: the last frame is cut off");
          return undefined;
        }
        held = held.length === 0 ? chunk : joined([held, chunk]);
      }
    },
    close: (reason) => input.close?.(reason),
  };
}
