/**
 * The entries of `Memory`, and which of them go when there is a limit.
 *
 * @module
 */

/** A body as it is kept. */
export type Blocks = readonly Uint8Array<ArrayBuffer>[];

/** An entry as it is kept. */
export interface Kept {
  /** Its body. */
  readonly blocks: Blocks;
  /** Size of the body, in bytes. */
  readonly size: number;
  /** When it was put: milliseconds since the epoch. */
  readonly time: number;
  /** Another one at every put. */
  readonly mark: number;
}

/** Bodies by key. With a limit, the least recently used ones make room for new ones. */
export class KeptEntries {
  readonly #maxBytes: number | undefined;
  // A Map keeps the order in which keys were set: with a limit, that of their last use.
  readonly #entries = new Map<string, Kept>();
  readonly #onEvict: (key: string) => void;
  #bytes = 0;
  #puts = 0;

  /**
   * @param maxBytes How many bytes the bodies may have together; no limit where `undefined`.
   * @param onEvict Told of every entry that had to make room.
   */
  constructor(maxBytes: number | undefined, onEvict: (key: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onEvict = onEvict;
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
    const kept = this.#entries.get(key);
    if (this.#maxBytes !== undefined && kept !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, kept);
    }
    return kept?.blocks;
  }

  /** Finds an entry, which is no use of it. */
  find(key: string): Kept | undefined {
    return this.#entries.get(key);
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
    const kept = { blocks, size: sizeOf(blocks), time: Date.now(), mark: this.#puts++ };
    if (this.#maxBytes === undefined) {
      this.#entries.set(key, kept);
      return;
    }
    this.assertFits(kept.size);
    this.delete(key);
    this.#entries.set(key, kept);
    this.#bytes += kept.size;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
      this.#onEvict(oldest);
    }
  }

  /** Removes a body; `false` when there was none. */
  delete(key: string): boolean {
    this.#bytes -= this.#maxBytes === undefined ? 0 : this.#entries.get(key)?.size ?? 0;
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
