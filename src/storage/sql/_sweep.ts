/**
 * Sweeping: what no entry names any more goes.
 *
 * @module
 */

import type { Client } from "@libsql/client";
import { SWEEP_BODIES, SWEEP_CHUNKS } from "./_statements.ts";

/**
 * Removes the bodies of dead writers and those that were replaced or deleted more than an hour ago, a few chunks at a
 * time so that no other writer waits long. Never rejects.
 */
export async function sweep(client: Client): Promise<void> {
  try {
    while ((await client.execute(SWEEP_CHUNKS)).rowsAffected > 0);
    await client.execute(SWEEP_BODIES);
  } catch {
    // Nobody asked for it: whatever is wrong will be said by the operation that meets it.
  }
}
