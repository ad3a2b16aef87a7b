/**
 * The chunk of a body that is being filled.
 *
 * @module
 */

import { CHUNK_BYTES } from "./_schema.ts";

/** Takes bytes until there are {@linkcode CHUNK_BYTES} of them; no more memory than twice what it holds. */
export class Block {
  #bytes = new Uint8Array(0);
  #size = 0;

  /** How many bytes still fit. */
  get room(): number {
    return CHUNK_BYTES - this.#size;
  }

  /** What it holds, until it takes more or is emptied. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#size);
  }

  /**
   * Takes a copy of what fits.
   *
   * @returns How many bytes that is.
   */
  add(bytes: Uint8Array): number {
    const part = bytes.subarray(0, this.room);
    const size = this.#size + part.length;
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(size, 2 * this.#bytes.length)));
      larger.set(this.bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#size);
    this.#size = size;
    return part.length;
  }

  /** Forgets what it holds. */
  empty(): void {
    this.#size = 0;
  }
}
