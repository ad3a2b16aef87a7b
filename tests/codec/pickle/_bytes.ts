/** Bytes of values, whole and in pieces, for the tests of the pickle codecs. */
import type { Codec } from "../../../src/codec/types.ts";
import { cloudpickleCodec } from "../../../src/codec/pickle/cloudpickle_codec.ts";
import { corpus } from "../_corpus.ts";

/** What in the corpus is no plain data. */
const EXTENDED = /^(symbol|boxed|RegExp|URL|Headers|Error|errors)/;

/** The values of the corpus that `PickleFile` keeps. */
export function plainCorpus(): Record<string, unknown> {
  return Object.fromEntries(Object.entries(corpus()).filter(([name]) => !EXTENDED.test(name)));
}

/** The bytes of a value, whether they come at once or as a stream. */
export async function bytesOf(codec: Codec, value: unknown): Promise<Uint8Array<ArrayBuffer>> {
  const encoded = await codec.encode(value);
  return encoded instanceof Uint8Array ? encoded : new Uint8Array(await new Response(encoded).arrayBuffer());
}

/** The bytes of every value of the corpus. */
export async function corpusBytes(): Promise<Uint8Array<ArrayBuffer>[]> {
  return await Promise.all(Object.values(corpus()).map((value) => bytesOf(cloudpickleCodec(), value)));
}

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

/** Bytes as a stream whose chunks have the lengths that `next` gives. */
export function inChunks(bytes: Uint8Array, next: () => number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const chunk = bytes.slice(at, at + next());
      at += chunk.length;
      controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}
