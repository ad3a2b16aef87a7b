/**
 * The statements that `Sql` runs, in one place beside the schema that they are written for.
 *
 * @module
 */

import type { InStatement, InValue } from "@libsql/client";
import type { CallIndex } from "../types.ts";
import type { EntryTable } from "./_schema.ts";

/** How long a body that no entry names is kept: readers that began before it was replaced go on. In seconds. */
export const RELEASED_GRACE_SECONDS = 3600;

/** What is asked of a table of entries. */
export interface EntryStatements {
  /** The hot path: one row, as few columns as can be (the client pays for each). */
  readonly selectBody: string;
  /** A large body's row and its first chunk. */
  readonly selectChunked: string;
  readonly selectHas: string;
  /** Keys as bytes: the client cuts texts at a zero character. */
  readonly selectKeysFrom: string;
  readonly selectKeysAfter: string;
  readonly delete: string;
  /** Removes an entry only while it is the one that was found to be damaged. */
  readonly deleteDamaged: string;
  readonly deleteDamagedChunked: string;
  /** What can be told of entries without reading them, from an index alone. */
  readonly selectInfoFrom: string;
  readonly selectInfoAfter: string;
  /** All of a row that a check needs. */
  readonly selectWhole: string;
  readonly selectMark: string;
  /** Removes the very entry that was listed. */
  readonly deleteMarked: string;
}

/** The present in milliseconds since 1970, for servers of whatever age. */
const NOW_MS = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

/** The statements for one table. */
export function entryStatements(table: EntryTable): EntryStatements {
  const keys = (from: string) =>
    `SELECT CAST(key AS BLOB) FROM ${table} WHERE key ${from} ORDER BY key LIMIT ?`;
  const info = (from: string) =>
    `SELECT CAST(key AS BLOB), size, modified, CAST(mark AS TEXT) FROM ${table} INDEXED BY ${table}_upkeep
WHERE key ${from} ORDER BY key LIMIT ?`;
  return {
    selectBody: `SELECT checksum, body FROM ${table} WHERE key = ?`,
    selectChunked: `SELECT e.checksum, e.chunked, e.size, k.checksum, k.data
FROM ${table} e LEFT JOIN chunks k ON k.body = e.chunked AND k.seq = 0 WHERE e.key = ? AND e.chunked IS NOT NULL`,
    selectHas: `SELECT 1 FROM ${table} WHERE key = ?`,
    selectKeysFrom: keys(">= ?"),
    selectKeysAfter: keys("> ?"),
    delete: deleteFrom(table),
    deleteDamaged: `DELETE FROM ${table} WHERE key = ? AND checksum = ? AND body IS ?`,
    deleteDamagedChunked: `DELETE FROM ${table} WHERE key = ? AND chunked = ?`,
    selectInfoFrom: info(">= ?"),
    selectInfoAfter: info("> ?"),
    selectWhole: `SELECT checksum, body, chunked, size, CAST(mark AS TEXT) FROM ${table} WHERE key = ?`,
    selectMark: `SELECT CAST(mark AS TEXT) FROM ${table} WHERE key = ?`,
    deleteMarked: `DELETE FROM ${table} WHERE key = ? AND mark = CAST(? AS INTEGER)`,
  };
}

function deleteFrom(table: EntryTable): string {
  return `DELETE FROM ${table} WHERE key = ?`;
}

export const SELECT_CHUNK = "SELECT checksum, data FROM chunks WHERE body = ? AND seq = ?";
/**
 * Stages a body. Its id is random (and exact as a JavaScript number): no chunk of a lost history, as of a database that was
 * restored from a backup under its readers, is ever taken for one of it.
 */
export const INSERT_BODY =
  "INSERT INTO bodies (id, released) VALUES (random() & 0x1fffffffffffff, unixepoch()) RETURNING id";
/** Says that the writer of a staged body lives. */
export const TOUCH_BODY = "UPDATE bodies SET released = unixepoch() WHERE id = ? AND released IS NOT NULL";
/** A staged body that will not be named: gone with the next sweep. */
export const GIVE_UP_BODY = "UPDATE bodies SET released = 0 WHERE id = ? AND released IS NOT NULL";

/** Old bodies that no entry names go, a few chunks a statement so that no writer waits long. */
export const SWEEP_CHUNKS: string =
  `DELETE FROM chunks WHERE rowid IN (SELECT k.rowid FROM bodies b JOIN chunks k ON k.body = b.id
WHERE b.released < unixepoch() - ${RELEASED_GRACE_SECONDS} LIMIT 64)`;
export const SWEEP_BODIES: string =
  `DELETE FROM bodies WHERE released < unixepoch() - ${RELEASED_GRACE_SECONDS}
AND NOT EXISTS (SELECT 1 FROM chunks WHERE body = bodies.id)`;

/** Takes a lease, where nobody holds it. */
export const INSERT_LEASE =
  "INSERT INTO leases (entry_table, key, holder, beat) VALUES (?, ?, ?, unixepoch()) ON CONFLICT DO NOTHING";
/** Says that the holders of leases live. */
export const BEAT_LEASES =
  "UPDATE leases SET beat = unixepoch() WHERE holder IN (SELECT value FROM json_each(?))";
/** Gives a lease back: that of one holder. */
export const DELETE_LEASE = "DELETE FROM leases WHERE entry_table = ? AND key = ? AND holder = ?";
/** How a lease shows: another text after every sign of life, and whether the last one is older than a minute. */
export const SELECT_LEASE =
  "SELECT holder || ' ' || beat, beat < unixepoch() - 60 FROM leases WHERE entry_table = ? AND key = ?";
/** Takes a lease from a holder who has given no sign since it was looked at. */
export const REMOVE_SILENT_LEASE =
  "DELETE FROM leases WHERE entry_table = ? AND key = ? AND holder || ' ' || beat = ?";
/** Leases of dead holders that nobody has waited for. */
export const SWEEP_LEASES = "DELETE FROM leases WHERE beat < unixepoch() - 600";

/** Keeps a chunk of a staged body and says that its writer lives. */
export function insertChunk(
  body: number,
  seq: number,
  { checksum, data }: { readonly checksum: Uint8Array; readonly data: Uint8Array },
): InStatement[] {
  return [
    {
      sql: "INSERT INTO chunks (body, seq, checksum, data) VALUES (?, ?, ?, ?)",
      args: [body, seq, checksum, data],
    },
    { sql: TOUCH_BODY, args: [body] },
  ];
}

/** Where an entry's bytes are: in the row itself, or in so many chunks of a staged body. */
export type Bytes =
  | { readonly body: Uint8Array }
  | { readonly chunked: number; readonly count: number };

/** An entry to be. */
export type Entry = Bytes & {
  readonly key: string;
  readonly size: number;
  readonly checksum: Uint8Array;
};

/**
 * Makes an entry visible, in place of an earlier one: the whole of a small put, the last step of a large one.
 *
 * @param index What the columns of `calls` say; the other table has none.
 */
export function putEntry(table: EntryTable, entry: Entry, index: CallIndex | undefined): InStatement[] {
  const { key } = entry;
  const columns: Record<string, InValue> = { key, size: entry.size, checksum: entry.checksum };
  if (table === "calls" && index !== undefined) Object.assign(columns, indexColumns(index));
  const names = ["modified", "mark", ...Object.keys(columns)].join(", ");
  const values = Object.values(columns);
  const marks = [NOW_MS, "random()", ...values.map(() => "?")].join(", ");
  const statements: InStatement[] = [{ sql: deleteFrom(table), args: [key] }];
  if ("body" in entry) {
    statements.push({
      sql: `INSERT INTO ${table} (${names}, body) VALUES (${marks}, ?)`,
      args: [...values, entry.body],
    });
  } else {
    // A staged body that was swept meanwhile (its writer slept for hours) gives NULL, which the table's CHECK refuses.
    statements.push({
      sql: `INSERT INTO ${table} (${names}, chunked) VALUES (${marks},
(SELECT id FROM bodies WHERE id = ? AND (SELECT count(*) FROM chunks WHERE body = id) = ?))`,
      args: [...values, entry.chunked, entry.count],
    }, { sql: "UPDATE bodies SET released = NULL WHERE id = ?", args: [entry.chunked] });
  }
  if (table === "calls" && index !== undefined) statements.push(...indexRows(key, index));
  return statements;
}

function indexColumns(index: CallIndex): Record<string, InValue> {
  return {
    name: index.name,
    module: index.module ?? null,
    version: index.version === undefined ? null : JSON.stringify(index.version),
    code_digest: index.code ?? null,
    result: index.result,
    time: index.time,
  };
}

/** In place of rows that a program without foreign keys has left behind: they would keep the call out for ever. */
function indexRows(key: string, index: CallIndex): InStatement[] {
  const statements: InStatement[] = [];
  if (index.arguments.length > 0) {
    statements.push({
      sql: `INSERT OR REPLACE INTO arguments (call_key, position, name, value)
SELECT ?, key, value ->> 0, value ->> 1 FROM json_each(?)`,
      args: [key, JSON.stringify(index.arguments)],
    });
  }
  const metadata = metadataRows(index);
  if (metadata.length > 0) {
    statements.push({
      sql:
        "INSERT OR REPLACE INTO metadata (call_key, name, data) SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)",
      args: [key, JSON.stringify(metadata)],
    });
  }
  return statements;
}

/** Each namespace with its JSON as text, so that SQLite never parses (nor limits) what is in it. */
function metadataRows(index: CallIndex): [name: string, data: string][] {
  const rows: [string, string][] = [];
  for (const [name, data] of Object.entries(index.metadata)) {
    const text = JSON.stringify(data);
    if (text !== undefined) rows.push([name, text]);
  }
  return rows;
}
