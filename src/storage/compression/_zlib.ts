/**
 * `node:zlib`: one block compressed or decompressed, at once or while others are at work.
 *
 * Never its streams: Deno's zstd stream raises an exception that nobody can catch on some damaged input, and never
 * ends on some that was cut off.
 *
 * @module
 */

// `as` here: arrays whose buffer is seen to be their own.

import { builtin } from "../../_runtime.ts";
import type { Compression } from "./compression.ts";

type NodeZlib = typeof import("node:zlib");

interface Options {
  readonly chunkSize?: number;
  readonly maxOutputLength?: number;
  readonly params?: Record<number, number>;
}
type Done = (error: Error | null, bytes: Uint8Array) => void;
type Asynchronous = (bytes: Uint8Array, options: Options, done: Done) => void;
type Synchronous = (bytes: Uint8Array, options: Options) => Uint8Array;

interface Method {
  readonly compress: Asynchronous;
  readonly compressSync: Synchronous;
  readonly decompress: Asynchronous;
  readonly decompressSync: Synchronous;
  /** How it compresses. */
  readonly params?: Record<number, number>;
}

/**
 * Of 0 to 11. On JSON 5 compresses 42 to 70 MiB/s; 6 makes it 2 % smaller and takes a quarter longer, 11 takes some 40
 * times as long.
 */
const BROTLI_QUALITY = 5;

/** A window as long as a block, as a power of two: that of 4 MiB which is usual takes 10 MiB more for each at work. */
const BROTLI_WINDOW_BITS = 20;

/** How much room is made at a time for what is compressed, in bytes: a quarter of most blocks. */
const OUTPUT_PIECE = 64 * 1024;

let zlib: NodeZlib | undefined;
let methods: ReadonlyMap<Compression, Method> | undefined;

function nodeZlib(): NodeZlib {
  return zlib ??= builtin("node:zlib");
}

function allMethods(): ReadonlyMap<Compression, Method> {
  const node = nodeZlib();
  const map = new Map<Compression, Method>([
    ["gzip", {
      compress: node.gzip,
      compressSync: node.gzipSync,
      decompress: node.gunzip,
      decompressSync: node.gunzipSync,
    }],
    ["deflate", {
      compress: node.deflate,
      compressSync: node.deflateSync,
      decompress: node.inflate,
      decompressSync: node.inflateSync,
    }],
    ["deflate-raw", {
      compress: node.deflateRaw,
      compressSync: node.deflateRawSync,
      decompress: node.inflateRaw,
      decompressSync: node.inflateRawSync,
    }],
    ["brotli", {
      compress: node.brotliCompress,
      compressSync: node.brotliCompressSync,
      decompress: node.brotliDecompress,
      decompressSync: node.brotliDecompressSync,
      params: {
        [node.constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [node.constants.BROTLI_PARAM_LGWIN]: BROTLI_WINDOW_BITS,
      },
    }],
  ]);
  if (typeof node.zstdCompress === "function") {
    map.set("zstd", {
      compress: node.zstdCompress,
      compressSync: node.zstdCompressSync,
      decompress: node.zstdDecompress,
      decompressSync: node.zstdDecompressSync,
    });
  }
  return map;
}

function method(compression: Compression): Method {
  const found = (methods ??= allMethods()).get(compression);
  if (found === undefined) {
    throw new TypeError(
      `Cannot use compression "${compression}": this runtime does not have it; gzip, deflate, deflate-raw and brotli work`,
    );
  }
  return found;
}

/** The CRC-32 of some bytes, as gzip has it. */
export function crc32(bytes: Uint8Array): number {
  return nodeZlib().crc32(bytes);
}

/** Compresses a block; what is given must not change meanwhile. */
export function compress(compression: Compression, block: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { compress, params } = method(compression);
  return promised(compress, block, { chunkSize: OUTPUT_PIECE, ...(params && { params }) });
}

/** Compresses at once: for what is small. */
export function compressSync(compression: Compression, block: Uint8Array): Uint8Array<ArrayBuffer> {
  const { compressSync, params } = method(compression);
  return owned(compressSync(block, params === undefined ? {} : { params }));
}

/**
 * Decompresses a frame that holds `size` bytes.
 *
 * @throws (rejects) {Error} When it is damaged, or holds more. Not all damage is seen: some runtimes give what a cut-off
 * frame begins with.
 */
export function decompress(
  compression: Compression,
  frame: Uint8Array,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return promised(method(compression).decompress, frame, outputOf(size));
}

/** {@linkcode decompress}, at once: for what is small. */
export function decompressSync(
  compression: Compression,
  frame: Uint8Array,
  size: number,
): Uint8Array<ArrayBuffer> {
  return owned(method(compression).decompressSync(frame, outputOf(size)));
}

/** One array for all of the output; with a byte to spare, or a second one would be made behind it. */
function outputOf(size: number): Options {
  return { chunkSize: Math.max(64, size + 1), maxOutputLength: Math.max(1, size) };
}

function promised(
  work: Asynchronous,
  bytes: Uint8Array,
  options: Options,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    work(bytes, options, (error, result) => error === null ? resolve(owned(result)) : reject(error));
  });
}

/** The bytes in a buffer of their own: that of a small result is shared with others, and a stream would take it away. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, length } = bytes;
  return buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength <= length + 1
    ? new Uint8Array(buffer, 0, length)
    : new Uint8Array(bytes);
}
