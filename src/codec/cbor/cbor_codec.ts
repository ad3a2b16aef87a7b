/**
 * The CBOR codec: whatever JavaScript's own types make up, as bytes (RFC 8949) that other languages read too. What is
 * written how, and what is refused, stands in README.md beside this file.
 *
 * @module
 */

import type { Codec, Encoded, MaybePromise } from "../types.ts";
import { encodedStream } from "./_encoded_stream.ts";
import { readStream } from "./_read_stream.ts";
import { ValueReader } from "./_value_reader.ts";
import { ValueWriter } from "./_value_writer.ts";

/** A writer that is not in use; a getter in a value may itself lead to `encode`, which then takes another. */
let idle: ValueWriter | undefined;

function encode(value: unknown): Encoded {
  const writer = idle ?? new ValueWriter();
  idle = undefined;
  let isStreaming = false;
  try {
    const bytes = writer.write(value);
    if (bytes !== undefined) return bytes;
    isStreaming = true;
    return encodedStream(writer);
  } finally {
    if (!isStreaming) idle = writer;
  }
}

function decode(body: Uint8Array | ReadableStream<Uint8Array>): MaybePromise<unknown> {
  return body instanceof Uint8Array ? new ValueReader(body).read() : readStream(body);
}

/**
 * Values as CBOR. `encode` always answers at once: up to 1 MiB with bytes that share no memory with anything, above
 * with a stream that is written while it is read, whose chunks share none either. The value must not change meanwhile.
 * A value that cannot be written is refused before there is a stream.
 * `decode` answers bytes at once and a stream, which it never joins, with a promise; what it gives shares no memory
 * with the bytes.
 *
 * Kept are all primitives but unique symbols, arrays, plain and null-prototype objects, Map, Set, Date, RegExp, URL,
 * URLSearchParams, Headers, ArrayBuffer and its views, Buffer, the built-in errors, Temporal's types and boxed
 * primitives, with shared references and cycles. Other things are refused, with the path to them. Plain data is plain
 * CBOR. Neither direction goes more than 1000 objects deep, and reading allocates no more than a fixed multiple of
 * its input and runs nothing that was stored.
 */
export const cborCodec: Codec = { name: "cbor", encode, decode };
