/**
 * What an async generator becomes: an object like one, which reads a feed.
 *
 * A real generator would not do: `return()` before the first `next()` runs nothing of it, and the feed would stay open.
 *
 * @module
 */

import type { Feed } from "./types.ts";

const asyncGeneratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf((async function* () {})()),
);

/** An async generator over a feed. */
export class ItemIterator {
  readonly #feed: Feed;
  /** Who asks before the last answer has come waits for it, as with any generator. */
  #turn: Promise<unknown> | undefined;

  /** @param feed What it gives; closed when the generator is. */
  constructor(feed: Feed) {
    this.#feed = feed;
  }

  /** The next item. */
  next(): Promise<IteratorResult<unknown, unknown>> {
    const before = this.#turn;
    const next = before === undefined ? this.#feed.next() : before.then(() => this.#feed.next());
    const turn: Promise<unknown> = next.catch(() => {}).then(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    this.#turn = turn;
    return next;
  }

  /** Ends it. */
  async return(value?: unknown): Promise<IteratorReturnResult<unknown>> {
    await this.#feed.close();
    return { done: true, value: await value };
  }

  /** Ends it, and rejects with that error. */
  async throw(error: unknown): Promise<never> {
    await this.#feed.close(error);
    throw error;
  }
}

// It is one for whoever asks (`Symbol.asyncIterator`, `Symbol.asyncDispose`, `Symbol.toStringTag`).
Object.setPrototypeOf(ItemIterator.prototype, asyncGeneratorPrototype);
