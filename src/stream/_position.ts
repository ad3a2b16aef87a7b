/**
 * Where the readers of a recording stand, and what they have yet to read.
 *
 * @module
 */

import type { EntryRest } from "./_entry_rest.ts";

/** Where a reader stands. */
export interface Position {
  /** Bytes that it has had; at the border of a piece, unless it reads bytes. */
  at: number;
  /** Whether it may be given pieces themselves, as they come. */
  readonly isFirst: boolean;
  /** Items decoded from the draft, once it has fallen behind. */
  items: AsyncGenerator<unknown, void> | undefined;
  /** The rest of the visible entry, for who is still behind at the end. */
  readonly rest: EntryRest;
  closed: boolean;
}

/** A piece that no draft has taken. */
export interface Loose {
  readonly start: number;
  readonly end: number;
  readonly item: unknown;
}
