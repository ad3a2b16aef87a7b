/**
 * The schema, its versions, and whose a database is. What the tables and columns mean stands in this folder's README.
 *
 * @module
 */

/** `PRAGMA application_id` of our files: "flec". */
export const APPLICATION_ID = 0x666c6563;

/** Where entries stand: call records and values have a table each, so that one database can hold both. */
export type EntryTable = "calls" | "stored_values";

/** Size of every chunk of a large body but its last one; a part of the format. */
export const CHUNK_BYTES: number = 256 * 1024;

/**
 * Step n takes a database from version n to n + 1, and fails where that was done before (as `CREATE TABLE` does), so that of
 * two processes one does it. Steps are never changed once released, only added.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE bodies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  released INTEGER
) STRICT`,
    `CREATE INDEX bodies_released ON bodies (released) WHERE released IS NOT NULL`,
    `CREATE TABLE chunks (
  body INTEGER NOT NULL REFERENCES bodies (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (body, seq)
) STRICT`,
    `CREATE TABLE calls (
  key TEXT PRIMARY KEY NOT NULL,
  name TEXT,
  module TEXT,
  version TEXT,
  code_digest TEXT,
  result TEXT,
  time REAL,
  size INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  chunked INTEGER REFERENCES bodies (id),
  body BLOB,
  CHECK ((chunked IS NULL) <> (body IS NULL))
) STRICT`,
    `CREATE INDEX calls_name ON calls (name, module, time) WHERE name IS NOT NULL`,
    `CREATE INDEX calls_time ON calls (time) WHERE time IS NOT NULL`,
    `CREATE INDEX calls_result ON calls (result) WHERE result IS NOT NULL`,
    `CREATE INDEX calls_chunked ON calls (chunked) WHERE chunked IS NOT NULL`,
    `CREATE TRIGGER calls_body_released AFTER DELETE ON calls WHEN old.chunked IS NOT NULL BEGIN
  UPDATE bodies SET released = unixepoch() WHERE id = old.chunked;
END`,
    `CREATE TABLE arguments (
  call_key TEXT NOT NULL REFERENCES calls (key) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (call_key, position)
) STRICT, WITHOUT ROWID`,
    `CREATE INDEX arguments_value ON arguments (value, name)`,
    `CREATE TABLE metadata (
  call_key TEXT NOT NULL REFERENCES calls (key) ON DELETE CASCADE,
  name TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (call_key, name)
) STRICT, WITHOUT ROWID`,
    `CREATE INDEX metadata_name ON metadata (name)`,
  ],
  [
    `CREATE TABLE stored_values (
  key TEXT PRIMARY KEY NOT NULL,
  size INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  chunked INTEGER REFERENCES bodies (id),
  body BLOB,
  CHECK ((chunked IS NULL) <> (body IS NULL))
) STRICT`,
    `CREATE INDEX stored_values_chunked ON stored_values (chunked) WHERE chunked IS NOT NULL`,
    `CREATE TRIGGER stored_values_body_released AFTER DELETE ON stored_values WHEN old.chunked IS NOT NULL BEGIN
  UPDATE bodies SET released = unixepoch() WHERE id = old.chunked;
END`,
    // Their chunks have checksums of version 1, which nothing reads any more.
    `DELETE FROM calls WHERE chunked IS NOT NULL`,
  ],
  [
    `CREATE TABLE leases (
  entry_table TEXT NOT NULL,
  key TEXT NOT NULL,
  holder TEXT NOT NULL,
  beat INTEGER NOT NULL,
  PRIMARY KEY (entry_table, key)
) STRICT, WITHOUT ROWID`,
  ],
  [
    `ALTER TABLE calls ADD COLUMN modified INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE calls ADD COLUMN mark INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE stored_values ADD COLUMN modified INTEGER NOT NULL DEFAULT 0`,
    `ALTER TABLE stored_values ADD COLUMN mark INTEGER NOT NULL DEFAULT 0`,
    // The new columns stand behind the bodies: a listing would read past all of them.
    `CREATE INDEX calls_upkeep ON calls (key, size, modified, mark)`,
    `CREATE INDEX stored_values_upkeep ON stored_values (key, size, modified, mark)`,
  ],
];

/** The version that this module reads and writes; `PRAGMA user_version`. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/** What tells whose a database is. */
export interface SchemaMarks {
  /** `PRAGMA application_id`. */
  readonly applicationId: number;
  /** `PRAGMA user_version`. */
  readonly version: number;
  /** Names of the tables that are not the database's own. */
  readonly tables: readonly string[];
}

/**
 * Whose a database is, and at which version.
 *
 * @param marks What the database says.
 * @param mayBeUnmarked Whether the application's id may be missing: libSQL servers do not let it be set.
 * @returns The version to migrate from; 0 for an empty database.
 * @throws {Error} When it is another program's, or of a version that this module does not know; with code `SQLITE_CORRUPT` when
 *   it is ours and has lost its tables.
 */
export function schemaVersion(marks: SchemaMarks, mayBeUnmarked: boolean): number {
  const { applicationId, version, tables } = marks;
  if (applicationId === 0 && version === 0 && tables.length === 0) return 0;
  const unmarked = mayBeUnmarked && applicationId === 0 && tables.includes("bodies") &&
    tables.includes("calls");
  if (applicationId !== APPLICATION_ID && !unmarked) {
    throw new Error("it is another program's database; choose a file that is new or fleche's own");
  }
  if (version > SCHEMA_VERSION) {
    throw new Error(
      `its schema has version ${version} and this fleche knows versions up to ${SCHEMA_VERSION}; update fleche or choose another file`,
    );
  }
  if (version > 0 && !tables.includes("calls")) {
    throw Object.assign(new Error("its tables are gone: it is damaged"), { code: "SQLITE_CORRUPT" });
  }
  return version;
}
