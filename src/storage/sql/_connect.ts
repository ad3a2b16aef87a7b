/**
 * Opening a database: the one file that loads `@libsql/client`, on first use. Creates the folder and the file, checks
 * whose the database is before anything is written to it, and migrates it.
 *
 * @module
 */

import { loadCode } from "../../_load.ts";
import type { Client } from "@libsql/client";
import { builtin, makeFolders } from "../../_runtime.ts";
import type { Durability } from "../types.ts";
import { connectionSettings, Database, type FileConnection } from "./_database.ts";
import { codeOf, databaseError, isCorrupt } from "./_database_error.ts";
import { emptyDatabase } from "./_emptying.ts";
import { patienceWith } from "./_patience.ts";
import { askServer } from "./_ask_server.ts";
import { type SqlLocation, withoutSecrets } from "./parse_sql_url.ts";
import { missingFlags, missingServerFlags } from "./_permissions.ts";
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION, type SchemaMarks, schemaVersion } from "./_schema.ts";

const LOCK_TIMEOUT_MS = 5000;
const SERVER_TIMEOUT_MS = 10_000;

/** How a database is opened. */
export interface ConnectOptions {
  /** What is still there of what is put, after what; a server decides for itself. @default "process" */
  readonly durability?: Durability | undefined;
  /** How long to wait for a lock on a file, or for the answer of a server. @default 5000 for files, 10000 for servers */
  readonly timeoutMs?: number | undefined;
}

/** How a database is called in messages. */
export function locationName(location: SqlLocation): string {
  if (location.kind === "memory") return ":memory:";
  return location.kind === "file" ? location.path : withoutSecrets(location.url);
}

/**
 * Opens a database, ready for use.
 *
 * @throws {Error} When it cannot be opened, is another program's, or is of a newer version.
 */
export async function connect(location: SqlLocation, options: ConnectOptions = {}): Promise<Database> {
  const { durability = "process", timeoutMs } = options;
  const file: FileConnection | undefined = location.kind === "file"
    ? {
      path: location.path,
      durability,
      patience: patienceWith(location.path, timeoutMs ?? LOCK_TIMEOUT_MS),
      async mend(client: Client): Promise<void> {
        await emptyDatabase(client, location.path);
        await prepare(client, location, file);
      },
    }
    : undefined;
  let client: Client | undefined;
  try {
    client = location.kind === "remote"
      ? await createServerClient(location.url, timeoutMs ?? SERVER_TIMEOUT_MS)
      : await createLocalClient(location, file);
    await prepareMended(client, location, file);
    return new Database(client, location.kind, file);
  } catch (error) {
    if (codeOf(error) === "SQLITE_BUSY") file?.patience.lose();
    client?.close();
    throw databaseError("open", locationName(location), error);
  }
}

/** Closes a database. Does what SQLite does at the last close, which the client puts off until garbage is collected. */
export async function disconnect(database: Database, location: SqlLocation): Promise<void> {
  if (location.kind === "file") {
    try {
      await database.read("PRAGMA busy_timeout = 0");
      await database.read("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // Others use the database, or it cannot be written: its log stays, and whoever comes next reads it.
    }
  }
  database.close();
}

/** The variant without the native library: no permission but the network. */
async function createServerClient(url: string, timeoutMs: number): Promise<Client> {
  const missing = missingServerFlags(new URL(url));
  if (missing.length > 0) throw missingError(missing);
  const { createClient } = await loadCode(() => import("@libsql/client/web"));
  return createClient({
    // By HTTP, which libSQL servers speak at the same address: a WebSocket cannot be told to give up.
    url: url.replace(/^ws(?=s?:)/i, "http"),
    fetch: (request: Request) => askServer(request, timeoutMs),
  });
}

async function createLocalClient(location: SqlLocation, file: FileConnection | undefined): Promise<Client> {
  const folder = location.kind === "file" ? builtin("node:path").dirname(location.path) : undefined;
  const missing = missingFlags(folder);
  if (missing.length > 0) throw missingError(missing);
  const { createClient } = await loadCode(() => import("@libsql/client"));
  if (location.kind !== "file" || folder === undefined) return createClient({ url: ":memory:" });
  makeFolders(folder);
  const timeout = file?.patience.ms ?? 0;
  // One connection: its calls are synchronous, so a second one would gain nothing, and what is set on it holds for all.
  return createClient({ url: fileUrl(location.path), concurrency: 1, timeout });
}

function missingError(flags: readonly string[]): Error {
  const message = `permissions are missing; run Deno with ${flags.join(" ")}`;
  return Object.assign(new Error(message), { code: "PERMISSION_MISSING" });
}

function fileUrl(path: string): string {
  const encoded = path.replaceAll("%", "%25").replaceAll("?", "%3f").replaceAll("#", "%23");
  // "file://x" would name a host.
  return `file:${encoded.replace(/^\/+/, "/")}`;
}

/** Prepares it, of what is damaged a new one. */
async function prepareMended(
  client: Client,
  location: SqlLocation,
  file: FileConnection | undefined,
): Promise<void> {
  try {
    await prepare(client, location, file);
  } catch (error) {
    if (file === undefined || !isCorrupt(error)) throw error;
    await client.reconnect();
    await file.mend(client);
  }
}

async function prepare(
  client: Client,
  location: SqlLocation,
  file: FileConnection | undefined,
): Promise<void> {
  const remote = location.kind === "remote";
  const version = schemaVersion(await readMarks(client), remote);
  const waitMs = file?.patience.ms ?? 0;
  if (file !== undefined) {
    await patiently(() => client.execute("PRAGMA journal_mode = WAL"), waitMs);
    for (const setting of connectionSettings(file.durability)) await client.execute(setting);
  }
  if (location.kind === "memory") await client.execute("PRAGMA foreign_keys = ON");
  if (version < SCHEMA_VERSION) await patiently(() => migrate(client, remote), waitMs);
}

/** All of one moment: another process may be at work on the schema. */
async function readMarks(client: Client): Promise<SchemaMarks> {
  const [tables, applicationId, version] = await client.batch([
    "SELECT name FROM sqlite_schema WHERE type = 'table'",
    "PRAGMA application_id",
    "PRAGMA user_version",
  ], "read");
  return {
    applicationId: Number(applicationId?.rows[0]?.[0] ?? 0),
    version: Number(version?.rows[0]?.[0] ?? 0),
    tables: (tables?.rows ?? []).map((row) => String(row[0])).filter((name) =>
      !/^(sqlite|libsql)_/.test(name)
    ),
  };
}

/**
 * Each step is one batch, which the client runs without giving way: an open transaction that waits for its next
 * statement would be waited for, without an end, by a second storage over this file in the same process.
 */
async function migrate(client: Client, remote: boolean): Promise<void> {
  for (let version = schemaVersion(await readMarks(client), remote); version < SCHEMA_VERSION;) {
    const steps = [...(MIGRATIONS[version] ?? []), `PRAGMA user_version = ${version + 1}`];
    if (!remote) steps.push(`PRAGMA application_id = ${APPLICATION_ID}`);
    const failure = await client.batch(steps, "write").then(() => undefined, (error: unknown) => ({ error }));
    // A step that another process has done meanwhile fails and changes nothing.
    const reached = schemaVersion(await readMarks(client), remote);
    if (failure !== undefined && reached === version) throw failure.error;
    version = reached;
  }
}

/** Changing the journal's mode does not wait for other processes as other statements do: it is tried again. */
async function patiently<T>(action: () => Promise<T>, waitMs: number): Promise<T> {
  const until = performance.now() + waitMs;
  for (let delayMs = 2;; delayMs = Math.min(delayMs * 2, 100)) {
    try {
      return await action();
    } catch (error) {
      if (codeOf(error) !== "SQLITE_BUSY" || performance.now() + delayMs > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, delayMs));
  }
}
