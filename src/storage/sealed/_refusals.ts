/**
 * What is said when an entry is there and cannot be used: to the user once per cause, to those who watch each time.
 *
 * @module
 */

import { warnOnce } from "../../_warn.ts";
import { Listeners } from "../_listeners.ts";
import type { StorageEvent } from "../types.ts";
import type { Refusal } from "./_trailer.ts";

const WHY: Readonly<Record<Refusal, string>> = {
  unsigned:
    "it is not signed. What was kept without secret_key counts as a miss, and is kept anew when it is computed",
  refused:
    "it is signed with none of the keys in secret_key, or was changed, or copied from another entry. It counts as a " +
    "miss; if another key signed it, list that in secret_key as well, behind the first",
  encrypted: "it is encrypted, and this storage is opened without encrypt = true. It counts as a miss",
  newer: "it was sealed by a newer version of fleche. It counts as a miss",
};

/** Those of one storage. */
export class Refusals {
  readonly #listeners = new Listeners();

  /** From now on tells one more. */
  watch(listener: (event: StorageEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** An entry was asked for, was there, and cannot be used. */
  tell(key: string, refusal: Refusal): void {
    warnOnce(`sealed-${refusal}`, `Cannot use entry "${key}": ${WHY[refusal]}`);
    const reason = refusal === "newer" ? "version" : "refused";
    this.#listeners.tell({ type: "unusable", key, reason });
  }
}
