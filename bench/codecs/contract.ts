/**
 * What a contestant of the codec benchmark is: a way from a value to bytes in memory and back. Contract only.
 *
 * @module
 */
import type { Contestant } from "../harness/measure.ts";

/** What is encoded. */
export interface CodecInput {
  readonly name: "object" | "rows" | "floats";
  /** Name for people, as `10,000 records`. */
  readonly label: string;
  /** The values, gone through in turn. */
  readonly values: readonly unknown[];
  /** Whether decoding from a stream is measured too: where storages would hand one over. */
  readonly large: boolean;
  /** Bytes that a value takes in memory, where it is nothing but bytes. */
  readonly inputBytes?: number;
}

/** One direction, ready to be measured. */
export type Job = Pick<Contestant, "call" | "sync" | "timed">;

/** What a contestant does with one input; each round trip was compared with its value before. */
export interface Jobs {
  /** Value to bytes. */
  readonly encode?: Job;
  /** Mean size of what `encode` writes; absent where nothing is written. */
  readonly sizeBytes?: number;
  /** All bytes at once to value; absent where `encode` did both. */
  readonly decode?: Job;
  /** A stream of 256 KiB chunks to value. */
  readonly decodeStream?: Job;
  /** Lets go of what was opened. */
  close?(): void;
}

/** Why a contestant does not take part. */
export interface Absent {
  readonly absent: string;
}

/** A codec. */
export interface CodecContestant {
  readonly id: string;
  readonly label: string;
  /** What bears on the figures. */
  readonly note?: string;
  /** The inputs that it is measured with; all where absent. */
  readonly only?: readonly CodecInput["name"][];
  /** Encodes and decodes each value once, compares, and gives what is to be measured. */
  open(input: CodecInput): Promise<Jobs | Absent>;
}
