/**
 * Looking after the entries of a database: listing them from an index, checking, removing and setting aside the very row
 * that was seen.
 *
 * @module
 */

import { IntegrityError } from "../../errors.ts";
import { Breather } from "../_breather.ts";
import { assertKey } from "../_key.ts";
import type { EntryInfo, Health, StorageOptions, Upkeep } from "../types.ts";
import { bodyChecksum, chunkedChecksum, isChecksum } from "./_checksum.ts";
import { checkedChunk } from "./_chunked_body.ts";
import { CHUNK_BYTES } from "./_schema.ts";
import type { Connect } from "./_staged_body.ts";
import { type EntryStatements, SELECT_CHUNK } from "./_statements.ts";

const ENTRIES_A_PAGE = 500;

/** What upkeep asks of the storage that it belongs to. */
export interface SqlUpkeepHooks {
  /** Told of every entry that was set aside. */
  onSetAside(key: string): void;
  /** Called after entries have gone. */
  afterRemoval(): Promise<void>;
}

interface CheckOptions extends StorageOptions {
  readonly onBytes?: (bytes: number) => void;
}

/** Upkeep of the entries of one table. */
export class SqlUpkeep implements Upkeep {
  readonly #connect: Connect;
  readonly #statements: EntryStatements;
  readonly #hooks: SqlUpkeepHooks;

  /**
   * @param connect Gives the open database.
   * @param statements Those for the table.
   * @param hooks What is to be done besides.
   */
  constructor(connect: Connect, statements: EntryStatements, hooks: SqlUpkeepHooks) {
    this.#connect = connect;
    this.#statements = statements;
    this.#hooks = hooks;
  }

  /** The entries in the order of the UTF-8 bytes of their keys, page by page; see `Upkeep.entries`. */
  async *entries(
    options: StorageOptions & { readonly prefix?: string; readonly after?: string } = {},
  ): AsyncGenerator<EntryInfo, void> {
    const { prefix = "", after, signal } = options;
    signal?.throwIfAborted();
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const breather = new Breather();
    const { selectInfoFrom, selectInfoAfter } = this.#statements;
    let last = after?.startsWith(prefix) ? after : undefined;
    for (;;) {
      const sql = last === undefined ? selectInfoFrom : selectInfoAfter;
      const { rows } = await (await this.#connect()).read({ sql, args: [last ?? prefix, ENTRIES_A_PAGE] });
      for (const { 0: bytes, 1: size, 2: modified, 3: mark } of rows) {
        signal?.throwIfAborted();
        if (!(bytes instanceof ArrayBuffer)) continue;
        last = decoder.decode(bytes);
        // Keys with a common prefix stand together.
        if (!last.startsWith(prefix)) return;
        yield { key: last, size: Number(size), time: Number(modified), mark: String(mark) };
      }
      signal?.throwIfAborted();
      if (rows.length < ENTRIES_A_PAGE) return;
      if (breather.isDue) await breather.breathe();
    }
  }

  /** Reads an entry whole, a chunk at a time; see `Upkeep.check`. */
  async check(key: string, options: CheckOptions = {}): Promise<Health> {
    options.signal?.throwIfAborted();
    assertKey(key);
    for (;;) {
      const database = await this.#connect();
      const row = (await database.read({ sql: this.#statements.selectWhole, args: [key] })).rows[0];
      if (row === undefined) return "absent";
      const { 0: checksum, 1: body, 2: chunked, 3: size, 4: mark } = row;
      if (chunked === null) {
        if (!(body instanceof ArrayBuffer)) return "damaged";
        options.onBytes?.(body.byteLength);
        return isChecksum(checksum, bodyChecksum(key, new Uint8Array(body))) ? "whole" : "damaged";
      }
      const source = { key, body: Number(chunked), size: Number(size) };
      if (
        isChecksum(checksum, chunkedChecksum(key, source.body, source.size)) &&
        await this.#chunksHold(source, options)
      ) return "whole";
      // Chunks of an entry that has gone meanwhile may have gone, too.
      const now = (await database.read({ sql: this.#statements.selectMark, args: [key] })).rows[0];
      if (now !== undefined && now[0] === mark) return "damaged";
    }
  }

  /** Removes the very row that was listed; see `Upkeep.remove`. */
  async remove({ key, mark }: EntryInfo): Promise<boolean> {
    assertKey(key);
    const database = await this.#connect();
    const [deleted] = await database.write([{ sql: this.#statements.deleteMarked, args: [key, mark] }]);
    await this.#hooks.afterRemoval();
    return deleted !== undefined && deleted.rowsAffected > 0;
  }

  /** Removes it as one that is damaged; see `Upkeep.setAside`. */
  async setAside(entry: EntryInfo): Promise<boolean> {
    const isRemoved = await this.remove(entry);
    if (isRemoved) this.#hooks.onSetAside(entry.key);
    return isRemoved;
  }

  /** Nothing: no row is anything else. */
  // deno-lint-ignore require-yield -- an empty generator is an empty list that still honours the signal.
  async *foreign(options?: StorageOptions): AsyncGenerator<string, void> {
    options?.signal?.throwIfAborted();
    await Promise.resolve();
  }

  async #chunksHold(
    source: { readonly key: string; readonly body: number; readonly size: number },
    { onBytes, signal }: CheckOptions,
  ): Promise<boolean> {
    const breather = new Breather();
    for (let seq = 0; seq * CHUNK_BYTES < source.size; seq++) {
      const { rows } = await (await this.#connect()).read({ sql: SELECT_CHUNK, args: [source.body, seq] });
      signal?.throwIfAborted();
      const chunk = rows[0] && { checksum: rows[0][0], data: rows[0][1] };
      try {
        const { length } = checkedChunk(source, seq, chunk);
        onBytes?.(length);
      } catch (error) {
        if (error instanceof IntegrityError) return false;
        throw error;
      }
      if (breather.isDue) await breather.breathe();
    }
    return true;
  }
}
