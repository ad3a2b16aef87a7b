/**
 * `progressBar()`: where to draw, whether to, and that nothing of it can disturb the stream that is watched. The
 * drawing itself is loaded with the first report that is drawn.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import { environmentVariable, isColorUnwanted, standardError } from "../_runtime.ts";
import { warnOnce } from "../_warn.ts";
import type { StreamLinesOptions } from "./_stream_lines.ts";
import type { StreamProgress } from "../stream/types.ts";

/** Where progress is drawn: `process.stderr`, `process.stdout`, or anything alike. */
export interface ProgressOutput {
  /** Whether it is a terminal. Nothing is drawn where it is none. */
  readonly isTTY?: boolean | undefined;
  /**
   * Columns of the terminal, asked at every drawing.
   *
   * @default {80}
   */
  readonly columns?: number | undefined;
  /**
   * Rows of the terminal, asked at every drawing.
   *
   * @default {24}
   */
  readonly rows?: number | undefined;
  /** Prints a text. When it throws, nothing is drawn any more. */
  write(text: string): unknown;
}

/** Options of {@linkcode progressBar}. */
export interface ProgressBarOptions {
  /**
   * Where to draw.
   *
   * @default Standard error.
   */
  readonly output?: ProgressOutput;
  /**
   * What a stream is called. Control characters are left out, and long texts are cut.
   *
   * @default The function's name.
   */
  readonly label?: (progress: StreamProgress) => string;
}

/**
 * Draws how far streamed results have come, for the option `onProgress` of `fleche()`.
 *
 * While a stream is read it has a line with its label, a bar, the bytes in binary units, the rate of the last seconds,
 * the time left and the time taken; the bar wanders where the size is not known. Lines fit the terminal's width, and
 * streams that are read at the same time have a line each. When a stream has ended, one line with its size, time and
 * average rate stays.
 *
 * It draws on terminals only and prints nothing anywhere else. On a terminal where lines are not drawn again (`CI` is
 * set, or `TERM` is `dumb`) each stream prints one plain line when it has ended. `NO_COLOR` turns colours off,
 * `FORCE_COLOR` decides over it. In Deno these variables are heeded as far as they may be read: no permission is asked
 * for, and none is needed.
 *
 * The returned function never throws and starts no timer; when the output fails, it draws nothing any more. The cursor
 * stays visible. What else is printed on the terminal meanwhile appears above the lines.
 *
 * @param options Where to draw, and the label.
 * @returns A function that takes what streams report. It can serve several functions; two bars on one terminal would
 * draw over each other.
 *
 * @example Watching a stream
 * ```ts
 * import { progressBar } from "@fleche/fleche/cli";
 *
 * const show = progressBar({ label: ({ name, from }) => from === "cache" ? `${name} (again)` : name });
 * show({
 *   name: "download",
 *   key: "1a2b",
 *   from: "function",
 *   bytes: 65_536,
 *   elapsedMs: 12,
 *   expectedBytes: 1_048_576,
 *   done: false,
 *   outcome: undefined,
 * });
 * ```
 */
export function progressBar(options: ProgressBarOptions = {}): (progress: StreamProgress) => void {
  let show: ((progress: StreamProgress) => void) | undefined;
  const drawNothing = (): void => {};

  function begin(): (progress: StreamProgress) => void {
    const output = options.output ?? standardError();
    if (output.isTTY !== true) return drawNothing;
    const early: StreamProgress[] = [];
    openLines(output, { label: options.label ?? (({ name }) => name), redraws: redraws(), colors: colors() })
      .then((lines) => {
        show = (progress) => lines.show(progress);
        for (const progress of early) lines.show(progress);
      }, (error) => {
        show = drawNothing;
        warnOnce("progressBar", `Cannot draw progress, the streams go on: ${error}`);
      })
      .catch(() => show = drawNothing);
    return (progress) => early.push(progress);
  }

  return (progress) => {
    try {
      show ??= begin();
      show(progress);
    } catch {
      show = drawNothing;
    }
  };
}

async function openLines(
  output: ProgressOutput,
  options: StreamLinesOptions,
): Promise<{ show(progress: StreamProgress): void }> {
  const [{ StreamLines }, { loadTerminal }] = await Promise.all([
    loadCode(() => import("./_stream_lines.ts")),
    loadCode(() => import("./_terminal.ts")),
  ]);
  return new StreamLines(output, await loadTerminal(), options);
}

/** A variable that says yes or no; `undefined` when it says neither. */
function flag(name: string): boolean | undefined {
  const value = environmentVariable(name) ?? "";
  return value === "" ? undefined : value !== "0" && value !== "false";
}

function redraws(): boolean {
  return environmentVariable("TERM") !== "dumb" && flag("CI") !== true;
}

function colors(): boolean {
  return flag("FORCE_COLOR") ?? !isColorUnwanted();
}
