/**
 * Emptying a database whose pages are damaged: SQLite cannot write to it any more, nor remove what is damaged, and every
 * call from then on would go unkept.
 *
 * @module
 */

import type { Client } from "@libsql/client";
import { warnOnce } from "../../_warn.ts";
import { APPLICATION_ID } from "./_schema.ts";

/**
 * Forgets all tables, in one transaction and without looking into them: other processes that use the file go on with what is
 * made in their place. To give it another name would not do: whoever has it open removes, when it closes, the log of the
 * file that has the old name by then.
 *
 * @param client A connection without a statement under way.
 * @param path The file's path, for the warning.
 * @throws (rejects) When it is not fleche's, or too damaged for this as well.
 */
export async function emptyDatabase(client: Client, path: string): Promise<void> {
  // https://sqlite.org/pragma.html#pragma_writable_schema; SQLite opens a file that was cut off in this mode alone.
  await client.execute("PRAGMA writable_schema = ON");
  const { rows } = await client.execute("PRAGMA application_id");
  if (rows[0]?.[0] !== APPLICATION_ID) throw new Error("it is damaged, and cannot be known to be fleche's");
  await client.batch(["DELETE FROM sqlite_schema", "PRAGMA user_version = 0"], "write");
  await client.execute("PRAGMA writable_schema = RESET");
  warnOnce(
    `sql-emptied ${path}`,
    `Cannot use what database "${path}" keeps: pages of it are damaged; it was emptied, and results will be computed again`,
  );
  try {
    // The pages of the old tables belong to nothing any more.
    await client.execute("VACUUM");
  } catch {
    // Somebody uses the file: it stays as large as it was.
  }
}
