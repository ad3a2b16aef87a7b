/**
 * Leases as rows: whoever inserts the row of a key holds its lease, renews its `beat` as a sign of life, and deletes it in
 * the end. The database's clock is the only one that is read.
 *
 * @module
 */

import { awaitRelease, type LeaseSight, SIGN_EVERY_MS } from "../_await_release.ts";
import { Heartbeat } from "../_heartbeat.ts";
import { assertKey } from "../_key.ts";
import type { Lease, Leases, StorageOptions } from "../types.ts";
import type { EntryTable } from "./_schema.ts";
import type { Connect } from "./_staged_body.ts";
import { BEAT_LEASES, DELETE_LEASE, INSERT_LEASE, REMOVE_SILENT_LEASE, SELECT_LEASE } from "./_statements.ts";

/** The leases of one table's entries. */
export class SqlLeases implements Leases {
  readonly #connect: Connect;
  readonly #table: EntryTable;
  readonly #longestDelayMs: number;
  readonly #heartbeat = new Heartbeat<string>(SIGN_EVERY_MS, (holders) => void this.#beat([...holders]));

  /**
   * @param connect Gives the database.
   * @param options Of which table the entries are, and how far apart two looks at a lease may be.
   */
  constructor(
    connect: Connect,
    options: { readonly table: EntryTable; readonly longestDelayMs: number },
  ) {
    this.#connect = connect;
    this.#table = options.table;
    this.#longestDelayMs = options.longestDelayMs;
  }

  /** Takes the lease of a key; see `Leases.take`. One statement. */
  async take(key: string): Promise<Lease | undefined> {
    assertKey(key);
    // Of this lease alone: the same process may hold a later one of the same key.
    const holder = crypto.randomUUID();
    const [inserted] = await (await this.#connect()).write([
      { sql: INSERT_LEASE, args: [this.#table, key, holder] },
    ]);
    if (inserted?.rowsAffected !== 1) return undefined;
    this.#heartbeat.add(holder);
    return { release: () => this.#release(key, holder) };
  }

  /** Waits until nobody holds the lease of a key; see `Leases.wait`. */
  async wait(key: string, options?: StorageOptions): Promise<void> {
    assertKey(key);
    const row = [this.#table, key];
    await awaitRelease({
      look: async (): Promise<LeaseSight | undefined> => {
        const { rows } = await (await this.#connect()).read({ sql: SELECT_LEASE, args: row });
        return rows[0] && { sign: String(rows[0][0]), isStale: rows[0][1] === 1 };
      },
      remove: async ({ sign }) => {
        await (await this.#connect()).write([{ sql: REMOVE_SILENT_LEASE, args: [...row, sign] }]);
      },
    }, { signal: options?.signal, longestDelayMs: this.#longestDelayMs });
  }

  async #release(key: string, holder: string): Promise<void> {
    if (!this.#heartbeat.delete(holder)) return;
    try {
      await (await this.#connect()).write([{ sql: DELETE_LEASE, args: [this.#table, key, holder] }]);
    } catch {
      // Without a sign of life it is over in some seconds.
    }
  }

  async #beat(holders: readonly string[]): Promise<void> {
    try {
      await (await this.#connect()).write([{ sql: BEAT_LEASES, args: [JSON.stringify(holders)] }]);
    } catch {
      // The next one may succeed; if none does, somebody takes them over.
    }
  }
}
