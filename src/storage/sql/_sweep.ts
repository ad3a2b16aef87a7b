/**
 * Sweeping: what no entry names any more goes.
 *
 * @module
 */

import type { Database } from "./_database.ts";
import { SWEEP_BODIES, SWEEP_CHUNKS } from "./_statements.ts";

/**
 * Removes the bodies of dead writers and those that were replaced or deleted more than an hour ago, a few chunks at a
 * time so that no other writer waits long. Never rejects.
 */
export async function sweep(database: Database): Promise<void> {
  try {
    for (let swept = 1; swept > 0;) {
      const [chunks] = await database.write([SWEEP_CHUNKS, SWEEP_BODIES]);
      swept = chunks?.rowsAffected ?? 0;
    }
  } catch {
    // Nobody asked for it: whatever is wrong will be said by the operation that meets it.
  }
}
