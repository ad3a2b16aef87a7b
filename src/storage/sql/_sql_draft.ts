/**
 * Writing a body whose size, and perhaps whose key, is known at its end only: the one way of large bodies into the
 * database, for streams that are put and for drafts.
 *
 * @module
 */

import { createSha256, type Sha256 } from "../../digest/sha256.ts";
import { assertKey } from "../_key.ts";
import type { Draft, PutOptions } from "../types.ts";
import { Block } from "./_block.ts";
import { chunkDigest, chunkedChecksum } from "./_checksum.ts";
import { putInline } from "./_put.ts";
import { CHUNK_BYTES, type EntryTable } from "./_schema.ts";
import { type Connect, StagedBody } from "./_staged_body.ts";
import { putEntry } from "./_statements.ts";

/**
 * A draft in a database. Nothing is written of one that ends within its first 256 KiB before it is finished; of others
 * each chunk is staged as soon as another follows it, and memory holds one. `loadSha256` comes before the first of them.
 */
export class SqlDraft implements Draft {
  readonly #connect: Connect;
  readonly #table: EntryTable;
  readonly #block = new Block();
  readonly #digests: Sha256 = createSha256();
  readonly #reads = new Set<Promise<unknown>>();
  #digest: string | undefined;
  #staged: StagedBody | undefined;
  #size = 0;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #ended: "finished" | "abandoned" | undefined;
  #ending: Promise<void> | undefined;

  /** @param table Where the entry will stand. */
  constructor(connect: Connect, table: EntryTable) {
    this.#connect = connect;
    this.#table = table;
  }

  /** Grows when a chunk is taken as a whole: of one that failed halfway nothing counts. */
  get size(): number {
    this.#assertLive();
    return this.#size;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    this.#assertLive();
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#writing === undefined && chunk.length <= this.#block.room) {
      this.#size += this.#block.add(chunk);
      return;
    }
    // The caller may change it while the database is waited for.
    const taken = chunk.slice();
    const writing = (this.#writing ?? Promise.resolve()).then(() => this.#stage(taken)).finally(() => {
      if (this.#writing === writing) this.#writing = undefined;
    });
    this.#writing = writing;
    return writing;
  }

  read(position: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    this.#assertLive();
    const staged = (this.#staged?.count ?? 0) * CHUNK_BYTES;
    if (position >= staged) return this.#block.bytes.slice(position - staged, this.#size - staged);
    const reading = this.#readStaged(position).finally(() => this.#reads.delete(reading));
    this.#reads.add(reading);
    return reading;
  }

  digest(): string {
    if (this.#digest === undefined) {
      const last = this.#block.bytes;
      if (last.length > 0) this.#digests.update(chunkDigest(last));
      this.#digest = this.#digests.hex();
    }
    return this.#digest;
  }

  async finish(key: string, options: PutOptions = {}): Promise<void> {
    this.#assertLive();
    this.#ended = "finished";
    const publishing = this.#publish(key, options);
    this.#ending = publishing.catch(() => {});
    try {
      await publishing;
    } catch (error) {
      // It can still be read.
      this.#failure ??= { error };
      this.#ended = this.#ending = undefined;
      throw error;
    }
  }

  async abandon(): Promise<void> {
    if (this.#ended === "finished") await this.#ending;
    this.#ended ??= "abandoned";
    await (this.#ending ??= this.#giveUp());
  }

  #assertLive(): void {
    if (this.#ended !== undefined) throw endedError();
  }

  async #stage(chunk: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      for (let at = 0; at < chunk.length;) {
        if (this.#block.room === 0) await this.#stageBlock();
        at += this.#block.add(chunk.subarray(at));
      }
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
    this.#size += chunk.length;
  }

  async #stageBlock(): Promise<void> {
    this.#staged ??= await StagedBody.begin(this.#connect);
    if (this.#ended === "abandoned") throw endedError();
    const digest = chunkDigest(this.#block.bytes);
    await this.#staged.append(this.#block.bytes, digest);
    this.#digests.update(digest);
    this.#block.empty();
  }

  async #readStaged(position: number): Promise<Uint8Array<ArrayBuffer>> {
    const seq = Math.floor(position / CHUNK_BYTES);
    const start = seq * CHUNK_BYTES;
    const end = this.#size;
    const chunk = await this.#staged?.read(seq);
    return chunk?.subarray(position - start, end - start) ?? new Uint8Array(0);
  }

  /** Makes it an entry; the last chunk comes in the same transaction. */
  async #publish(key: string, { signal, index }: PutOptions): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure.error;
    await Promise.allSettled(this.#reads);
    signal?.throwIfAborted();
    assertKey(key);
    const database = await this.#connect();
    signal?.throwIfAborted();
    const last = this.#block.bytes;
    if (this.#staged === undefined) {
      return await putInline(database, this.#table, { key, body: last, index });
    }
    const { id, count } = this.#staged;
    const size = this.#size;
    const entry = { key, size, chunked: id, count: count + 1, checksum: chunkedChecksum(key, id, size) };
    await database.write([...this.#staged.next(last), ...putEntry(this.#table, entry, index)], {
      mends: true,
    });
    this.#staged.settle();
  }

  async #giveUp(): Promise<void> {
    await this.#writing?.catch(() => {});
    await Promise.allSettled(this.#reads);
    await this.#staged?.giveUp();
  }
}

function endedError(): TypeError {
  return new TypeError("Cannot use a draft that is finished or abandoned");
}
