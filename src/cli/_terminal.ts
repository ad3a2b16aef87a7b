/**
 * The packages that know terminals, loaded when something is drawn: `sisteransi` has the control sequences,
 * `string-width` knows how many columns a text takes.
 *
 * @module
 */

import { loadCode } from "../_load.ts";

/** What drawing needs to know of terminals. */
export interface Terminal {
  /** The text, ending in `…` where it was cut, and the columns that it takes: at most `columns`. */
  fit(text: string, columns: number): { readonly text: string; readonly width: number };
  /** Erases from the cursor to the end of its line. */
  readonly eraseLineEnd: string;
  /** Erases from the cursor to the end of the screen. */
  readonly eraseDown: string;
  /** Moves to the first column, so many lines above. */
  lineAbove(lines: number): string;
}

/** Loads the packages. */
export async function loadTerminal(): Promise<Terminal> {
  const [{ cursor, erase }, { default: widthOf }] = await Promise.all([
    loadCode(() => import("sisteransi")),
    loadCode(() => import("string-width")),
  ]);
  const graphemes = new Intl.Segmenter("en");
  return {
    fit(text, columns) {
      const whole = widthOf(text);
      if (whole <= columns) return { text, width: whole };
      let [fitting, width] = ["", 0];
      for (const { segment } of graphemes.segment(text)) {
        const wider = width + widthOf(segment);
        if (wider > columns - 1) break;
        fitting += segment;
        width = wider;
      }
      return columns < 1 ? { text: "", width: 0 } : { text: `${fitting}…`, width: width + 1 };
    },
    eraseLineEnd: erase.lineEnd,
    eraseDown: erase.down(),
    lineAbove: (lines) => cursor.up(lines) + cursor.left,
  };
}
