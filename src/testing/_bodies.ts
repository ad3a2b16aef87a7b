/**
 * Bodies for the published cases: reproducible bytes, and streams over them cut in awkward ways.
 *
 * @module
 */

import type { StoredBody } from "../storage/types.ts";

/** One KiB in bytes. */
export const KIB = 1024;
/** One MiB in bytes. */
export const MIB: number = 1024 * KIB;

/** Bytes that do not compress, always the same for a seed (xorshift32, Marsaglia 2003). */
export function noise(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = (seed * 0x9e3779b1) | 1;
  for (let at = 0; at < size; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

/** Bytes that compress well, and say where they stand: `…00000042 seed…`. */
export function prose(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const line = new TextEncoder().encode(`the quick brown fox ${seed} jumps over the lazy dog\n`);
  for (let at = 0; at < size; at++) bytes[at] = at % 97 === 0 ? at / 97 : line[at % line.length] ?? 0;
  return bytes;
}

/** A stream over copies of `bytes` in chunks of the sizes given, over and over; zero gives a chunk without bytes. */
export function chunked(
  bytes: Uint8Array,
  sizes: readonly number[],
  hooks: { readonly onCancel?: (reason: unknown) => void } = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  let turn = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = sizes[turn++ % sizes.length] ?? 1;
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + size)));
      at += size;
    },
    cancel(reason) {
      hooks.onCancel?.(reason);
    },
  }, { highWaterMark: 0 });
}

/** A stream that gives `bytes` in chunks of 10,000 and then fails with `reason`. */
export function failing(bytes: Uint8Array, reason: unknown): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at >= bytes.length) return controller.error(reason);
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + 10_000)));
      at += 10_000;
    },
  }, { highWaterMark: 0 });
}

/** A stream that gives `bytes` at once and then nothing more, nor an end. */
export function stalling(
  bytes: Uint8Array,
  hooks: { readonly onStall?: () => void; readonly onCancel?: (reason: unknown) => void } = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let given = bytes.length === 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (given) {
        hooks.onStall?.();
        return new Promise<void>(() => {});
      }
      given = true;
      controller.enqueue(new Uint8Array(bytes));
    },
    cancel(reason) {
      hooks.onCancel?.(reason);
    },
  }, { highWaterMark: 0 });
}

/** All that a stream gives, joined. */
export async function drain(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return joined(await chunksOf(stream));
}

/** The chunks that a stream gives. */
export async function chunksOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
  return chunks;
}

/** Chunks joined to one array. */
export function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The bytes of a body that must be there. */
export async function bytesOf(
  body: StoredBody | undefined | Promise<StoredBody | undefined>,
): Promise<Uint8Array<ArrayBuffer>> {
  const found = await body;
  if (found === undefined) throw new Error("get: expected an entry, found none");
  return await found.bytes();
}

/** Everything that an asynchronous iterable gives. */
export async function collected(items: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const item of items) all.push(item);
  return all;
}
