/**
 * Bytes in memory that grow: in blocks, so that neither tiny chunks nor one huge array is made of them.
 *
 * @module
 */

/** Size of a block, in bytes. */
const BLOCK_SIZE = 256 * 1024;

/** Gathers chunks into blocks of {@linkcode BLOCK_SIZE}. */
export class BlockList {
  readonly #full: Uint8Array<ArrayBuffer>[] = [];
  #last = new Uint8Array(0);
  #used = 0;

  /** How many bytes there are. */
  get size(): number {
    return this.#full.length * BLOCK_SIZE + this.#used;
  }

  /** Takes a copy of a chunk. */
  add(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + BLOCK_SIZE - this.#used);
      this.#makeRoom(this.#used + part.length);
      this.#last.set(part, this.#used);
      this.#used += part.length;
      at += part.length;
      if (this.#used === BLOCK_SIZE) {
        this.#full.push(this.#last);
        this.#last = new Uint8Array(0);
        this.#used = 0;
      }
    }
  }

  /** The bytes from `position` up to the end of their block; not to be changed. */
  from(position: number): Uint8Array<ArrayBuffer> {
    const index = Math.floor(position / BLOCK_SIZE);
    const block = this.#full[index] ?? this.#last.subarray(0, this.#used);
    return block.subarray(position - index * BLOCK_SIZE);
  }

  /** The blocks, at least one; nothing may be added afterwards. */
  finish(): readonly Uint8Array<ArrayBuffer>[] {
    if (this.#used === 0 && this.#full.length > 0) return this.#full;
    return [...this.#full, this.#last.slice(0, this.#used)];
  }

  #makeRoom(size: number): void {
    if (size <= this.#last.length) return;
    const larger = new Uint8Array(Math.min(BLOCK_SIZE, Math.max(size, 2 * this.#last.length)));
    larger.set(this.#last.subarray(0, this.#used));
    this.#last = larger;
  }
}
