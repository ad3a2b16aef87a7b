/**
 * Emptying a database whose pages are damaged: SQLite cannot write to it any more, nor remove what is damaged, and every
 * call from then on would go unkept.
 *
 * @module
 */

import type { Client } from "@libsql/client";
import { warnOnce } from "../../_warn.ts";
import { APPLICATION_ID } from "./_schema.ts";

/** Where things stand in the header of a database (https://sqlite.org/fileformat.html#the_database_header). */
const FREE_LIST_AT = 32;
const SCHEMA_COOKIE_AT = 40;
const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;
const HEADER_SIZE = 100;
/** A page of a table without rows, from its header on (https://sqlite.org/fileformat.html#b_tree_pages). */
const LEAF_OF_TABLE = 0x0d;

/** The first page of a database without tables, by the header of one with some. */
function emptyFirstPage(page: ArrayBuffer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(page.byteLength);
  bytes.set(new Uint8Array(page, 0, HEADER_SIZE));
  const view = new DataView(bytes.buffer);
  // Free pages are damaged as well, it may be.
  view.setBigUint64(FREE_LIST_AT, 0n);
  view.setUint32(USER_VERSION_AT, 0);
  // By which others know that the tables are not those that they know.
  view.setUint32(SCHEMA_COOKIE_AT, view.getUint32(SCHEMA_COOKIE_AT) + 1);
  bytes[HEADER_SIZE] = LEAF_OF_TABLE;
  // Where its rows begin: at the end of the page (65536 is written as 0).
  view.setUint16(HEADER_SIZE + 5, page.byteLength);
  return bytes;
}

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
  // https://sqlite.org/pragma.html#pragma_writable_schema; SQLite opens what is damaged in this mode alone.
  await client.execute("PRAGMA writable_schema = ON");
  const { rows } = await client.execute("SELECT data FROM sqlite_dbpage WHERE pgno = 1");
  const page = rows[0]?.[0];
  if (!(page instanceof ArrayBuffer) || new DataView(page).getUint32(APPLICATION_ID_AT) !== APPLICATION_ID) {
    throw new Error("it is damaged, and cannot be known to be fleche's");
  }
  await client.batch(
    [{ sql: "UPDATE sqlite_dbpage SET data = ? WHERE pgno = 1", args: [emptyFirstPage(page)] }],
    "write",
  );
  // This connection knows the first page by what stood there.
  await client.reconnect();
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
