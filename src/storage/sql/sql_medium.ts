/**
 * The SQL storage: entries as rows of a SQLite database, in a file, in memory or on a libSQL server. What belongs here is
 * the storage contract over rows; the schema, the statements and the opening stand beside it.
 *
 * @module
 */

import type { InStatement } from "@libsql/client";
import { loadSha256 } from "../../digest/sha256.ts";
import { IntegrityError } from "../../errors.ts";
import { warnOnce } from "../../_warn.ts";
import { keptBody } from "../_kept_body.ts";
import { assertKey } from "../_key.ts";
import { Listeners } from "../_listeners.ts";
import { discard } from "../_source.ts";
import type {
  Draft,
  Leases,
  PutOptions,
  Storage,
  StorageEvent,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "../types.ts";
import { bodyChecksum, chunkedChecksum, isChecksum } from "./_checksum.ts";
import { checkedChunk, ChunkedBody } from "./_chunked_body.ts";
import type { Database } from "./_database.ts";
import { isCorrupt } from "./_database_error.ts";
import { connect, type ConnectOptions, disconnect, locationName } from "./_connect.ts";
import { SqlLeases } from "./_leases.ts";
import { putInline, putThroughDraft } from "./_put.ts";
import { CHUNK_BYTES, type EntryTable } from "./_schema.ts";
import { SqlDraft } from "./_sql_draft.ts";
import { SqlUpkeep } from "./_sql_upkeep.ts";
import { type EntryStatements, entryStatements, SELECT_CHUNK } from "./_statements.ts";
import { sweep } from "./_sweep.ts";
import type { SqlLocation } from "./parse_sql_url.ts";

const KEYS_A_PAGE = 500;
const SWEEP_EVERY_MS = 600_000;
/** How often a large body may be replaced by a small one while it is looked up: a damaged row has neither for ever. */
const MOST_LOOKS = 3;
/** How far apart two looks at a lease may be; a look at a server is a request. */
const LONGEST_DELAY_MS = { local: 100, remote: 500 };

/** Entries as rows of one database; see `Sql`, which stands in front of it. */
export class SqlMedium implements Storage {
  readonly #location: SqlLocation;
  readonly #options: ConnectOptions;
  readonly #table: EntryTable;
  readonly #statements: EntryStatements;
  #database: Database | undefined;
  #opening: Promise<Database> | undefined;
  #disposed = false;
  #sweepAfter = -Infinity;
  readonly #connected = async (): Promise<Database> => this.#database ?? await this.#open();
  readonly #listeners = new Listeners();
  /** Leases, a row each while they are held. */
  readonly leases: Leases;
  /** Looking after the rows. */
  readonly upkeep: Upkeep;

  /**
   * @param location Which database.
   * @param table Which of its tables the entries stand in.
   * @param options How it is opened.
   */
  constructor(location: SqlLocation, table: EntryTable, options: ConnectOptions = {}) {
    this.#location = location;
    this.#options = options;
    this.#table = table;
    this.#statements = entryStatements(table);
    this.leases = new SqlLeases(this.#connected, {
      table,
      longestDelayMs: LONGEST_DELAY_MS[location.kind === "remote" ? "remote" : "local"],
    });
    this.upkeep = new SqlUpkeep(this.#connected, this.#statements, {
      onSetAside: (key) => {
        this.#warnOfDamage(new IntegrityError(key, 0, "the entry is not as it was put"));
        this.#listeners.tell({ type: "evict", key, reason: "damaged" });
      },
      afterRemoval: async () => await this.#sweepWhenDue(await this.#connected()),
    });
  }

  /** From now on tells of damaged entries that were removed. */
  watch(listener: (event: StorageEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** Keeps a body; with `options.index`, its columns too. One transaction and one round trip up to 256 KiB. */
  async put(
    key: string,
    body: ReadableStream<Uint8Array> | Uint8Array,
    options: PutOptions = {},
  ): Promise<void> {
    assertKey(key);
    try {
      options.signal?.throwIfAborted();
      const database = this.#database ?? await this.#open();
      options.signal?.throwIfAborted();
      if (body instanceof Uint8Array && body.length <= CHUNK_BYTES) {
        await putInline(database, this.#table, { key, body, index: options.index });
      } else {
        await putThroughDraft(await this.draft(), { key, body, ...options });
      }
    } catch (error) {
      discard(body, error);
      throw error;
    }
  }

  /** Begins an entry without a key. Up to 256 KiB nothing is written before it is finished. */
  async draft(): Promise<Draft> {
    await this.#sweepWhenDue(this.#database ?? await this.#open());
    await loadSha256();
    return new SqlDraft(this.#connected, this.#table);
  }

  /** Gives a body. One point select up to 256 KiB; two, and the first chunk read, above. */
  async get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    assertKey(key);
    options?.signal?.throwIfAborted();
    const database = this.#database ?? await this.#open();
    try {
      return await this.#find(database, key, options);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      await this.#setAside(new IntegrityError(key, 0, "a page of the database is damaged"), {
        sql: this.#statements.delete,
        args: [key],
      });
      return undefined;
    }
  }

  async #find(
    database: Database,
    key: string,
    options: StorageOptions | undefined,
  ): Promise<StoredBody | undefined> {
    for (let looks = 1;; looks++) {
      const row = (await database.read({ sql: this.#statements.selectBody, args: [key] })).rows[0];
      options?.signal?.throwIfAborted();
      if (row === undefined) return undefined;
      const [checksum, body] = [row[0], row[1]];
      if (body === null && looks <= MOST_LOOKS) {
        const found = await this.#findChunked(database, key);
        if (found !== "replaced") return found;
        continue;
      }
      if (body instanceof ArrayBuffer) {
        const bytes = new Uint8Array(body);
        if (isChecksum(checksum, bodyChecksum(key, bytes))) return keptBody([bytes]);
      }
      await this.#setAside(new IntegrityError(key, 0, "the body is not as it was put"), {
        sql: this.#statements.deleteDamaged,
        args: [key, checksum ?? null, body ?? null],
      });
      return undefined;
    }
  }

  /** Whether an entry is there. */
  async has(key: string): Promise<boolean> {
    assertKey(key);
    const database = this.#database ?? await this.#open();
    return (await database.read({ sql: this.#statements.selectHas, args: [key] })).rows.length > 0;
  }

  /** Removes an entry and its columns. The space of a large body is free after an hour, for those who read it. */
  async delete(key: string): Promise<boolean> {
    assertKey(key);
    const database = this.#database ?? await this.#open();
    const [deleted] = await database.write([{ sql: this.#statements.delete, args: [key] }]);
    await this.#sweepWhenDue(database);
    return deleted !== undefined && deleted.rowsAffected > 0;
  }

  /** The keys in the order of their UTF-8 bytes, read in pages. */
  async *keys(options: StorageOptions & { readonly prefix?: string } = {}): AsyncIterable<string> {
    const { prefix = "", signal } = options;
    signal?.throwIfAborted();
    const database = this.#database ?? await this.#open();
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    let args = [prefix, KEYS_A_PAGE];
    for (let sql = this.#statements.selectKeysFrom;; sql = this.#statements.selectKeysAfter) {
      const { rows } = await database.read({ sql, args });
      let last = prefix;
      for (const { 0: bytes } of rows) {
        signal?.throwIfAborted();
        if (!(bytes instanceof ArrayBuffer)) continue;
        last = decoder.decode(bytes);
        // Keys with a common prefix stand together.
        if (!last.startsWith(prefix)) return;
        yield last;
      }
      signal?.throwIfAborted();
      if (rows.length < KEYS_A_PAGE) return;
      args = [last, KEYS_A_PAGE];
    }
  }

  /**
   * Closes the database; what is asked of the storage afterwards rejects. All that was written stands in the database
   * file then, not in its log, unless others use it. The files' handles are let go of when the native library's statements
   * are collected as garbage (tursodatabase/libsql-js#228).
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    const database = this.#database ?? await this.#opening?.catch(() => undefined);
    this.#database = undefined;
    if (database !== undefined) await disconnect(database, this.#location);
  }

  /** Opens on first use, and again after a failure: what failed may be gone by the next call. */
  async #open(): Promise<Database> {
    if (this.#disposed) {
      throw new TypeError(
        `Cannot use database "${locationName(this.#location)}": its storage was disposed of`,
      );
    }
    this.#opening ??= connect(this.#location, this.#options);
    try {
      const database = await this.#opening;
      if (this.#disposed) return await this.#open();
      if (this.#database === undefined) {
        this.#database = database;
        await this.#sweepWhenDue(database);
      }
      return database;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #findChunked(database: Database, key: string): Promise<StoredBody | "replaced" | undefined> {
    const row = (await database.read({ sql: this.#statements.selectChunked, args: [key] })).rows[0];
    // By a small body since the first select, or deleted.
    if (row === undefined) return "replaced";
    const [body, size] = [Number(row[1]), Number(row[2])];
    const setAside = (error: IntegrityError) =>
      this.#setAside(error, { sql: this.#statements.deleteDamagedChunked, args: [key, body] });
    const source = {
      key,
      body,
      size,
      onDamage: setAside,
      read: async (body: number, seq: number) => {
        try {
          const { rows: [chunk] } = await (this.#database ?? await this.#open()).read({
            sql: SELECT_CHUNK,
            args: [body, seq],
          });
          return chunk === undefined ? undefined : { checksum: chunk[0], data: chunk[1] };
        } catch (error) {
          if (!isCorrupt(error)) throw error;
          // As good as missing, and known to be the entry's fault then.
          return undefined;
        }
      },
    };
    try {
      if (!isChecksum(row[0], chunkedChecksum(key, body, size))) {
        throw new IntegrityError(key, 0, "the entry is not as it was put");
      }
      const first = row[3] === null ? undefined : { checksum: row[3], data: row[4] };
      return new ChunkedBody(source, checkedChunk(source, 0, first));
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      await setAside(error);
      return undefined;
    }
  }

  /** Invariant 3: what is damaged is a miss from now on. Only the very row that was read is removed. */
  async #setAside(damage: IntegrityError, removal: InStatement): Promise<void> {
    this.#warnOfDamage(damage);
    try {
      const [removed] = await this.#database?.write([removal]) ?? [];
      if (removed === undefined || removed.rowsAffected === 0) return;
    } catch {
      // A database that cannot be written still gives a miss.
      return;
    }
    this.#listeners.tell({ type: "evict", key: damage.key, reason: "damaged" });
  }

  #warnOfDamage(damage: IntegrityError): void {
    warnOnce(
      `sql-damage ${locationName(this.#location)}`,
      `${damage.message} in database "${
        locationName(this.#location)
      }"; the entry was removed and will be computed again`,
    );
  }

  async #sweepWhenDue(database: Database): Promise<void> {
    if (performance.now() < this.#sweepAfter) return;
    this.#sweepAfter = performance.now() + SWEEP_EVERY_MS;
    await sweep(database);
  }
}
