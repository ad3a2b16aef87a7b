/**
 * What a reader has yet to read when the result has become a visible entry.
 *
 * @module
 */

import type { OpenEntry } from "./types.ts";

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/** The rest of an entry, from wherever it is opened: once, by its reader or for him. */
export class EntryRest {
  #reader: Promise<Reader | undefined> | undefined;
  /** The read that was begun when it was opened: what is open stays, whatever becomes of the entry. */
  #ahead: Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>> | undefined;

  /**
   * Opens it, unless it is open.
   *
   * @throws (rejects) What opening failed with; the next call tries again.
   */
  async open(openEntry: OpenEntry, position: number): Promise<Reader | undefined> {
    try {
      return await (this.#reader ??= this.#begin(openEntry, position));
    } catch (error) {
      this.#reader = undefined;
      throw error;
    }
  }

  async #begin(openEntry: OpenEntry, position: number): Promise<Reader | undefined> {
    const reader = (await openEntry(position))?.getReader();
    this.#ahead = reader?.read();
    this.#ahead?.catch(() => {});
    return reader;
  }

  /** The next of its bytes; `position` is where they stand. */
  async next(openEntry: OpenEntry, position: number): Promise<Uint8Array<ArrayBuffer>> {
    const reader = await this.open(openEntry, position);
    const next = this.#ahead ?? reader?.read();
    this.#ahead = undefined;
    const value = (await next)?.value;
    if (value === undefined) throw new Error("Cannot read the rest of a result: its entry has been removed");
    return value;
  }

  /** Nobody reads on. */
  async close(reason: unknown): Promise<void> {
    await this.#reader?.then((reader) => reader?.cancel(reason)).catch(() => {});
  }
}
