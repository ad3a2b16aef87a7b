/**
 * Which results are streams, and how each is read: its form, which is kept in the call record, and a source of its pieces.
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

const asyncIteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((async function* () {})())),
);
const iteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())),
);

/**
 * Whether a result is read as a stream: a `ReadableStream`, a `Response`, a generator or another of the language's own
 * iterators, or a plain object that is iterable. Instances of classes that are iterable are not: a generator in their place
 * would lack what else they have.
 */
export function isStream(result: unknown): result is object {
  if (typeof result !== "object" || result === null) return false;
  return result instanceof ReadableStream || result instanceof Response || isIterable(result);
}

function isSyncIterator(result: unknown): result is IterableIterator<unknown> {
  return typeof result === "object" && result !== null && isPlainOr(result, iteratorPrototype) &&
    hasMethod(result, Symbol.iterator);
}

/**
 * What a result is given as: an iterator that answers at once becomes one that answers later, on a miss and uncached as it
 * is on a hit; everything else is given as it is.
 */
export function toAsyncIterator(result: unknown): unknown {
  return isSyncIterator(result) ? eachOf(result) : result;
}

async function* eachOf(iterable: Iterable<unknown>): AsyncGenerator<unknown, unknown> {
  return yield* iterable;
}

function isIterable(result: object): boolean {
  return isPlainOr(result, asyncIteratorPrototype) && hasMethod(result, Symbol.asyncIterator) ||
    isSyncIterator(result);
}

/** What a plain object may have beside being iterable: a generator in its place would lack anything else. */
const ITERATION: ReadonlySet<PropertyKey> = new Set([
  Symbol.iterator,
  Symbol.asyncIterator,
  Symbol.asyncDispose,
  Symbol.dispose,
  Symbol.toStringTag,
  "next",
  "return",
  "throw",
]);

function isPlainOr(object: object, base: object): boolean {
  if (Object.prototype.isPrototypeOf.call(base, object)) return true;
  const prototype: unknown = Object.getPrototypeOf(object);
  return (prototype === Object.prototype || prototype === null) &&
    Reflect.ownKeys(object).every((key) => ITERATION.has(key));
}

function hasMethod(object: object, name: symbol): boolean {
  return typeof (object as Record<symbol, unknown>)[name] === "function";
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
  const { body, bodyUsed, status, statusText, headers } = response;
  // Outside of these no Response can be made.
  if (bodyUsed || body?.locked || status < 200 || status > 599) return undefined;
  const form: FedForm = {
    kind: "response",
    status,
    statusText,
    headers: [...headers],
    hasBody: body !== null,
  };
  const reader = (body ?? new Blob([]).stream()).getReader();
  return { form, source: byteSource(reader) };
}
