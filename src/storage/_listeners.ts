/**
 * Who is told of what a storage does of its own accord.
 *
 * @module
 */

import type { StorageEvent } from "./types.ts";

/** The listeners of one storage; see `Storage.watch`. */
export class Listeners {
  readonly #listeners: ((event: StorageEvent) => void)[] = [];

  /** From now on tells one more. */
  add(listener: (event: StorageEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Tells all of them. */
  tell(event: StorageEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
