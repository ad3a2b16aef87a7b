/**
 * Reading a result that is a stream: its form, which is kept in the call record, and a source of its pieces.
 *
 * @module
 */

// `as` here: what an iterator is, TypeScript cannot tell of an unknown object.

import { byteSource, itemSource, iteratorSource } from "./_sources.ts";
import type { FedForm, PieceSource } from "./types.ts";

/** A result that is a stream. */
export interface StreamResult {
  /** What it is. */
  readonly form: FedForm;
  /** Reads it. From here on it belongs to the source. */
  readonly source: PieceSource;
}

/**
 * Takes hold of a stream. A `ReadableStream` that is no byte stream is asked for its first chunk, which tells whether it
 * gives bytes.
 *
 * @returns `undefined` when somebody else reads it already: it can only be passed on.
 */
export async function openStream(result: object): Promise<StreamResult | undefined> {
  if (result instanceof ReadableStream) return await openReadable(result);
  if (result instanceof Response) return openResponse(result);
  return { form: { kind: "iterable" }, source: iteratorSource(iteratorOf(result as AnyIterable)) };
}

type AnyIterable = Partial<AsyncIterable<unknown>> & Iterable<unknown>;

function iteratorOf(result: AnyIterable): AsyncIterator<unknown> | Iterator<unknown> {
  return result[Symbol.asyncIterator]?.() ?? result[Symbol.iterator]();
}

async function openReadable(stream: ReadableStream<unknown>): Promise<StreamResult | undefined> {
  if (stream.locked) return undefined;
  const isBytes = isByteStream(stream);
  const reader = stream.getReader();
  if (isBytes) return { form: { kind: "bytes" }, source: byteSource(reader) };
  let first: ReadableStreamReadResult<unknown>;
  try {
    first = await reader.read();
  } catch {
    // It fails again for whoever reads it.
    return { form: { kind: "bytes" }, source: byteSource(reader) };
  }
  return first.done || first.value instanceof Uint8Array
    ? { form: { kind: "bytes" }, source: byteSource(reader, first) }
    : { form: { kind: "items" }, source: itemSource(reader, first) };
}

function isByteStream(stream: ReadableStream<unknown>): boolean {
  try {
    stream.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

function openResponse(response: Response): StreamResult | undefined {
  // Headers first: in Bun, a Response whose body has been looked at no longer says what type the body gave it.
  const headers = [...response.headers];
  const { body, bodyUsed, status, statusText } = response;
  // Outside of these no Response can be made.
  if (bodyUsed || body?.locked || status < 200 || status > 599) return undefined;
  const form: FedForm = {
    kind: "response",
    status,
    statusText,
    headers,
    hasBody: body !== null,
  };
  const reader = (body ?? new Blob([]).stream()).getReader();
  return { form, source: byteSource(reader) };
}
