/** Compressed entries taken apart and put together as `src/storage/README.md` says, without the code that is tested. */
import assert from "node:assert/strict";
import * as zlib from "node:zlib";
import type { ByteRange, Storage, StoredBody } from "../../../src/storage/types.ts";

const FOOTER_SIZE = 20;

/** One frame and its eight bytes in the index. */
export interface EntryFrame {
  readonly bytes: Uint8Array;
  readonly plain: boolean;
}

/** What an entry is made of. */
export interface EntryParts {
  readonly code: number;
  readonly blockBits: number;
  readonly size: bigint;
  readonly frames: readonly EntryFrame[];
}

/** What every compression is undone by. */
export const undo: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  gzip: zlib.gunzipSync,
  deflate: zlib.inflateSync,
  "deflate-raw": zlib.inflateRawSync,
  brotli: zlib.brotliDecompressSync,
  zstd: zlib.zstdDecompressSync,
};

/** Takes an entry apart; everything in it must be as specified. */
export function takenApart(entry: Uint8Array): EntryParts {
  const bytes = Buffer.from(entry);
  const footer = bytes.subarray(-FOOTER_SIZE);
  assert.equal(footer.subarray(0, 5).toString("latin1"), "flecz");
  assert.equal(footer[5], 2);
  const blockBits = footer[7] ?? 0;
  const size = footer.readBigUInt64BE(8);
  const count = Math.ceil(Number(size) / 2 ** blockBits);
  const indexAt = bytes.length - FOOTER_SIZE - 8 * count;
  assert.equal(footer.readUInt32BE(16), zlib.crc32(bytes.subarray(indexAt, -4)));
  const frames: EntryFrame[] = [];
  let at = 0;
  for (let number = 0; number < count; number++) {
    const word = bytes.readUInt32BE(indexAt + 8 * number);
    const end = at + (word & 0x7fff_ffff);
    const frame = bytes.subarray(at, end);
    assert.equal(bytes.readUInt32BE(indexAt + 8 * number + 4), zlib.crc32(frame));
    frames.push({ bytes: frame, plain: word >= 0x8000_0000 });
    at = end;
  }
  assert.equal(at, indexAt);
  return { code: footer[6] ?? 0, blockBits, size, frames };
}

/** Puts an entry together whose checksums are right, whatever else is not. */
export function putTogether({ code, blockBits, size, frames }: EntryParts): Uint8Array<ArrayBuffer> {
  const index = Buffer.alloc(8 * frames.length);
  frames.forEach(({ bytes, plain }, number) => {
    index.writeUInt32BE((bytes.length | (plain ? 0x8000_0000 : 0)) >>> 0, 8 * number);
    index.writeUInt32BE(zlib.crc32(bytes), 8 * number + 4);
  });
  const footer = Buffer.from([...Buffer.from("flecz"), 2, code, blockBits, ...Buffer.alloc(8)]);
  footer.writeBigUInt64BE(size, 8);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(zlib.crc32(Buffer.concat([index, footer])));
  return new Uint8Array(Buffer.concat([...frames.map(({ bytes }) => bytes), index, footer, checksum]));
}

/** What an inner storage does with the bodies that it gives. */
export interface Manner {
  /** Whether it tells their sizes. */
  readonly tellsSize: boolean;
  /** Size of the chunks that it gives. */
  readonly chunkSize: number;
  /** Told of every part that is asked for. */
  readonly onRead?: (range: ByteRange | undefined) => void;
  /** What reading fails with, and after how many bytes of a part. */
  readonly failure?: { readonly reason: unknown; readonly after: number };
}

/** A storage around another, of other manners. */
export function mannered(inner: Storage, manner: Manner): Storage {
  return {
    put: (key, body, options) => inner.put(key, body, options),
    async get(key, options): Promise<StoredBody | undefined> {
      const body = await inner.get(key, options);
      if (body === undefined) return undefined;
      return {
        ...(manner.tellsSize && body.size !== undefined ? { size: body.size } : {}),
        stream(range) {
          manner.onRead?.(range);
          return rechunked(body.stream(range), manner);
        },
        bytes: () => body.bytes(),
      };
    },
    has: (key) => inner.has(key),
    delete: (key) => inner.delete(key),
    keys: (options) => inner.keys(options),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

function rechunked(
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  { chunkSize, failure }: Manner,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let passed = 0;
  return source.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        for (let at = 0; at < chunk.length; at += chunkSize) {
          const part = chunk.slice(at, at + chunkSize);
          passed += part.length;
          if (failure !== undefined && passed > failure.after) throw failure.reason;
          controller.enqueue(part);
        }
      },
    }),
  );
}
