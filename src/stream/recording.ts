/**
 * One execution whose result is a stream: its source is read once, piece by piece, into a draft, and any number of readers
 * follow, each at its own pace. Who is at the head gets the piece itself; who is behind reads what the draft has.
 *
 * The source runs when somebody at the head wants more (or at once, where it is spooled), so the fastest reader sets the
 * pace and nobody else is waited for. Memory holds the newest piece and what the draft holds.
 *
 * @module
 */

import { CodecError } from "../errors.ts";
import type { Draft } from "../storage/types.ts";
import { EntryRest } from "./_entry_rest.ts";
import type { Loose, Position } from "./_position.ts";
import type { Feed, OpenEntry, Piece, PieceSource, StreamOutcome } from "./types.ts";

const RETURNS = "Cannot write $: it is a generator that returns a value, and only what it yields is kept; " +
  "yield that value last, or return an array";

/** What stands around a recording. */
export interface RecordingOptions {
  /** Items from their bytes, for who is behind; `undefined` where the bytes themselves are what is read. */
  readonly decode:
    | ((next: () => Promise<Uint8Array | undefined>) => AsyncGenerator<unknown, void>)
    | undefined;
  /** See `StreamOptions`. */
  readonly onCancel: "abort" | "finish";
  /** See `StreamOptions`. */
  readonly spool: boolean;
  /** Makes what was written a visible entry; what comes back reads it, for those who are behind. */
  finish(draft: Draft): Promise<OpenEntry>;
  /** Writes the record of the entry. */
  record(): Promise<void>;
  /** Told why the result is not kept; the readers go on, unless it throws. */
  unkept(error: unknown): void;
  /** Told how many bytes have come. */
  onBytes?(bytes: number): void;
  /** Told once, when nothing more comes. */
  onEnd(outcome: StreamOutcome): void;
}

/** See the module's comment. */
export class Recording {
  readonly #source: PieceSource;
  readonly #draft: Draft;
  readonly #options: RecordingOptions;
  readonly #readers = new Set<Position>();
  /** The newest piece, and where it stands. */
  #newest: Loose | undefined;
  /** Bytes of all pieces that have come. */
  #size = 0;
  /** Up to where the draft has whole pieces: all of them, until it fails. */
  #written = 0;
  /** Once the draft has failed: the pieces that came since and that somebody has yet to read. */
  #loose: Loose[] | undefined;
  #state: "open" | "keeping" | "ended" | "cancelled" | "failed" = "open";
  #failure: unknown;
  /** What the readers get at the end: with the value that a generator returned, if it did. */
  #end: IteratorReturnResult<unknown> = { done: true, value: undefined };
  #openEntry: OpenEntry | undefined;
  /** Whether the source runs without being asked. */
  #isUnasked: boolean;
  #isAsked = false;
  #isOver = false;
  /** Waited for by the source. */
  #asked: PromiseWithResolvers<void> | undefined;
  /** Waited for by readers. */
  #changed: PromiseWithResolvers<void> | undefined;
  #taking: Promise<void> | undefined;

  constructor(source: PieceSource, draft: Draft, options: RecordingOptions) {
    this.#source = source;
    this.#draft = draft;
    this.#options = options;
    this.#isUnasked = options.spool;
  }

  /** Whether somebody who joins now still gets everything. */
  get isWhole(): boolean {
    return this.#loose === undefined && this.#state !== "failed" && this.#state !== "cancelled";
  }

  /** How many bytes have come. */
  get size(): number {
    return this.#size;
  }

  /** Whether nothing happens because nobody asks for more. */
  get isIdle(): boolean {
    return this.#asked !== undefined && this.#state === "open";
  }

  /** A reader from the beginning on. The first one is given the very items, later ones copies. */
  read(): Feed {
    const position: Position = {
      at: 0,
      isFirst: this.#size === 0 && this.#readers.size === 0,
      items: undefined,
      rest: new EntryRest(),
      closed: false,
    };
    this.#readers.add(position);
    return {
      next: () => this.#next(position),
      close: (reason) => this.#close(position, reason),
    };
  }

  /** Reads the source to its end. Does not reject: what goes wrong is told to the readers. */
  async run(): Promise<void> {
    try {
      // No promise where nothing is waited for: this is done for every chunk.
      while (this.#isWanted() || await this.#untilWanted()) {
        const next = await this.#source.next();
        // A source that is cancelled ends; what it gave is then no whole result.
        if (this.#state !== "open") break;
        if (next.done) {
          this.#end = next;
          if (this.#loose === undefined) await this.#keep();
          this.#setState("ended");
          break;
        }
        const taking = this.#take(next.value);
        if (taking !== undefined) await (this.#taking = taking);
      }
    } catch (error) {
      if (this.#state !== "open" && this.#state !== "keeping") return;
      this.#failure = error;
      this.#setState("failed");
      // The source may have more to give: what failed may have been ours.
      await this.#source.cancel(error).catch(() => {});
    } finally {
      this.#tellEnd();
      if (this.#state === "failed" || this.#readers.size === 0) await this.#draft.abandon().catch(() => {});
    }
  }

  #tellEnd(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const outcome = this.#state === "failed" ? "failed" : this.#state === "ended" ? "complete" : "cancelled";
    this.#options.onEnd(outcome);
  }

  /** Whether somebody wants the next piece. */
  #isWanted(): boolean {
    // Pieces that no draft has taken wait for the slowest reader.
    const isHeld = this.#loose !== undefined && this.#loose.length > 0;
    if (this.#state !== "open" || isHeld || !(this.#isAsked || this.#isUnasked)) return false;
    this.#isAsked = false;
    return true;
  }

  /** Waits until somebody wants the next piece; `false` when nobody ever will. */
  async #untilWanted(): Promise<boolean> {
    while (this.#state === "open") {
      if (this.#isWanted()) return true;
      await (this.#asked = Promise.withResolvers()).promise;
      this.#asked = undefined;
    }
    return false;
  }

  #take(piece: Piece): void | Promise<void> {
    if (this.#loose === undefined) {
      try {
        const encoded = piece.encode();
        const writing = encoded instanceof Uint8Array ? this.#draft.write(encoded) : this.#write(encoded);
        if (writing !== undefined) {
          return writing.then(() => this.#give(piece), (error) => this.#refuse(piece, error));
        }
      } catch (error) {
        return this.#refuse(piece, error);
      }
    }
    this.#give(piece);
  }

  async #write(encoding: Exclude<ReturnType<Piece["encode"]>, Uint8Array>): Promise<void> {
    const encoded = await encoding;
    if (encoded instanceof Uint8Array) return await this.#draft.write(encoded);
    for await (const chunk of encoded) await this.#draft.write(chunk);
  }

  /** The draft has not taken a piece. */
  #refuse(piece: Piece, error: unknown): void {
    if (this.#state !== "open") return;
    this.#giveUp(error);
    this.#give(piece);
  }

  /** A piece is there to be read. */
  #give({ item }: Piece): void {
    const start = this.#size;
    if (this.#loose === undefined) {
      this.#written = this.#size = this.#draft.size;
    } else {
      // An item takes room even where it is empty bytes: who has had it is told by where he stands.
      const isBytes = this.#options.decode === undefined && item instanceof Uint8Array;
      this.#size = start + (isBytes ? item.length : 1);
      this.#loose.push({ start, end: this.#size, item });
    }
    this.#newest = { start, end: this.#size, item };
    this.#options.onBytes?.(this.#size);
    this.#wake();
  }

  /** From here on nothing is kept, and the readers are given what comes at the pace of the slowest. */
  #giveUp(error: unknown): void {
    this.#loose = [];
    this.#isUnasked = false;
    this.#options.unkept(error);
    if (this.#readers.size === 0) throw error;
  }

  async #keep(): Promise<void> {
    this.#setState("keeping");
    try {
      if (this.#end.value !== undefined) throw new CodecError("unencodable", RETURNS, { path: "$" });
      this.#openEntry = await this.#options.finish(this.#draft);
    } catch (error) {
      return this.#giveUp(error);
    }
    for (const position of this.#readers) {
      if (position.at < this.#size && !this.#isDirect(position)) {
        await position.rest.open(this.#openEntry, position.at).catch(() => {});
      }
    }
    try {
      await this.#options.record();
    } catch (error) {
      this.#options.unkept(error);
    }
  }

  /** Whether a reader is given the newest piece itself. */
  #isDirect({ at, isFirst, items }: Position): boolean {
    return isFirst && items === undefined && this.#newest?.start === at && at < this.#size;
  }

  async #next(position: Position): Promise<IteratorResult<unknown, unknown>> {
    try {
      const next = await this.#advance(position);
      if (next.done) await this.#leave(position);
      return next;
    } catch (error) {
      // Who has closed meanwhile has cut off what was being read, and is not told that it was cut off.
      if (position.closed) return this.#end;
      await this.#leave(position);
      throw error;
    }
  }

  async #advance(position: Position): Promise<IteratorResult<unknown, unknown>> {
    const { decode } = this.#options;
    for (;;) {
      if (position.closed) return this.#end;
      if (this.#state === "failed") throw this.#failure;
      // Who decodes stands behind what he has read.
      const isExact = position.items === undefined;
      const loose = isExact ? this.#loose?.find(({ start }) => start === position.at) : undefined;
      if (loose !== undefined || this.#isDirect(position)) return this.#hand(position, loose);
      if (position.items !== undefined || position.at < this.#written) {
        if (decode === undefined) {
          const value = await this.#bytes(position);
          if (value !== undefined) return { done: false, value };
        } else {
          position.items ??= decode(() => this.#bytes(position));
          const next = await position.items.next();
          if (!next.done) return next;
          position.items = undefined;
        }
      } else if (!await this.#isMore()) return this.#end;
    }
  }

  #hand(position: Position, loose: Loose | undefined): IteratorResult<unknown, unknown> {
    const { item, end } = loose ?? this.#newest as Loose;
    // One buffer cannot be given to two.
    const isShared = loose !== undefined && this.#readers.size > 1;
    position.at = end;
    this.#letGo();
    return { done: false, value: isShared && item instanceof Uint8Array ? new Uint8Array(item) : item };
  }

  /** Lets go of the pieces that everybody has had. */
  #letGo(): void {
    if (this.#loose === undefined) return;
    const least = Math.min(...Array.from(this.#readers, ({ at }) => at));
    while (this.#loose[0] !== undefined && this.#loose[0].end <= least) this.#loose.shift();
    this.#asked?.resolve();
  }

  /** The next bytes that are kept, waited for: from the draft or, once that is finished, from the entry. */
  async #bytes(position: Position): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      if (position.closed) return undefined;
      if (this.#state === "failed") throw this.#failure;
      if (position.at >= this.#written) {
        if (this.#loose !== undefined || !await this.#isMore()) return undefined;
      } else if (this.#openEntry !== undefined) {
        const bytes = await position.rest.next(this.#openEntry, position.at);
        position.at += bytes.length;
        return bytes;
      } else if (this.#state === "keeping" && this.#loose === undefined) {
        await this.#isMore();
      } else {
        const bytes = await this.#draft.read(position.at);
        const whole = bytes.subarray(0, this.#written - position.at);
        position.at += whole.length;
        return whole;
      }
    }
  }

  /** Waits until something has changed, having said that more is wanted; `false` at the end. */
  async #isMore(): Promise<boolean> {
    if (this.#state === "ended" || this.#state === "cancelled") return false;
    this.#isAsked = true;
    this.#asked?.resolve();
    await (this.#changed ??= Promise.withResolvers()).promise;
    return true;
  }

  async #close(position: Position, reason: unknown): Promise<void> {
    if (position.closed) return;
    const leaving = this.#leave(position, reason);
    // Decided before anything is waited for: who comes meanwhile must not be given a part for the whole.
    const isCancelled = this.#readers.size === 0 && this.#state === "open" && !this.#goesOn();
    if (isCancelled) this.#setState("cancelled");
    await leaving;
    if (!isCancelled) return;
    this.#asked?.resolve();
    // Now: the source may take its time, or never answer.
    this.#tellEnd();
    const cancelling = this.#source.cancel(reason);
    cancelling.catch(() => {});
    await this.#taking?.catch(() => {});
    await this.#draft.abandon();
    await cancelling;
  }

  /** Whether the rest is kept with nobody there to read it; it is asked for then. */
  #goesOn(): boolean {
    if (this.#options.onCancel === "abort" || this.#loose !== undefined) return false;
    this.#isUnasked = true;
    this.#asked?.resolve();
    return true;
  }

  /** A reader that reads no more. With the last one goes what was not kept. */
  async #leave(position: Position, reason?: unknown): Promise<void> {
    if (position.closed) return;
    position.closed = true;
    this.#readers.delete(position);
    this.#letGo();
    this.#wake();
    await position.rest.close(reason);
    if (this.#readers.size === 0 && this.#state === "ended") await this.#draft.abandon().catch(() => {});
  }

  #setState(state: "keeping" | "ended" | "cancelled" | "failed"): void {
    this.#state = state;
    this.#wake();
  }

  #wake(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }
}
