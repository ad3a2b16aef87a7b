/**
 * Who called `fleche()`: the file, taken from the stack while it runs. Apart from `module_path.ts`, which makes of it what
 * goes into keys, since this much is needed before the first call.
 *
 * @module
 */

// `as` here: the stack interface of V8, which both runtimes have, is in no standard library's types.

import { runtimeName } from "../_runtime.ts";

interface Frame {
  getFileName?(): string | null | undefined;
  getScriptNameOrSourceURL?(): string | null | undefined;
  isAsync?(): boolean;
  isEval?(): boolean;
}

interface TracingError {
  captureStackTrace(holder: object, below: unknown): void;
  prepareStackTrace?: unknown;
  stackTraceLimit?: unknown;
}

/** Frames that are looked at: beyond the caller itself only built-in functions and field initialisers are passed over. */
const MOST_FRAMES = 12;

/**
 * The file of the first stack frame beneath a function that is running: who called it.
 *
 * Call it while `below` runs, and not as the last thing that `below` does: Bun (JavaScriptCore) drops the frames of
 * strict functions from which a call returns directly. For the same reason a helper that only says
 * `return fleche(fn)` is not on Bun's stack, and its own caller is found instead.
 *
 * @param below The function whose caller is wanted.
 * @returns A `file:` or `https:` URL or an absolute path, for `portableModule`; `undefined` when the caller
 * is no file: evaluated code, a `data:` or `blob:` module, the command line, a timer.
 */
export function captureCaller(below: (...args: never[]) => unknown): string | undefined {
  const tracing = Error as unknown as TracingError;
  const { prepareStackTrace, stackTraceLimit } = tracing;
  try {
    // Structured frames: text would have to be taken apart, and a user's own `prepareStackTrace` may print anything.
    // By assignment: Bun does not see the property when it is defined.
    tracing.prepareStackTrace = (_error: unknown, frames: unknown) => frames;
    tracing.stackTraceLimit = MOST_FRAMES;
    const holder: { readonly stack?: unknown } = {};
    tracing.captureStackTrace(holder, below);
    return callerOf(framesOf(holder.stack));
  } catch {
    // A frozen Error, or a frame that will not be read.
    return undefined;
  } finally {
    Reflect.set(tracing, "prepareStackTrace", prepareStackTrace);
    Reflect.set(tracing, "stackTraceLimit", stackTraceLimit);
  }
}

/** Structured frames; from text where somebody has deleted `Error.prepareStackTrace`, after which Bun asks it no more. */
function framesOf(stack: unknown): readonly Frame[] {
  if (Array.isArray(stack)) return stack as Frame[];
  return String(stack).split("\n").flatMap((line) => {
    const [, source] = /^\s*at (?:.*?\((?=\/|\w+:|\\\\))?((?:\/|\w+:|\\\\).*?)(?::\d+){0,2}\)?$/.exec(line) ??
      [];
    return source === undefined
      ? []
      : [{ getFileName: () => source, isEval: () => line.includes("(eval at ") }];
  });
}

function callerOf(frames: readonly Frame[]): string | undefined {
  for (const frame of frames) {
    // Where an async function was awaited is no call; Bun does not list it.
    if (frame.isAsync?.() === true) continue;
    if (frame.isEval?.() === true) return undefined;
    const source = frame.getScriptNameOrSourceURL?.() ?? frame.getFileName?.() ?? "";
    // Bun gives modules by path; what it gives by URL was made by `new Function` there.
    if (source.startsWith("file:") && runtimeName() === "bun") return undefined;
    if (/^(file|https?|jsr|npm):/.test(source) || isAbsolutePath(source)) return source;
    // Named otherwise: code of a kind that has no place. Not named: built-in functions and field initialisers.
    if (/^(data|blob):/.test(source) || source === "[eval]") return undefined;
  }
  return undefined;
}

/** Whether a path is absolute, on whichever system. */
export function isAbsolutePath(source: string): boolean {
  return /^(\/|\\\\|[A-Za-z]:[\\/])/.test(source);
}
