/**
 * A body on its way into a storage: compressed as it is pulled, with the trailer behind.
 *
 * @module
 */

import { type ChunkSource, pulledStream } from "../pulled_stream.ts";
import type { Compression } from "./compression.ts";
import { Framing } from "./_framing.ts";

/** Where the pieces of a body come from; they are its own, and may change when the next is asked for. */
export interface BodySource {
  /** The next piece; `undefined` at the end. */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Told that no more is wanted. */
  close(reason?: unknown): void | Promise<void>;
}

/** A stream as a source. @throws {TypeError} When it is locked, or no stream. */
export function streamedSource(body: ReadableStream<Uint8Array>): BodySource {
  if (!(body instanceof ReadableStream)) {
    throw new TypeError("Cannot put a body that is neither a Uint8Array nor a ReadableStream");
  }
  const reader = body.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      if (done) return undefined;
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`Cannot put a stream of ${typeof value}: its chunks must be Uint8Array`);
      }
      return value;
    },
    close: (reason) => reader.cancel(reason).catch(() => {}),
  };
}

/** Bytes as a source: in pieces, so that no second copy of them is made. */
export function bytesSource(body: Uint8Array, pieceSize: number): BodySource {
  let at = 0;
  return {
    next() {
      const piece = body.subarray(at, at + pieceSize);
      at += piece.length;
      return piece.length === 0 ? undefined : piece;
    },
    close() {},
  };
}

/**
 * The entry for a body, as a stream. An error of the source errors it with that very error; cancelling it cancels the
 * source.
 */
export function compressed(
  compression: Compression,
  source: BodySource,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const framing = new Framing(compression);
  let step: "body" | "rest" | "over" = "body";
  const frames: ChunkSource = {
    async next() {
      while (step === "body" && !framing.isFull) {
        const piece = await source.next();
        if (piece !== undefined) {
          framing.add(piece);
        } else {
          framing.end();
          step = "rest";
        }
      }
      if (framing.oldest !== undefined) {
        const frame = await framing.oldest;
        framing.release(frame, frame.facts.plain);
        return frame.bytes;
      }
      if (step === "over") return undefined;
      step = "over";
      return framing.trailer();
    },
    close: (reason) => source.close(reason),
  };
  return pulledStream(frames);
}
