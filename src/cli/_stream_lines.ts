/**
 * The lines of the streams that are under way, kept at the bottom of a terminal, and those that have ended above them.
 *
 * The cursor rests in an empty line above them, at its start: what others print there stays, and the next drawing
 * goes below it. Nothing of the terminal's state is changed, so a process that ends anywhere leaves nothing to restore.
 *
 * @module
 */

import type { ProgressOutput } from "./progress_bar.ts";
import { StreamLine } from "./_stream_line.ts";
import type { StreamProgress } from "../stream/types.ts";
import type { Terminal } from "./_terminal.ts";

/** How the lines are drawn. */
export interface StreamLinesOptions {
  readonly label: (progress: StreamProgress) => string;
  /** Whether lines are drawn again in place; otherwise each stream leaves one line when it has ended. */
  readonly redraws: boolean;
  readonly colors: boolean;
}

/** The lines of all streams that report to one bar. */
export class StreamLines {
  readonly #lines = new Map<string, StreamLine>();
  readonly #output: ProgressOutput;
  readonly #terminal: Terminal;
  readonly #options: StreamLinesOptions;

  constructor(output: ProgressOutput, terminal: Terminal, options: StreamLinesOptions) {
    this.#output = output;
    this.#terminal = terminal;
    this.#options = options;
  }

  /** Draws what a stream reports. */
  show(progress: StreamProgress): void {
    const label = printable(this.#options.label(progress));
    const known = this.#lines.get(progress.key);
    known?.update(progress, label);
    const line = known ?? new StreamLine(progress, label);
    if (progress.done) this.#lines.delete(progress.key);
    else this.#lines.set(progress.key, line);

    const last = progress.done ? line : undefined;
    if (this.#options.redraws) this.#redraw(last);
    else if (last !== undefined) {
      this.#output.write(last.last({ columns: Infinity, terminal: this.#terminal }) + "\n");
    }
  }

  #redraw(ended: StreamLine | undefined): void {
    const { eraseDown, eraseLineEnd, lineAbove } = this.#terminal;
    // A line that fills the last column would leave the cursor in the next one in some terminals.
    const style = {
      columns: (this.#output.columns || 80) - 1,
      colors: this.#options.colors,
      terminal: this.#terminal,
    };
    // One write, over what is there and not after erasing it: nothing flickers.
    let text = ended === undefined ? "" : ended.last(style) + eraseLineEnd + "\n";
    const lines = this.#fitting().map((line) => line.live(style));
    const hidden = this.#lines.size - lines.length;
    if (hidden > 0) lines.push(this.#terminal.fit(`and ${hidden} more`, style.columns).text);
    if (lines.length > 0) text += eraseLineEnd + lines.map((line) => `\n${line}${eraseLineEnd}`).join("");
    text += eraseDown;
    if (lines.length > 0) text += lineAbove(lines.length);
    this.#output.write(text);
  }

  /** As many lines as the screen has room for: the cursor cannot go above it. */
  #fitting(): StreamLine[] {
    const room = Math.max(1, (this.#output.rows || 24) - 2);
    const lines = [...this.#lines.values()];
    return lines.length <= room ? lines : lines.slice(0, Math.max(1, room - 1));
  }
}

/** A text without control characters: names come from anywhere, and may not command the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
