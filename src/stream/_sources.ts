/**
 * What a function gave, as a source of pieces: streams of bytes, streams of items, iterators.
 *
 * @module
 */

import { cborCodec } from "../codec/cbor/cbor_codec.ts";
import type { Piece, PieceSource } from "./types.ts";

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Bytes as they come. */
export function byteSource(
  reader: ReadableStreamDefaultReader<unknown>,
  first?: ReadableStreamReadResult<unknown>,
): PieceSource {
  let ahead = first;
  return {
    async next() {
      for (;;) {
        const { done, value } = ahead ?? await reader.read();
        ahead = undefined;
        if (done) return END;
        if (!(value instanceof Uint8Array)) {
          throw new TypeError(
            `Cannot give ${typeof value} in a stream of bytes: after the first chunk, all must be Uint8Array`,
          );
        }
        // Copied: a byte stream takes the buffer away, and the source may fill its own again.
        if (value.length > 0) return { done: false, value: bytePiece(new Uint8Array(value)) };
      }
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/** Items of a stream. */
export function itemSource(
  reader: ReadableStreamDefaultReader<unknown>,
  first?: ReadableStreamReadResult<unknown>,
): PieceSource {
  let ahead = first;
  return {
    async next() {
      const { done, value } = ahead ?? await reader.read();
      ahead = undefined;
      return done ? END : { done, value: itemPiece(value) };
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/** Items of an iterator, whether it answers at once or later. */
export function iteratorSource(iterator: AsyncIterator<unknown> | Iterator<unknown>): PieceSource {
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done ? { done, value } : { done: false, value: itemPiece(await value) };
    },
    async cancel() {
      await iterator.return?.();
    },
  };
}

function bytePiece(bytes: Uint8Array<ArrayBuffer>): Piece {
  return { item: bytes, encode: () => bytes };
}

function itemPiece(item: unknown): Piece {
  return { item, encode: () => cborCodec.encode(item) };
}
