/**
 * An open database: what the storage asks of `@libsql/client`, and what must be done for its connection to stay sound.
 *
 * @module
 */

import type { Client, InStatement, ResultSet } from "@libsql/client";
import { collectGarbage } from "../../_runtime.ts";
import type { Durability } from "../types.ts";
import { codeOf, databaseError, isCorrupt } from "./_database_error.ts";
import type { SqlLocation } from "./parse_sql_url.ts";
import type { Patience } from "./_patience.ts";

/** 16 MiB of log before it is written back: a quarter less time a put than with SQLite's own 4 MiB. */
const LOG_PAGES = 4000;

/**
 * What holds for one connection to a file, not for the database. `NORMAL` syncs the log when it is written back only: a
 * power cut takes the last transactions, never the database (https://sqlite.org/wal.html, "Performance Considerations").
 * `FULL` syncs it after every transaction (https://sqlite.org/pragma.html#pragma_synchronous).
 */
export function connectionSettings(durability: Durability): readonly string[] {
  return [
    `PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`,
    `PRAGMA wal_autocheckpoint = ${LOG_PAGES}`,
    "PRAGMA foreign_keys = ON",
  ];
}

/** How a connection to a file is to be. */
export interface FileConnection {
  /** Where the file is, for messages. */
  readonly path: string;
  /** What is still there after a power cut. */
  readonly durability: Durability;
  /** How long locks are waited for. */
  readonly patience: Patience;
  /** Makes a usable database again of one whose pages are damaged. */
  mend(client: Client): Promise<void>;
}

/** How many bytes may hang on statements that are garbage. */
const GARBAGE_BYTES = 16 * 1024 * 1024;

/** Reads, and writes in transactions. */
export class Database {
  readonly #client: Client;
  readonly #kind: SqlLocation["kind"];
  readonly #file: FileConnection | undefined;
  #waitsMs: number | undefined;
  #closed = false;
  #boundBytes = 0;

  /**
   * @param client The client, ready for use.
   * @param kind What it is connected to.
   * @param file How its connection is, where it is one to a file.
   */
  constructor(client: Client, kind: SqlLocation["kind"], file?: FileConnection) {
    this.#client = client;
    this.#kind = kind;
    this.#file = file;
    this.#waitsMs = file?.patience.ms;
  }

  /** Runs one statement that changes nothing. */
  read(statement: InStatement): Promise<ResultSet> {
    return this.#run(() => this.#client.execute(statement));
  }

  /**
   * Runs statements in one transaction, without giving way: a transaction that waits for its next statement would be
   * waited for, without an end, by a second storage over this file in the same process.
   *
   * @param options `mends`: whether a database is emptied whose damaged pages are in the way. @default {false}
   */
  async write(
    statements: InStatement[],
    { mends = false }: { readonly mends?: boolean } = {},
  ): Promise<ResultSet[]> {
    if (this.#kind !== "remote") await this.#dropGarbage(statements);
    const write = (): Promise<ResultSet[]> => this.#run(() => this.#client.batch(statements, "write"));
    const results = await (mends ? write().catch((error) => this.#mended(error, write)) : write());
    this.#file?.patience.regain();
    return results;
  }

  /** Tries again what met damaged pages: another process may have mended them; if not, we do. */
  async #mended<Result>(damage: unknown, write: () => Promise<Result>): Promise<Result> {
    if (this.#file === undefined || !isCorrupt(damage)) throw damage;
    await this.#exchangeConnection();
    try {
      return await write();
    } catch (error) {
      if (!isCorrupt(error)) throw error;
    }
    await this.#exchangeConnection();
    await this.#file.mend(this.#client);
    return await write();
  }

  /** Closes it; twice is harmless. */
  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  async #run<Result>(action: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        if (this.#waitsMs !== this.#file?.patience.ms) await this.#setWait();
        return await action();
      } catch (error) {
        const code = codeOf(error);
        if (code === "SQLITE_BUSY") {
          this.#file?.patience.lose();
          await this.#exchangeConnection();
        }
        // It was waiting for a connection that was exchanged, and has done nothing yet.
        if (code === "CLIENT_CLOSED" && !this.#closed) continue;
        throw this.#file === undefined ? error : databaseError("use", this.#file.path, error);
      }
    }
  }

  /**
   * libsql 0.5.29 keeps what was bound to a statement, outside of the heap, until the statement is collected as garbage, and
   * the runtime sees no reason to: a body would be in memory whole by the time it is written.
   */
  async #dropGarbage(statements: InStatement[]): Promise<void> {
    for (const statement of statements) {
      if (typeof statement === "string" || !Array.isArray(statement.args)) continue;
      for (const arg of statement.args) if (arg instanceof Uint8Array) this.#boundBytes += arg.length;
    }
    if (this.#boundBytes < GARBAGE_BYTES) return;
    this.#boundBytes = 0;
    collectGarbage();
    // What belongs to the garbage is let go of between two turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /**
   * libsql 0.5.29 does not reset a statement that failed, as by a lock. Until it is collected as garbage, its connection reads the
   * database as it was, and commits nothing.
   */
  async #exchangeConnection(): Promise<void> {
    if (this.#kind !== "file" || this.#closed) return;
    try {
      await this.#client.reconnect();
      for (const setting of connectionSettings(this.#file?.durability ?? "process")) {
        await this.#client.execute(setting);
      }
      if (this.#file !== undefined) await this.#setWait();
    } catch {
      // The next operation says what is wrong.
    }
  }

  /** Has the connection wait for locks as long as there is patience with the file. */
  async #setWait(): Promise<void> {
    this.#waitsMs = this.#file?.patience.ms;
    await this.#client.execute(`PRAGMA busy_timeout = ${this.#waitsMs ?? 0}`);
  }
}
