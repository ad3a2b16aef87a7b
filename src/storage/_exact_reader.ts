/**
 * Reading a body in pieces of known sizes.
 *
 * @module
 */

import type { StoredBody } from "./types.ts";

/** Reads a part of a body in pieces of known sizes, whatever the sizes of its chunks. */
export class ExactReader {
  readonly #body: StoredBody;
  readonly #range: { readonly start: number; readonly end: number };
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #rest: Uint8Array = new Uint8Array();

  /** @param range The part; it is asked for at the first read. */
  constructor(body: StoredBody, range: { readonly start: number; readonly end: number }) {
    this.#body = body;
    this.#range = range;
  }

  /** The next `size` bytes, or what there is of them, in memory of their own. */
  async read(size: number): Promise<Uint8Array<ArrayBuffer>> {
    const reader = this.#reader ??= this.#body.stream(this.#range).getReader();
    const bytes = new Uint8Array(size);
    let filled = 0;
    while (filled < size) {
      if (this.#rest.length === 0) {
        const { done, value } = await reader.read();
        if (done) return bytes.subarray(0, filled);
        this.#rest = value;
      }
      const part = this.#rest.subarray(0, size - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }

  /** Lets go of the stream. */
  async close(reason?: unknown): Promise<void> {
    await this.#reader?.cancel(reason).catch(() => {});
  }
}

/** A part of a body, or what there is of it. */
export async function readPart(
  body: StoredBody,
  range: { readonly start: number; readonly end: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new ExactReader(body, range);
  try {
    return await reader.read(range.end - range.start);
  } finally {
    await reader.close();
  }
}

/** The size of a body. Where its storage does not know it, the body is read: its end cannot be found otherwise. */
export async function sizeOf(body: StoredBody): Promise<number> {
  if (body.size !== undefined) return body.size;
  let size = 0;
  const reader = body.stream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) size += next.value.length;
  return size;
}
