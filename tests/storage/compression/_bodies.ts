/** Bodies that compress well, badly, and in parts. */
import { noise } from "../file/_entries.ts";

export const KIB = 1024;
export const MIB: number = 1024 * KIB;

/** Lines that say where they stand: what is read from the wrong place shows. */
export function prose(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  const encoder = new TextEncoder();
  for (let at = 0; at < size;) {
    at += encoder.encodeInto(`line at ${at}: nothing new\n`.slice(0, size - at), bytes.subarray(at)).written;
  }
  return bytes;
}

/** Bytes that no compression makes shorter (those of `noise` repeat after a while). */
export function entropy(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let at = 0; at < size; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state >>> 11;
  }
  return bytes;
}

/** Both by turns, in runs of odd lengths. */
export function mixture(size: number): Uint8Array<ArrayBuffer> {
  const bytes = prose(size);
  for (let at = 100_000; at < size; at += 700_001) {
    const part = entropy(Math.min(400_000, size - at), at);
    bytes.set(part, at);
  }
  return bytes;
}

/** All kinds of one size. */
export function bodiesOf(size: number): readonly Uint8Array<ArrayBuffer>[] {
  return [new Uint8Array(size), prose(size), entropy(size), mixture(size), noise(size)];
}

/** All that a stream gives. */
export async function drained(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}
