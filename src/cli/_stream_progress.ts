/**
 * What a streamed result reports while it is read.
 *
 * @module
 */

/** How far a streamed result has come. */
export interface StreamProgress {
  /** The function's name. */
  readonly name: string;
  /** Key of the call. */
  readonly key: string;
  /** `function` while it is computed and kept, `cache` while it is read back. */
  readonly from: "function" | "cache";
  /** Bytes delivered so far. */
  readonly bytes: number;
  /** Milliseconds since the stream was asked for. */
  readonly elapsedMs: number;
  /** Size at the last record, or the stored size on a hit; `undefined` when there is neither. */
  readonly expectedBytes: number | undefined;
  /** Whether this is the last event: at the end, on error and on cancel. */
  readonly done: boolean;
}
