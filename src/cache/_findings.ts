/**
 * What `verify` has found so far, and where it is.
 *
 * @module
 */

import type { Fault, FaultKind, VerifyOptions, VerifyReport } from "./types.ts";

const MOST_FAULTS = 1000;

/** The parts of a run, in their order. */
export const parts = ["calls", "values", "rest"] as const;

/** One part of a run. */
export type Part = (typeof parts)[number];

/** A place in a run: in a part, behind a key where there is one. */
export interface Place {
  readonly part: Part;
  readonly after: string | undefined;
}

/**
 * Reads a cursor.
 *
 * @throws {TypeError} When it is none.
 */
export function parseCursor(cursor: string): Place {
  const [, name, after] = /^([a-z]+)(?::([0-9a-f]{64}))?$/.exec(cursor) ?? [];
  const part = parts.find((each) => each === name);
  if (part === undefined) throw new TypeError(`Cannot go on from ${JSON.stringify(cursor)}: it is no cursor`);
  return { part, after };
}

/** Counts, and keeps the first faults. */
export class Findings {
  readonly #startedAt = performance.now();
  readonly #faults: Fault[] = [];
  readonly #onProgress: VerifyOptions["onProgress"];
  readonly counts: Record<FaultKind, number> = {
    missing: 0,
    damaged: 0,
    dangling: 0,
    foreign: 0,
    newer: 0,
    refused: 0,
    unreadable: 0,
  };
  entries = 0;
  bytes = 0;
  repaired = 0;
  knowsDangling = true;

  /** @param onProgress Who is told of every place. */
  constructor(onProgress: VerifyOptions["onProgress"]) {
    this.#onProgress = onProgress;
  }

  /** Adds a fault. */
  add(kind: FaultKind, storage: Fault["storage"], key: string): void {
    this.counts[kind]++;
    if (this.#faults.length < MOST_FAULTS) this.#faults.push({ kind, storage, key });
  }

  /** Tells that everything before a place is done. */
  reached(part: Part, after?: string): void {
    this.#onProgress?.({
      cursor: after === undefined ? part : `${part}:${after}`,
      counts: { ...this.counts },
      entries: this.entries,
      bytes: this.bytes,
    });
  }

  /** All of it. */
  report(): VerifyReport {
    const { counts, entries, bytes, repaired, knowsDangling } = this;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return { counts, entries, bytes, faults: this.#faults, knowsDangling, repaired, seconds };
  }
}
