/**
 * The SQL storage: entries as rows of a SQLite database, in a file, in memory or on a libSQL server. Its work is done in
 * `sql/`, which is loaded on first use.
 *
 * @module
 */

import { loadCode } from "../_load.ts";
import type { Codec } from "../codec/types.ts";
import { LazyStorage } from "./_lazy_storage.ts";
import { parseSqlUrl } from "./sql/parse_sql_url.ts";
import type {
  Draft,
  Leases,
  PutOptions,
  Storage,
  StorageEvent,
  StorageOptions,
  StoredBody,
  Upkeep,
} from "./types.ts";

/** Options of {@linkcode Sql}. */
export interface SqlOptions {
  /**
   * Which database: `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite://` (in memory), a `file:` URL, a path, or
   * the `libsql:`, `https:`, `http:`, `wss:` or `ws:` URL of a libSQL server. A relative path is relative to the working
   * directory; in a configuration file, to that file.
   */
  readonly url: string;
  /**
   * What is kept: call records, or values. Each has a table of its own, so one database can hold both: a whole cache is
   * two storages with one URL. In a configuration it follows from where the storage stands.
   *
   * @default {"calls"}
   */
  readonly role?: "calls" | "values";
  /**
   * How values are written, as `pickleCodec` of `@fleche/fleche/codec/pickle`.
   *
   * @default {cborCodec}
   */
  readonly codec?: Codec;
}

/**
 * Entries as rows of a SQLite database, through `@libsql/client`.
 *
 * Call records are indexed by function, argument digest, result, time and metadata, in plain tables that any SQL reader
 * can query (see `src/storage/sql/README.md`); the bytes that were put are kept beside and are what is given back. Nothing
 * is opened before the first use; folder, file and schema are then made. Several processes may read and write one file
 * at once: it is in WAL mode, and a writer waits up to 5 seconds for others.
 *
 * A body of at most 256 KiB stands in its row, and getting it is one point select. A larger one stands in chunks of that
 * size, each with its checksum, written before the entry is visible; memory holds one chunk of it, and a part of it is
 * read from the chunks that it lies in. A body that is replaced or deleted while it is being read is kept for an hour,
 * for its readers.
 *
 * Deno needs `--allow-ffi --allow-env=LIBSQL_JS_DEV --allow-sys=cpus,hostname,networkInterfaces` for the native library, and
 * `--allow-read=<folder> --allow-write=<folder>` for a file's folder; for a server `--allow-net=<host>` alone. What is
 * missing is named by the error of the first operation.
 *
 * @example Call records in a database file
 * ```ts
 * import { Sql } from "@fleche/fleche";
 *
 * const calls = new Sql({ url: "sqlite://" }); // "sqlite:///calls.db" for a file
 * await calls.put("key", new TextEncoder().encode("a record"));
 * const found = await calls.get("key");
 * console.assert(new TextDecoder().decode(await found?.bytes()) === "a record");
 * await calls[Symbol.asyncDispose]();
 * ```
 */
export class Sql implements Storage {
  readonly #medium: LazyStorage;
  /** How values are written here; CBOR where absent. */
  readonly codec?: Codec;
  /** Leases among all processes that use the database; a database in memory has none. */
  readonly leases?: Leases;
  /** Entries are listed in the order of the UTF-8 bytes of their keys; a size is that of the body. */
  readonly upkeep: Upkeep;

  /**
   * Names the database; nothing is opened yet.
   *
   * @param options Which database.
   * @throws {TypeError} When the URL is of no known form, or there is no such role.
   */
  constructor(options: SqlOptions) {
    const { url, role = "calls" } = options;
    const location = parseSqlUrl(url);
    if (role !== "calls" && role !== "values") {
      throw new TypeError(`Cannot use role ${JSON.stringify(role)}: expected "calls" or "values"`);
    }
    if (location.kind === "file" && /^~[\\/]/.test(location.path)) {
      throw new TypeError(
        `Cannot use database URL "${url}": "~" is the home folder in configuration files only, write the path out`,
      );
    }
    if (options.codec !== undefined) this.codec = options.codec;
    this.#medium = new LazyStorage(async () => {
      const { SqlMedium } = await loadCode(() => import("./sql/sql_medium.ts"));
      return new SqlMedium(location, role === "values" ? "stored_values" : "calls");
    });
    if (location.kind !== "memory") this.leases = this.#medium.leases;
    this.upkeep = this.#medium.upkeep;
  }

  /** From now on tells of damaged entries that were removed. */
  watch(listener: (event: StorageEvent) => void): void {
    this.#medium.watch(listener);
  }

  /** Keeps a body; with `options.index`, its columns too. One transaction and one round trip up to 256 KiB. */
  put(key: string, body: ReadableStream<Uint8Array> | Uint8Array, options?: PutOptions): Promise<void> {
    return this.#medium.put(key, body, options);
  }

  /** Begins an entry without a key. Up to 256 KiB nothing is written before it is finished. */
  draft(): Promise<Draft> {
    return this.#medium.draft();
  }

  /** Gives a body. One point select up to 256 KiB; two, and the first chunk read, above. */
  get(key: string, options?: StorageOptions): Promise<StoredBody | undefined> {
    return this.#medium.get(key, options);
  }

  /** Whether an entry is there. */
  has(key: string): Promise<boolean> {
    return this.#medium.has(key);
  }

  /** Removes an entry and its columns. The space of a large body is free after an hour, for those who read it. */
  delete(key: string): Promise<boolean> {
    return this.#medium.delete(key);
  }

  /** The keys, page by page. */
  keys(options?: StorageOptions & { readonly prefix?: string }): AsyncIterable<string> {
    return this.#medium.keys(options);
  }

  /** Closes the database; operations afterwards fail. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#medium[Symbol.asyncDispose]();
  }
}
