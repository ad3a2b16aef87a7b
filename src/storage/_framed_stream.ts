/**
 * A body on its way into another storage: put into frames as it is pulled, with the trailer behind.
 *
 * @module
 */

import type { FrameBytes, Framing } from "./_framing.ts";
import { type ChunkSource, pulledStream } from "./pulled_stream.ts";

/** Where the pieces of a body come from; they are its own, and may change when the next is asked for. */
export interface BodySource {
  /** The next piece; `undefined` at the end. */
  next(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Told that no more is wanted. */
  close(reason?: unknown): void | Promise<void>;
}

/** A stream as a source. @throws {TypeError} When it is locked, or no stream. */
function streamedSource(body: ReadableStream<Uint8Array>): BodySource {
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

/** Size of the pieces in which bytes are given. */
const PIECE_SIZE: number = 256 * 1024;

/** A body as a source. @throws {TypeError} When it is neither bytes nor a stream that nobody reads. */
export function sourceOf(body: ReadableStream<Uint8Array> | Uint8Array): BodySource {
  return body instanceof Uint8Array ? bytesSource(body) : streamedSource(body);
}

/** Bytes as a source: in pieces, so that no second copy of them is made. */
function bytesSource(body: Uint8Array): BodySource {
  let at = 0;
  return {
    next() {
      const piece = body.subarray(at, at + PIECE_SIZE);
      at += piece.length;
      return piece.length === 0 ? undefined : piece;
    },
    close() {},
  };
}

/**
 * The entry for a body, as a stream. An error of the source errors it with that very error; cancelling it cancels the
 * source.
 *
 * @param entry `framing`: what makes the frames, a new one. `key`: that of the entry.
 */
export function framed<Frame extends FrameBytes>(
  source: BodySource,
  { framing, key }: { readonly framing: Framing<Frame>; readonly key: string },
): ReadableStream<Uint8Array<ArrayBuffer>> {
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
        framing.release(frame, true);
        return frame.bytes;
      }
      if (step === "over") return undefined;
      step = "over";
      return await framing.trailer(key);
    },
    close: (reason) => source.close(reason),
  };
  return pulledStream(frames);
}
