/**
 * An open database: what the storage asks of `@libsql/client`, and what must be done for its connection to stay sound.
 *
 * @module
 */

import type { Client, InStatement, ResultSet } from "@libsql/client";

/** Reads, and writes in transactions. */
export class Database {
  readonly #client: Client;
  readonly #settings: readonly string[] | undefined;
  #closed = false;

  /**
   * @param client The client, ready for use.
   * @param settings What must be executed on each connection to a file; `undefined` for what is no file.
   */
  constructor(client: Client, settings: readonly string[] | undefined) {
    this.#client = client;
    this.#settings = settings;
  }

  /** Runs one statement that changes nothing. */
  read(statement: InStatement): Promise<ResultSet> {
    return this.#run(() => this.#client.execute(statement));
  }

  /**
   * Runs statements in one transaction, without giving way: a transaction that waits for its next statement would be
   * waited for, without an end, by a second storage over this file in the same process.
   */
  write(statements: InStatement[]): Promise<ResultSet[]> {
    return this.#run(() => this.#client.batch(statements, "write"));
  }

  /** Closes it; twice is harmless. */
  close(): void {
    this.#closed = true;
    this.#client.close();
  }

  async #run<Result>(action: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        const code = codeOf(error);
        if (code === "SQLITE_BUSY") await this.#exchangeConnection();
        // It was waiting for a connection that was exchanged, and has done nothing yet.
        else if (code === "CLIENT_CLOSED" && !this.#closed) continue;
        throw error;
      }
    }
  }

  /**
   * libsql 0.5.29 does not reset a statement that met a lock. Until it is collected as garbage, its connection reads the
   * database as it was, and commits nothing.
   */
  async #exchangeConnection(): Promise<void> {
    if (this.#settings === undefined || this.#closed) return;
    try {
      await this.#client.reconnect();
      for (const setting of this.#settings) await this.#client.execute(setting);
    } catch {
      // The next operation says what is wrong.
    }
  }
}

/** The `code` of an error, where it has one. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
