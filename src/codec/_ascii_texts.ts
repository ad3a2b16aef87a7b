/**
 * ASCII texts out of bytes: short ones, which come again and again, are looked up; longer ones are cut out of a window, a
 * stretch of the bytes that is turned into one string, which takes a tenth of the time of asking the runtime for each.
 *
 * @module
 */

// `as number` here: indices below a length that was compared before.

import { readAscii } from "./_text_reader.ts";

/** Up to here texts are looked up. */
const SHORT_TEXT = 12;
/** From here on texts are the runtime's own work. */
const LONGEST_CUT = 1 << 10;
/** An engine keeps the whole window for as long as a text from it lives: so it is short. */
const WINDOW_BYTES = 1 << 14;

// One character for each byte; what it makes of bytes that are no ASCII is not used.
const decoder = new TextDecoder("latin1");

const NOTHING = new Uint8Array();

/** Reads texts out of bytes that do not change meanwhile. */
export class AsciiTexts {
  #bytes: Uint8Array = NOTHING;
  #window = "";
  #start = 0;

  /**
   * The text of so many bytes.
   *
   * @returns `undefined` when it is not ASCII, or too long to be read here.
   */
  read(bytes: Uint8Array, start: number, size: number): string | undefined {
    if (size <= SHORT_TEXT) return readAscii(bytes, start, size);
    if (size > LONGEST_CUT) return undefined;
    const end = start + size;
    for (let at = start; at < end; at++) if ((bytes[at] as number) > 0x7f) return undefined;
    let from = start - this.#start;
    if (bytes !== this.#bytes || from < 0 || from + size > this.#window.length) {
      this.#bytes = bytes;
      this.#window = decoder.decode(bytes.subarray(start, start + WINDOW_BYTES));
      this.#start = start;
      from = 0;
    }
    return this.#window.slice(from, from + size);
  }
}
