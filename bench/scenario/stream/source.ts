/**
 * The streams that are cached: as long as one likes, the same under every runtime, and cheap, so that they are never
 * what one waits for. Blocks are made once; each chunk is a copy of one of them, as a download's chunks are new too.
 *
 * @module
 */
import { random } from "../../harness/random.ts";

/** Bytes of a chunk. */
export const CHUNK_BYTES = 65_536;
/** Blocks that the chunks are copies of: 4 MiB, more than a compressor looks back. */
const BLOCKS = 64;

/** What a stream consists of: what no compressor can shorten, or lines of a log. */
export type Content = "noise" | "text";

/** A stream of the source. */
export type Source = () => ReadableStream<Uint8Array<ArrayBuffer>>;

function noise(next: () => number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Uint32Array.from({ length: CHUNK_BYTES / 4 }, () => next() * 2 ** 32).buffer);
}

const levels = ["debug", "info", "info", "info", "warning", "error"];
const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "islet", "jetty"];

function text(next: () => number): Uint8Array<ArrayBuffer> {
  const pick = (from: readonly string[]) => from[Math.floor(next() * from.length)];
  let lines = "";
  while (lines.length < CHUNK_BYTES) {
    lines += `2026-01-01T00:00:${(next() * 60).toFixed(3)}Z ${pick(levels)} worker-${
      Math.floor(next() * 32)
    } ${pick(words)} ${pick(words)} took ${(next() * 900).toFixed(2)} ms, ${Math.floor(next() * 1e6)} rows\n`;
  }
  return new TextEncoder().encode(lines.slice(0, CHUNK_BYTES));
}

/**
 * Makes a source: every stream of it has the same bytes, and no two chunks of one are equal.
 *
 * @param sizeBytes A multiple of the chunks' size.
 */
export function source(sizeBytes: number, content: Content = "noise"): Source {
  const next = random(11);
  const blocks = Array.from({ length: BLOCKS }, () => content === "noise" ? noise(next) : text(next));
  const chunks = Math.ceil(sizeBytes / CHUNK_BYTES);
  const number = new TextEncoder();
  return () => {
    let i = 0;
    return new ReadableStream({
      pull(controller) {
        const block = blocks[i % BLOCKS];
        if (i === chunks || block === undefined) return controller.close();
        const chunk = block.slice();
        number.encodeInto(String(i++).padStart(8, "0"), chunk);
        controller.enqueue(chunk);
      },
    });
  };
}
