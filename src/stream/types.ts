/**
 * Results that are streams: what is kept of them beside their bytes, and how they are read. Contract only.
 *
 * @module
 */

/** What a streamed result is, beside its bytes: kept in the call record, and enough to make it again. */
export type StreamForm =
  | { readonly kind: "bytes" }
  | { readonly kind: "items" }
  | { readonly kind: "iterable" }
  | {
    readonly kind: "response";
    readonly status: number;
    readonly statusText: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    /** Whether there is a body at all; an empty one is one. */
    readonly hasBody: boolean;
  }
  | { readonly kind: "blob"; readonly type: string }
  | { readonly kind: "file"; readonly type: string; readonly name: string; readonly lastModified: number };

/** The forms that are read from a feed; Blobs are read from their entry. */
export type FedForm = Exclude<StreamForm, { readonly kind: "blob" | "file" }>;

/**
 * Where somebody reads a streamed result: chunks of bytes, or items. One reads, one item at a time.
 */
export interface Feed {
  /** The next item, which is the reader's own from then on; rejects with what the source failed with. */
  next(): Promise<IteratorResult<unknown, unknown>>;
  /** Nobody reads on. Harmless at the end and when called again. */
  close(reason?: unknown): Promise<void>;
}

/** One step of a source: an item, and its bytes as they are kept. */
export interface Piece {
  /** What the caller gets. */
  readonly item: unknown;
  /**
   * What is kept of it.
   *
   * @throws {CodecError} (or rejects) When the item cannot be written.
   */
  encode(): Encoded | Promise<Encoded>;
}

/** The bytes of a piece. */
export type Encoded = Uint8Array | ReadableStream<Uint8Array>;

/** The stream that a function gave, read once, piece by piece. */
export interface PieceSource {
  /** The next piece; at the end what the source returned, which is `undefined` for all but some generators. */
  next(): Promise<IteratorResult<Piece, unknown>>;
  /** Tells the source that nobody reads on. */
  cancel(reason: unknown): Promise<void>;
}

/** How a stream ended: it was read to its end, it failed, or nobody reads on. */
export type StreamOutcome = "complete" | "failed" | "cancelled";

/** Told how a stream is read. */
export interface StreamWatch {
  /** How many bytes have been read, and how many there are where that is known. */
  onBytes(bytes: number, size: number | undefined): void;
  /** Nothing more is read. Called once. */
  onEnd(outcome: StreamOutcome): void;
}

/** Opens the visible entry of a result from a position on; `undefined` when it is gone. */
export type OpenEntry = (position: number) => Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined>;

/** How a stored stream is read. */
export interface StreamReading {
  /** The arguments of the call: the signals among them end it. */
  readonly args: readonly unknown[];
  /** Told how it goes. */
  readonly watch: StreamWatch | undefined;
}

/** What is done with a streamed result while it is kept: `stream` in the options of `fleche()`. */
export interface StreamOptions {
  /**
   * What happens when everybody who reads a result that is being kept has cancelled: the source is cancelled and nothing is
   * kept (`"abort"`), or the rest is read in the background and kept (`"finish"`).
   *
   * @default {"abort"}
   */
  readonly onCancel?: "abort" | "finish";
  /**
   * Whether the source runs as fast as it can be kept, while its readers follow at their own pace. Otherwise it runs no
   * faster than the fastest of its readers.
   *
   * @default {false}
   */
  readonly spool?: boolean;
}

/** How far a streamed result has come: what `onProgress` is told. */
export interface StreamProgress {
  /** The function's name. */
  readonly name: string;
  /** The key of the call. */
  readonly key: string;
  /** Whether it is computed and kept, or read back. */
  readonly from: "function" | "cache";
  /** Bytes so far, as they are kept. */
  readonly bytes: number;
  /** Milliseconds since the call. */
  readonly elapsedMs: number;
  /** Size of the stored result on a hit, of the one that was kept before otherwise; `undefined` when neither is known. */
  readonly expectedBytes: number | undefined;
  /** Whether this is the last event. */
  readonly done: boolean;
  /** In the last event: how the stream ended. */
  readonly outcome: StreamOutcome | undefined;
}
