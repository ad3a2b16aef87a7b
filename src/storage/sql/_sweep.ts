/**
 * Sweeping: what no entry names any more goes, and so do the leases of dead processes.
 *
 * @module
 */

import type { Database } from "./_database.ts";
import { SWEEP_BODIES, SWEEP_CHUNKS, SWEEP_LEASES } from "./_statements.ts";

/**
 * Removes the leases and bodies of dead processes and the bodies that were replaced or deleted more than an hour ago, a few chunks at a
 * time so that no other writer waits long. Never rejects.
 */
export async function sweep(database: Database): Promise<void> {
  try {
    for (let swept = 1; swept > 0;) {
      const [chunks] = await database.write([SWEEP_CHUNKS, SWEEP_BODIES, SWEEP_LEASES]);
      swept = chunks?.rowsAffected ?? 0;
    }
  } catch {
    // Nobody asked for it: whatever is wrong will be said by the operation that meets it.
  }
}
