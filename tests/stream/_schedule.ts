/** Random schedules of one streamed call, seeded: what its source, its storages and its readers do. */
import { random } from "../_random.ts";

/** What the function returns. */
export type SourceKind = "bytes" | "response" | "byte arrays" | "items" | "item stream";

/** What one schedule does. */
export interface Schedule {
  readonly seed: number;
  readonly kind: SourceKind;
  /** Sizes of the chunks, in bytes. */
  readonly chunks: readonly number[];
  /** Which chunk the source fails instead of giving; `undefined` when it does not. */
  readonly failsAt: number | undefined;
  /** How many turns the function takes before it returns. */
  readonly startsAfter: number;
  readonly onCancel: "abort" | "finish";
  readonly spool: boolean;
  /** How many turns each operation of the values storage takes, at most. */
  readonly slowness: number;
  /** Which operation fails, of the values or (`record`) of the calls storage; the n-th of its kind. */
  readonly fault: Fault | undefined;
  readonly readers: readonly Reader[];
}

/** See {@linkcode Schedule.fault}. */
export interface Fault {
  readonly operation: "draft" | "write" | "finish" | "record";
  readonly at: number;
}

/** Somebody who calls and reads. */
export interface Reader {
  /** How many turns of the event loop it waits before it calls. */
  readonly joinsAfter: number;
  /** Waits until that reader is about to read, cancel or be told the end for the last time, before it calls. */
  readonly joinsWith: number | undefined;
  /** How many microtasks it waits after that. */
  readonly steps: number;
  /** How many turns it waits between two chunks, at most. */
  readonly pace: number;
  /** After how many chunks it has had enough; `undefined` when it reads to the end. */
  readonly stopsAfter: number | undefined;
  /** How: it cancels, or throws in its loop. */
  readonly throws: boolean;
  /** Whether it brings its own memory. */
  readonly isByob: boolean;
  /** After how many turns its signal aborts; `undefined` when it brings none. */
  readonly abortsAfter: number | undefined;
}

const SIZES = [1, 7, 1000, 4096, 65_536, 262_144, 262_145, 700_000];
const KINDS = ["bytes", "bytes", "response", "byte arrays", "items", "item stream"] as const;
const OPERATIONS = ["draft", "write", "finish", "record"] as const;

/** The schedule of a seed. */
export function scheduleOf(seed: number): Schedule {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const sometimes = (chance: number): boolean => next() < chance;
  const oneOf = <T>(choices: readonly [T, ...T[]]): T => choices[below(choices.length)] ?? choices[0];
  const chunks = Array.from({ length: below(14) }, () => oneOf(SIZES as [number, ...number[]]));
  const kind = oneOf(KINDS);
  const count = 1 + below(6);
  return {
    seed,
    kind,
    chunks,
    failsAt: sometimes(0.2) ? below(chunks.length + 1) : undefined,
    startsAfter: sometimes(0.4) ? below(6) : 0,
    onCancel: sometimes(0.5) ? "abort" : "finish",
    spool: sometimes(0.4),
    slowness: sometimes(0.4) ? 1 + below(4) : 0,
    fault: sometimes(0.25) ? { operation: oneOf(OPERATIONS), at: 1 + below(4) } : undefined,
    readers: Array.from({ length: count }, (_, index) => ({
      joinsAfter: sometimes(0.5) ? 0 : below(40),
      joinsWith: index > 0 && sometimes(0.3) ? below(index) : undefined,
      steps: below(30),
      pace: below(4),
      stopsAfter: sometimes(0.35) ? below(chunks.length + 1) : undefined,
      throws: sometimes(0.3),
      isByob: (kind === "bytes" || kind === "response") && sometimes(0.3),
      abortsAfter: sometimes(0.15) ? below(30) : undefined,
    })),
  };
}
