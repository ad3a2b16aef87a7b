/** The streaming ways of the CBOR codec with limits so low that small values take them, and what chunks them anew. */
import assert from "node:assert/strict";
import { encodedStream } from "../../../src/codec/cbor/_encoded_stream.ts";
import { readStream } from "../../../src/codec/cbor/_read_stream.ts";
import { ValueWriter } from "../../../src/codec/cbor/_value_writer.ts";
import { CodecError } from "../../../src/errors.ts";

/** A small seeded generator (mulberry32): the same cases on every run. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The encoding of a value, whole. */
export function encodedWhole(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes = new ValueWriter({ whole: Infinity, chunk: Infinity }).write(value);
  assert.ok(bytes !== undefined);
  return bytes;
}

/** The encoding of a value by a stream of chunks as small as that; whole where it is no longer than one. */
export function encodedInChunks(value: unknown, chunk: number): Uint8Array[] | ReadableStream<Uint8Array> {
  const writer = new ValueWriter({ whole: chunk, chunk });
  const bytes = writer.write(value);
  return bytes === undefined ? encodedStream(writer) : [bytes];
}

/** All the bytes of a stream. */
export async function joined(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const bytes: number[] = [];
  for await (const chunk of stream) for (const byte of chunk) bytes.push(byte);
  return Uint8Array.from(bytes);
}

/** A stream of bytes in chunks of random sizes, some of them empty. */
export function rechunked(
  bytes: Uint8Array,
  random: (below: number) => number,
  most: number,
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = most === 1 ? 1 : random(most + 1);
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  }, { highWaterMark: 0 });
}

/** What reading gives: the value, or the error, which must be a CodecError that says "malformed" and where. */
export type Outcome = { readonly value: unknown } | { readonly error: CodecError };

/** What decoding a stream gives that is read on at every byte. */
export async function decodedStream(stream: ReadableStream<Uint8Array>): Promise<Outcome> {
  try {
    return { value: await readStream(stream, 1) };
  } catch (error) {
    assert.ok(error instanceof CodecError, `another error: ${error}`);
    assert.equal(error.code, "malformed");
    assert.ok(error.offset !== undefined && error.offset >= 0);
    assert.ok(error.message.endsWith(`at offset ${error.offset}`));
    return { error };
  }
}
