/**
 * A large body that no entry names yet: rows of `bodies` and `chunks`, which nobody finds and nobody sweeps while their
 * writer lives.
 *
 * @module
 */

import type { InStatement } from "@libsql/client";
import { everyUnref } from "../../_runtime.ts";
import { chunkChecksum, chunkDigest } from "./_checksum.ts";
import { checkedChunk } from "./_chunked_body.ts";
import type { Database } from "./_database.ts";
import { codeOf } from "./_database_error.ts";
import { GIVE_UP_BODY, INSERT_BODY, insertChunk, SELECT_CHUNK, TOUCH_BODY } from "./_statements.ts";
import { sweep } from "./_sweep.ts";

/** Gives the open database; rejects when its storage was disposed of. */
export type Connect = () => Promise<Database>;

/** A sixth of the time after which a body is taken for that of a dead writer. */
const TOUCH_EVERY_MS = 600_000;

/** The chunks of one body, in order. */
export class StagedBody {
  /** Id of the body. */
  readonly id: number;
  readonly #connect: Connect;
  readonly #stopPulse: () => void;
  #count = 0;

  private constructor(connect: Connect, id: number) {
    this.#connect = connect;
    this.id = id;
    // However slow its source is: the last chunk may be of hours ago.
    this.#stopPulse = everyUnref(TOUCH_EVERY_MS, () => void this.#touch());
  }

  /** Begins a body without chunks. */
  static async begin(connect: Connect): Promise<StagedBody> {
    const [inserted] = await (await connect()).write([INSERT_BODY], { mends: true });
    return new StagedBody(connect, Number(inserted?.rows[0]?.[0]));
  }

  /** How many chunks are kept. */
  get count(): number {
    return this.#count;
  }

  /** Keeps the next chunk. No transaction is left open: a slow source keeps no other writer waiting. */
  async append(data: Uint8Array, digest: Uint8Array): Promise<void> {
    try {
      await (await this.#connect()).write(this.next(data, digest), { mends: true });
    } catch (error) {
      if (codeOf(error) !== "SQLITE_CONSTRAINT") throw error;
      const reason = "the database was emptied meanwhile, since pages of it are damaged";
      throw new Error(`Cannot keep a body: ${reason}`, { cause: error });
    }
    this.#count++;
  }

  /** What keeps the next chunk, for a larger transaction. */
  next(data: Uint8Array, digest: Uint8Array = chunkDigest(data)): InStatement[] {
    return insertChunk(this.id, this.#count, { checksum: chunkChecksum(this.id, this.#count, digest), data });
  }

  /** A chunk that is kept, checked. */
  async read(seq: number): Promise<Uint8Array<ArrayBuffer>> {
    const { rows } = await (await this.#connect()).read({ sql: SELECT_CHUNK, args: [this.id, seq] });
    const chunk = rows[0] && { checksum: rows[0][0], data: rows[0][1] };
    return checkedChunk({ key: "(draft)", body: this.id, size: Infinity }, seq, chunk);
  }

  /** Its writer is done with it, and an entry names it. */
  settle(): void {
    this.#stopPulse();
  }

  /** Removes it. Whatever keeps it from going now, it goes later: it is as old as its last chunk. */
  async giveUp(): Promise<void> {
    this.settle();
    try {
      const database = await this.#connect();
      await database.write([{ sql: GIVE_UP_BODY, args: [this.id] }]);
      await sweep(database);
    } catch {
      // A later sweep meets it.
    }
  }

  async #touch(): Promise<void> {
    try {
      await (await this.#connect()).write([{ sql: TOUCH_BODY, args: [this.id] }]);
    } catch {
      // The next one may succeed; if none does, finishing fails, and nothing is visible.
    }
  }
}
