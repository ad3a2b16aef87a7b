/**
 * ASCII texts out of bytes, by the window: a stretch of bytes is turned into one string, and texts are cut out of that, which
 * takes a tenth of the time of asking the runtime for each.
 *
 * @module
 */

// `as number` here: indices below a length that was compared before.

/** An engine keeps the whole window for as long as a text from it lives: so it is short. */
const WINDOW_BYTES = 1 << 14;
/** Longer texts are the runtime's own work. */
export const LONGEST_CUT: number = 1 << 10;

// One character for each byte; what it makes of bytes that are no ASCII is not used.
const decoder = new TextDecoder("latin1");

/** Cuts texts out of one array of bytes. */
export class AsciiWindow {
  readonly #bytes: Uint8Array;
  #text = "";
  #start = 0;

  /** @param bytes The bytes, which must not change. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * A text of at most {@linkcode LONGEST_CUT} bytes.
   *
   * @returns `undefined` when it is not ASCII.
   */
  cut(start: number, size: number): string | undefined {
    const bytes = this.#bytes;
    const end = start + size;
    for (let at = start; at < end; at++) if ((bytes[at] as number) > 0x7f) return undefined;
    let from = start - this.#start;
    if (from < 0 || from + size > this.#text.length) {
      this.#text = decoder.decode(bytes.subarray(start, start + WINDOW_BYTES));
      this.#start = start;
      from = 0;
    }
    return this.#text.slice(from, from + size);
  }
}
