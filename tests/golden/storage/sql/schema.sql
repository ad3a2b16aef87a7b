-- user_version 4, application_id 1718379875, wal

CREATE TABLE bodies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  released INTEGER
) STRICT;

CREATE INDEX bodies_released ON bodies (released) WHERE released IS NOT NULL;

CREATE TABLE chunks (
  body INTEGER NOT NULL REFERENCES bodies (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (body, seq)
) STRICT;

CREATE TABLE calls (
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
  body BLOB, modified INTEGER NOT NULL DEFAULT 0, mark INTEGER NOT NULL DEFAULT 0,
  CHECK ((chunked IS NULL) <> (body IS NULL))
) STRICT;

CREATE INDEX calls_name ON calls (name, module, time) WHERE name IS NOT NULL;

CREATE INDEX calls_time ON calls (time) WHERE time IS NOT NULL;

CREATE INDEX calls_result ON calls (result) WHERE result IS NOT NULL;

CREATE INDEX calls_chunked ON calls (chunked) WHERE chunked IS NOT NULL;

CREATE TRIGGER calls_body_released AFTER DELETE ON calls WHEN old.chunked IS NOT NULL BEGIN
  UPDATE bodies SET released = unixepoch() WHERE id = old.chunked;
END;

CREATE TABLE arguments (
  call_key TEXT NOT NULL REFERENCES calls (key) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (call_key, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX arguments_value ON arguments (value, name);

CREATE TABLE metadata (
  call_key TEXT NOT NULL REFERENCES calls (key) ON DELETE CASCADE,
  name TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (call_key, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX metadata_name ON metadata (name);

CREATE TABLE stored_values (
  key TEXT PRIMARY KEY NOT NULL,
  size INTEGER NOT NULL,
  checksum BLOB NOT NULL,
  chunked INTEGER REFERENCES bodies (id),
  body BLOB, modified INTEGER NOT NULL DEFAULT 0, mark INTEGER NOT NULL DEFAULT 0,
  CHECK ((chunked IS NULL) <> (body IS NULL))
) STRICT;

CREATE INDEX stored_values_chunked ON stored_values (chunked) WHERE chunked IS NOT NULL;

CREATE TRIGGER stored_values_body_released AFTER DELETE ON stored_values WHEN old.chunked IS NOT NULL BEGIN
  UPDATE bodies SET released = unixepoch() WHERE id = old.chunked;
END;

CREATE TABLE leases (
  entry_table TEXT NOT NULL,
  key TEXT NOT NULL,
  holder TEXT NOT NULL,
  beat INTEGER NOT NULL,
  PRIMARY KEY (entry_table, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX calls_upkeep ON calls (key, size, modified, mark);

CREATE INDEX stored_values_upkeep ON stored_values (key, size, modified, mark);
