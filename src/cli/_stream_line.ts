/**
 * The line of one stream: what it says while the stream is read, fitted to the terminal's width, and what stays of it.
 *
 * @module
 */

import { builtin } from "../_runtime.ts";
import { formatBytes, formatDuration } from "./_figures.ts";
import type { StreamProgress } from "../stream/types.ts";
import type { Terminal } from "./_terminal.ts";

/** The rate follows what happened in about that time. */
const RATE_MS = 3000;

const LEAST_BAR = 8;
const LONGEST_BAR = 30;

/** How a line is drawn. */
export interface LineStyle {
  /** Columns that the line may take. */
  readonly columns: number;
  readonly colors: boolean;
  readonly terminal: Terminal;
}

/** One stream's line. */
export class StreamLine {
  #progress: StreamProgress;
  #label: string;
  /** Bytes a second, of late; `undefined` while no time has passed. */
  #rate: number | undefined;
  /** How often the stream has reported: what moves where the size is unknown. */
  #reports = 0;

  constructor(progress: StreamProgress, label: string) {
    this.#progress = progress;
    this.#label = label;
    this.#rate = averageRate(progress);
  }

  /** Takes what the stream reports next. */
  update(progress: StreamProgress, label: string): void {
    const { bytes, elapsedMs } = this.#progress;
    const passedMs = progress.elapsedMs - elapsedMs;
    const more = progress.bytes - bytes;
    if (this.#rate === undefined || more < 0 || passedMs < 0) this.#rate = averageRate(progress);
    else if (passedMs > 0) {
      // The average while the stream is young, and one in which what is past fades away after that.
      const weight = Math.max(passedMs / progress.elapsedMs, 1 - Math.exp(-passedMs / RATE_MS));
      this.#rate += weight * (more / passedMs * 1000 - this.#rate);
    }
    this.#progress = progress;
    this.#label = label;
    this.#reports++;
  }

  /** The line while the stream is read. What does not fit is left out, the least telling first. */
  live({ columns, colors, terminal }: LineStyle): string {
    const label = terminal.fit(this.#label, Math.min(Math.max(LEAST_BAR, Math.floor(columns / 3)), columns));
    const figures = this.#figures();
    const barColumns = (): number =>
      columns - label.width - 1 - figures.reduce((sum, { text }) => sum + 2 + text.length, 0);
    while (barColumns() < LEAST_BAR && figures.length > 0) {
      const least = Math.min(...figures.map(({ worth }) => worth));
      figures.splice(figures.findIndex(({ worth }) => worth === least), 1);
    }
    const width = Math.min(barColumns(), LONGEST_BAR);
    if (width < LEAST_BAR) return label.text;
    const bar = drawBar(this.#filled(width), { width, colors });
    return [`${label.text} ${bar}`, ...figures.map(({ text }) => text)].join("  ");
  }

  /** The line that stays when the stream has ended. */
  last({ columns, terminal }: Pick<LineStyle, "columns" | "terminal">): string {
    const { bytes, elapsedMs, expectedBytes, from, outcome } = this.#progress;
    // What the last record says is a guess; what is stored is known, and less of it was read.
    const isPart = from === "cache" && expectedBytes !== undefined && bytes < expectedBytes;
    const size = formatBytes(bytes) + (isPart ? ` of ${formatBytes(expectedBytes)}` : "");
    const rate = averageRate(this.#progress);
    const remarks = [
      ...(outcome === undefined || outcome === "complete" ? [] : [outcome]),
      ...(rate === undefined ? [] : [`${formatBytes(rate)}/s`]),
      ...(from === "cache" ? ["from the cache"] : []),
    ];
    const told = `${this.#label}  ${size} in ${formatDuration(elapsedMs)}`;
    const whole = remarks.length === 0 ? told : `${told} (${remarks.join(", ")})`;
    return terminal.fit(whole, columns).text === whole ? whole : terminal.fit(told, columns).text;
  }

  /** Part of the expected bytes that is there; `undefined` when nothing is expected, or more came than that. */
  #fraction(): number | undefined {
    const { bytes, expectedBytes } = this.#progress;
    if (expectedBytes === undefined || expectedBytes <= 0 || bytes > expectedBytes) return undefined;
    return bytes / expectedBytes;
  }

  /** Padded, so that a bar keeps its length from one report to the next. */
  #figures(): { readonly text: string; readonly worth: number }[] {
    const { bytes, elapsedMs, expectedBytes = 0 } = this.#progress;
    const rate = this.#rate === undefined ? "" : `${formatBytes(this.#rate)}/s`;
    const size = formatBytes(bytes).padStart(8);
    const always = [
      { text: rate.padStart(10), worth: 2 },
      { text: seconds(elapsedMs).padStart(7), worth: 1 },
    ];
    const fraction = this.#fraction();
    if (fraction === undefined) return [{ text: size, worth: 3 }, ...always];
    const left = this.#rate === undefined || this.#rate < 1
      ? ""
      : `${seconds((expectedBytes - bytes) / this.#rate * 1000)} left`;
    return [
      { text: `${Math.floor(100 * fraction)}%`.padStart(4), worth: 5 },
      { text: `${size}/${formatBytes(expectedBytes)}`, worth: 3 },
      ...always.slice(0, 1),
      { text: left.padStart(12), worth: 4 },
      ...always.slice(1),
    ];
  }

  /** The full cells of a bar: from the left where the size is known, a few that wander otherwise. */
  #filled(width: number): { readonly start: number; readonly end: number } {
    const fraction = this.#fraction();
    if (fraction !== undefined) return { start: 0, end: Math.floor(fraction * width) };
    const turn = width - 3;
    const start = turn - Math.abs(this.#reports % (2 * turn) - turn);
    return { start, end: start + 3 };
  }
}

function averageRate({ bytes, elapsedMs }: StreamProgress): number | undefined {
  return elapsedMs > 0 ? bytes / elapsedMs * 1000 : undefined;
}

/** Whole seconds: tenths would only flicker. */
function seconds(ms: number): string {
  return ms < 1000 ? "0s" : formatDuration(Math.floor(ms / 1000) * 1000);
}

function drawBar(
  filled: { readonly start: number; readonly end: number },
  { width, colors }: { readonly width: number; readonly colors: boolean },
): string {
  // Not by the state of standard output, which `styleText` asks otherwise.
  const paint = (format: "cyan" | "dim", text: string): string =>
    colors && text !== "" ? builtin("node:util").styleText(format, text, { validateStream: false }) : text;
  return paint("dim", "░".repeat(filled.start)) + paint("cyan", "█".repeat(filled.end - filled.start)) +
    paint("dim", "░".repeat(width - filled.end));
}
