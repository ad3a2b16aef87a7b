/** What a contestant of the stream scenario is: a way to keep one stream and to give it back. Contract only. @module */
import type { Source } from "./source.ts";

/** What a caller reads. */
export type Bytes = AsyncIterable<Uint8Array>;

/** A contestant in its directory. */
export interface OpenedStream {
  /**
   * The first call. What is given is kept when it was read to its end, and not before that is over; who has no caller to
   * give it to keeps the source at once and gives nothing.
   */
  miss(): Promise<Bytes>;
  /** A later call; also in another process, on the same directory. */
  hit(): Promise<Bytes>;
  close(): Promise<void>;
}

/** A way to keep a stream. */
export interface StreamContestant {
  readonly id: string;
  readonly label: string;
  readonly note: string;
  /** Where it exists under one runtime only. */
  readonly runtime?: "deno" | "bun";
  /** `miss` where nothing is kept. */
  readonly only?: "miss";
  /**
   * Opens it.
   *
   * @param directory Where to keep things: empty, or as an earlier one left it.
   * @param source What the function gives whose results are cached.
   */
  open(directory: string, source: Source): Promise<OpenedStream>;
}
