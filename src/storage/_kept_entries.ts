/**
 * The entries of `Memory`, and which of them go when there is a limit.
 *
 * @module
 */

/** A body as it is kept. */
export type Blocks = readonly Uint8Array<ArrayBuffer>[];

/** Bodies by key. With a limit, the least recently used ones make room for new ones. */
export class KeptEntries {
  readonly #maxBytes: number | undefined;
  // A Map keeps the order in which keys were set: with a limit, that of their last use.
  readonly #entries = new Map<string, Blocks>();
  #bytes = 0;

  /** @param maxBytes How many bytes the bodies may have together; no limit where `undefined`. */
  constructor(maxBytes: number | undefined) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Refuses a body of so many bytes, which may be still growing.
   *
   * @throws {Error} When it is larger than the limit: it would not fit if everything else went.
   */
  assertFits(size: number): void {
    if (this.#maxBytes === undefined || size <= this.#maxBytes) return;
    throw new Error(
      `Cannot keep a body of ${size} bytes or more in memory: the storage may have ${this.#maxBytes} bytes (maxBytes)`,
    );
  }

  /** Finds a body, which counts as a use of it. */
  use(key: string): Blocks | undefined {
    const blocks = this.#entries.get(key);
    if (this.#maxBytes !== undefined && blocks !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, blocks);
    }
    return blocks;
  }

  /** Whether there is one, which is no use of it. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /**
   * Keeps a body, in place of an earlier one.
   *
   * @throws As `assertFits` does; nothing has changed then.
   */
  set(key: string, blocks: Blocks): void {
    if (this.#maxBytes === undefined) {
      this.#entries.set(key, blocks);
      return;
    }
    const size = sizeOf(blocks);
    this.assertFits(size);
    this.delete(key);
    this.#entries.set(key, blocks);
    this.#bytes += size;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  /** Removes a body; `false` when there was none. */
  delete(key: string): boolean {
    if (this.#maxBytes !== undefined) this.#bytes -= sizeOf(this.#entries.get(key) ?? []);
    return this.#entries.delete(key);
  }

  /** The keys as they are now: using an entry changes its place, and a list that is being read must not notice. */
  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Removes all of them. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

function sizeOf(blocks: Blocks): number {
  return blocks.reduce((sum, block) => sum + block.length, 0);
}
