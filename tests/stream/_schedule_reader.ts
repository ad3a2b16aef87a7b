/** Somebody who reads a streamed result as a schedule says, and compares all that comes with what must come. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import type { Reader, Schedule } from "./_schedule.ts";

/** How a reader's stream ended. */
export type End = "done" | "failed" | "cancelled" | "thrown" | "aborted";

/** What the source fails with. */
export const failure: Error = new Error("the source failed");

/** What the signal of a reader aborts with. */
export class Aborted extends Error {
  override readonly name = "Aborted";
}

const mine = new Error("thrown in the reader's own loop");

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The bytes of chunk `index`: no two alike. */
export function chunkOf({ chunks, seed }: Schedule, index: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(chunks[index] ?? 0);
  for (let at = 0; at < chunk.length; at++) chunk[at] = seed + 31 * index + at * 7 + (at >> 8);
  return chunk;
}

/** What the source gives as piece `index`. */
export function pieceOf(schedule: Schedule, index: number): unknown {
  const bytes = chunkOf(schedule, index);
  const isItem = schedule.kind === "items" || schedule.kind === "item stream";
  return isItem ? { index, at: new Date(index), bytes, text: "é".repeat(bytes.length % 5000) } : bytes;
}

/** Checks pieces in their order, and spoils each: it is the reader's own. */
class Checker {
  readonly #schedule: Schedule;
  readonly #whole: Uint8Array;
  #index = 0;
  #at = 0;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#whole = joined(schedule.chunks.map((_, index) => chunkOf(schedule, index)));
  }

  check(piece: unknown): void {
    const { kind, fault } = this.#schedule;
    const index = this.#index++;
    const what = `wrong bytes were delivered in piece ${index}, at ${this.#at}`;
    if (kind === "items" || kind === "item stream") {
      const item = piece as { index: number; at: Date; bytes: Uint8Array; text: string };
      assert.deepEqual([item.index, item.at.getTime(), item.text.length], [
        index,
        index,
        item.bytes.length % 5000,
      ], what);
      assert.ok(equal(item.bytes, chunkOf(this.#schedule, index)), what);
      // What no draft took cannot be copied.
      if (fault === undefined) Object.assign(item, { index: -1, bytes: undefined });
      return;
    }
    assert.ok(piece instanceof Uint8Array, what);
    if (kind === "byte arrays") {
      assert.ok(equal(piece, chunkOf(this.#schedule, index)), what);
    } else {
      assert.ok(piece.length > 0, "an empty chunk was delivered");
      assert.ok(equal(piece, this.#whole.subarray(this.#at, this.#at += piece.length)), what);
    }
    piece.fill(0xee);
  }

  end(): void {
    const { kind, chunks } = this.#schedule;
    if (kind === "bytes" || kind === "response") {
      assert.equal(this.#at, this.#whole.length, "a result ended too early");
    } else assert.equal(this.#index, chunks.length, "a result ended too early");
  }
}

/** What a reader needs beside itself. */
export interface Reading {
  readonly schedule: Schedule;
  /** Numbers in [0, 1). */
  readonly next: () => number;
  /** Called when what may be its last act begins. */
  onLast?(): void;
}

/** Reads a result, which may yet fail to come. */
export async function readResult(
  result: Promise<unknown>,
  reader: Omit<Reader, "joinsAfter" | "joinsWith" | "steps" | "abortsAfter">,
  { schedule, next, onLast }: Reading,
): Promise<End> {
  const checker = new Checker(schedule);
  let pull: Puller | undefined;
  try {
    const given = await result;
    const stream = given instanceof Response ? given.body : given;
    if (stream === null) throw new Error("the response has no body");
    pull = puller(stream as AsyncIterable<unknown>, reader.isByob);
    for (let count = 0; count !== reader.stopsAfter; count++) {
      for (let left = Math.floor(next() * (reader.pace + 1)); left > 0; left--) await turn();
      if (count >= schedule.chunks.length) onLast?.();
      const { done, value } = await pull.next();
      if (done) {
        assert.equal(value, undefined);
        checker.end();
        return "done";
      }
      checker.check(value);
    }
    onLast?.();
    if (reader.throws) {
      // As a loop does that its body leaves.
      await pull.cancel(mine);
      return "thrown";
    }
    await pull.cancel();
    return "cancelled";
  } catch (error) {
    // Cancelling what has failed meanwhile fails as well.
    if (error instanceof Aborted) return "aborted";
    if (error === failure) return "failed";
    throw error;
  } finally {
    onLast?.();
  }
}

interface Puller {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  cancel(reason?: unknown): Promise<unknown>;
}

function puller(stream: AsyncIterable<unknown>, isByob: boolean): Puller {
  if (!(stream instanceof ReadableStream)) {
    const iterator = stream[Symbol.asyncIterator]();
    return { next: () => iterator.next(), cancel: async () => await iterator.return?.() };
  }
  if (!isByob) {
    const reader = stream.getReader();
    return { next: () => reader.read(), cancel: (reason) => reader.cancel(reason) };
  }
  const reader = stream.getReader({ mode: "byob" });
  return {
    async next() {
      const { done, value } = await reader.read(new Uint8Array(50_000));
      return done ? { done } : { done, value };
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
