/**
 * The statements that `Sql` runs, in one place beside the schema that they are written for.
 *
 * @module
 */

import type { InStatement } from "@libsql/client";
import type { CallIndex } from "../types.ts";

/** How long a body that no entry names is kept: readers that began before it was replaced go on. In seconds. */
export const RELEASED_GRACE_SECONDS = 3600;

/** The hot path: one row, as few columns as can be (the client pays for each). */
export const SELECT_BODY = "SELECT checksum, body FROM calls WHERE key = ?";

/** A large body's row and its first chunk. */
export const SELECT_CHUNKED = `SELECT c.checksum, c.chunked, c.size, k.checksum, k.data
FROM calls c LEFT JOIN chunks k ON k.body = c.chunked AND k.seq = 0 WHERE c.key = ? AND c.chunked IS NOT NULL`;

export const SELECT_CHUNK = "SELECT checksum, data FROM chunks WHERE body = ? AND seq = ?";
export const SELECT_HAS = "SELECT 1 FROM calls WHERE key = ?";
export const DELETE_CALL = "DELETE FROM calls WHERE key = ?";
/** As bytes: the client cuts texts at a zero character. */
export const SELECT_KEYS_FROM = "SELECT CAST(key AS BLOB) FROM calls WHERE key >= ? ORDER BY key LIMIT ?";
export const SELECT_KEYS_AFTER = "SELECT CAST(key AS BLOB) FROM calls WHERE key > ? ORDER BY key LIMIT ?";
export const INSERT_BODY = "INSERT INTO bodies (released) VALUES (unixepoch()) RETURNING id";
/** A staged body that will not be named: gone with the next sweep. */
export const GIVE_UP_BODY = "UPDATE bodies SET released = 0 WHERE id = ?";
export const DAMAGED_BODY = "DELETE FROM calls WHERE key = ? AND checksum = ? AND body IS ?";
export const DAMAGED_CHUNKED = "DELETE FROM calls WHERE key = ? AND chunked = ?";

/** Old bodies that no entry names go, a few chunks a statement so that no writer waits long. */
export const SWEEP_CHUNKS: string =
  `DELETE FROM chunks WHERE rowid IN (SELECT k.rowid FROM bodies b JOIN chunks k ON k.body = b.id
WHERE b.released < unixepoch() - ${RELEASED_GRACE_SECONDS} LIMIT 64)`;
export const SWEEP_BODIES: string =
  `DELETE FROM bodies WHERE released < unixepoch() - ${RELEASED_GRACE_SECONDS}
AND NOT EXISTS (SELECT 1 FROM chunks WHERE body = bodies.id)`;

/** Keeps a chunk of a staged body and says that its writer lives. */
export function insertChunk(
  body: number,
  seq: number,
  checksum: Uint8Array,
  data: Uint8Array,
): InStatement[] {
  return [
    {
      sql: "INSERT INTO chunks (body, seq, checksum, data) VALUES (?, ?, ?, ?)",
      args: [body, seq, checksum, data],
    },
    { sql: "UPDATE bodies SET released = unixepoch() WHERE id = ?", args: [body] },
  ];
}

/** Where an entry's bytes are: in the row itself, or in so many chunks of a staged body. */
export type Bytes =
  | { readonly body: Uint8Array }
  | { readonly chunked: number; readonly count: number };

/** Makes an entry visible, in place of an earlier one: the whole of a small put, the last step of a large one. */
export function putEntry(
  key: string,
  entry: Bytes & { readonly size: number; readonly checksum: Uint8Array },
  index: CallIndex | undefined,
): InStatement[] {
  const columns = [
    key,
    index?.name ?? null,
    index?.module ?? null,
    index?.version === undefined ? null : JSON.stringify(index.version),
    index?.code ?? null,
    index?.result ?? null,
    index?.time ?? null,
    entry.size,
    entry.checksum,
  ];
  const into =
    "INSERT INTO calls (key, name, module, version, code_digest, result, time, size, checksum, chunked, body)";
  const statements: InStatement[] = [{ sql: DELETE_CALL, args: [key] }];
  if ("body" in entry) {
    statements.push({
      sql: `${into} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)`,
      args: [...columns, entry.body],
    });
  } else {
    // A staged body that was swept meanwhile (its writer slept for hours) gives NULL, which the table's CHECK refuses.
    statements.push({
      sql: `${into} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?,
(SELECT id FROM bodies WHERE id = ? AND (SELECT count(*) FROM chunks WHERE body = id) = ?), NULL)`,
      args: [...columns, entry.chunked, entry.count],
    }, { sql: "UPDATE bodies SET released = NULL WHERE id = ?", args: [entry.chunked] });
  }
  if (index !== undefined && index.arguments.length > 0) {
    statements.push({
      sql: `INSERT INTO arguments (call_key, position, name, value)
SELECT ?, key, value ->> 0, value ->> 1 FROM json_each(?)`,
      args: [key, JSON.stringify(index.arguments)],
    });
  }
  const metadata = metadataRows(index);
  if (metadata.length > 0) {
    statements.push({
      sql: "INSERT INTO metadata (call_key, name, data) SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)",
      args: [key, JSON.stringify(metadata)],
    });
  }
  return statements;
}

/** Each namespace with its JSON as text, so that SQLite never parses (nor limits) what is in it. */
function metadataRows(index: CallIndex | undefined): [name: string, data: string][] {
  const rows: [string, string][] = [];
  for (const [name, data] of Object.entries(index?.metadata ?? {})) {
    const text = JSON.stringify(data);
    if (text !== undefined) rows.push([name, text]);
  }
  return rows;
}
