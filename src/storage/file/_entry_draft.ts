/**
 * An entry on its way to disk, of any size and under no key yet: chunks of any size come in, large writes go out, memory
 * stays within two buffers, and what is there can be read meanwhile.
 *
 * @module
 */

import { assertKey } from "../_key.ts";
import type { Draft, PutOptions } from "../types.ts";
import { ChunkTable } from "./_chunk_table.ts";
import type { Folder, Temporary } from "./_folder.ts";
import { discardTemporary, openForReading, readAt, writeAllSync, writeAt } from "./_fs.ts";
import { keepFresh, letAge } from "./_heartbeat.ts";
import { bytesOfKey, type Place, placeOf } from "./_layout.ts";
import { LONGEST_SMALL, writeSmall } from "./_small_file.ts";
import { CHUNK_SIZE, LARGEST_BODY, sealed } from "./_trailer.ts";

/** What is written at once, in bytes: whole chunks. */
const BUFFER_SIZE: number = 4 * CHUNK_SIZE;

/** One entry that is being written. After a failure of any kind {@linkcode EntryDraft.abandon} must be called. */
export class EntryDraft implements Draft {
  readonly #folder: Folder;
  readonly #pathIn: (place: Place) => string;
  readonly #table = new ChunkTable();
  #size = 0;
  /** What is being filled; `#start` is where in the body it begins, `#used` how much of it is filled. */
  #buffer = new Uint8Array(LONGEST_SMALL);
  #start = 0;
  #used = 0;
  /**
   * The buffer before that one, from when it is full until it is filled again. It is read from here even when it is on
   * disk: so all that a failed write should have written is still there.
   */
  #previous: Uint8Array<ArrayBuffer> | undefined;
  #temporary: Temporary | undefined;
  #onDisk = 0;
  #writing: Promise<void> | undefined;
  #isTaking = false;
  #failure: { readonly error: unknown } | undefined;
  readonly #reads = new Set<Promise<unknown>>();
  #ending: Promise<void> | undefined;

  /**
   * @param folder Where it goes.
   * @param pathIn The path of the file at a place.
   */
  constructor(folder: Folder, pathIn: (place: Place) => string) {
    this.#folder = folder;
    this.#pathIn = pathIn;
  }

  /** How many bytes it has taken: chunks count when they are taken whole. */
  get size(): number {
    return this.#size;
  }

  /** Takes a copy of a chunk; see `Draft.write`. */
  write(chunk: Uint8Array): void | Promise<void> {
    this.#assertOpen();
    if (this.#failure !== undefined) throw this.#failure.error;
    if (chunk.length > this.#buffer.length - this.#used) return this.#writeAcross(chunk);
    this.#buffer.set(chunk, this.#used);
    this.#used += chunk.length;
    this.#size += chunk.length;
  }

  async #writeAcross(chunk: Uint8Array): Promise<void> {
    this.#isTaking = true;
    try {
      for (let at = 0; at < chunk.length;) {
        if (this.#used === this.#buffer.length) await this.#turn();
        this.#assertOpen();
        const part = chunk.subarray(at, at + this.#buffer.length - this.#used);
        this.#buffer.set(part, this.#used);
        this.#used += part.length;
        at += part.length;
      }
      this.#size += chunk.length;
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#isTaking = false;
    }
  }

  /** Makes room in a full buffer: a larger one at first, then by writing it while the other one is filled. */
  async #turn(): Promise<void> {
    if (this.#buffer.length < BUFFER_SIZE) {
      const larger = new Uint8Array(BUFFER_SIZE);
      larger.set(this.#buffer.subarray(0, this.#used));
      this.#buffer = larger;
      return;
    }
    // Where it ends for readers, it ends for writers.
    if (this.#start + 2 * BUFFER_SIZE > LARGEST_BODY) {
      throw new RangeError("Cannot keep more than 1 TiB in a file");
    }
    this.#coverBuffer();
    await this.#writing;
    this.#assertOpen();
    this.#writeOut(this.#buffer);
    const next = this.#previous ?? new Uint8Array(BUFFER_SIZE);
    this.#previous = this.#buffer;
    this.#buffer = next;
    this.#start += BUFFER_SIZE;
    this.#used = 0;
  }

  /** Some of the bytes from `position` on; see `Draft.read`. */
  read(position: number): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>> {
    this.#assertOpen();
    if (!Number.isInteger(position) || position < 0 || position >= this.#size) {
      throw new RangeError(`Cannot read a draft of ${this.#size} bytes at ${position}`);
    }
    const previousStart = this.#start - BUFFER_SIZE;
    if (position >= this.#start) return this.#copyOf(this.#buffer, this.#start, position);
    if (this.#previous !== undefined && position >= previousStart) {
      return this.#copyOf(this.#previous, previousStart, position);
    }
    const read = this.#readBack(position, previousStart);
    this.#reads.add(read);
    const forget = (): void => void this.#reads.delete(read);
    read.then(forget, forget);
    return read;
  }

  /** The bytes from `position` on that stand in a buffer, of those that count. */
  #copyOf(buffer: Uint8Array<ArrayBuffer>, start: number, position: number): Uint8Array<ArrayBuffer> {
    return buffer.slice(position - start, this.#size - start);
  }

  /** Reads a chunk from disk, which ends at `end` at the latest. Checked as in any entry: as a whole. */
  async #readBack(position: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const start = position - position % CHUNK_SIZE;
    const chunks = new Uint8Array(Math.min(CHUNK_SIZE, end - start));
    const size = this.#size;
    const fd = this.#temporary?.fd;
    const count = fd === undefined ? 0 : await readAt(fd, chunks, chunks.length, start);
    if (count < chunks.length || !this.#table.holds(start, chunks)) {
      const error = new Error(`Cannot read what was written to "${this.#temporary?.path}": it is damaged`);
      this.#failure ??= { error };
      throw error;
    }
    return chunks.subarray(position - start, size - start);
  }

  /** The digest of all that was taken; see `Draft.digest`. */
  digest(): string {
    this.#assertOpen();
    this.#assertWhole();
    this.#coverBuffer();
    return this.#table.digest();
  }

  /** Makes the entry visible. Until then nothing of it is; where it fails, it can still be read. */
  async finish(key: string, options?: PutOptions): Promise<void> {
    this.#assertOpen();
    this.#ending = this.#publish(key, options?.signal).then(() => this.#release());
    try {
      await this.#ending;
    } catch (error) {
      this.#failure ??= { error };
      this.#ending = undefined;
      throw error;
    }
  }

  /** Leaves nothing behind. Harmless after {@linkcode finish}, which it waits for. */
  async abandon(): Promise<void> {
    await this.#ending?.catch(() => {});
    this.#ending ??= this.#release();
    await this.#ending;
  }

  async #publish(key: string, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    assertKey(key);
    this.#assertWhole();
    const place = placeOf(key);
    const path = this.#pathIn(place);
    const body = this.#buffer.subarray(0, this.#used);
    const size = this.#size;
    if (size <= LONGEST_SMALL) return writeSmall(this.#folder, place, path, key, body);
    if (size <= CHUNK_SIZE) {
      this.#writeOut(sealed(body, size, bytesOfKey(key), place.keepsKey));
    } else {
      await this.#writing;
      this.#writeOut(body);
      // While it is being written.
      this.#coverBuffer();
      const trailer = sealed(this.#table.bytes(), size, bytesOfKey(key), place.keepsKey);
      await this.#writing;
      // At once where it is short: it takes less than the way to another thread.
      if (trailer.length <= LONGEST_SMALL) this.#writeNow(trailer);
      else this.#writeOut(trailer);
    }
    await this.#writing;
    await Promise.allSettled(this.#reads);
    signal?.throwIfAborted();
    const temporary = this.#temporary;
    if (temporary === undefined) return;
    await this.#folder.settle(temporary);
    signal?.throwIfAborted();
    this.#temporary = undefined;
    letAge(temporary.fd);
    try {
      this.#folder.publish(temporary, path, { isSettled: true });
    } catch (error) {
      this.#reopen(temporary);
      throw error;
    }
  }

  /** What could not be published is closed, and is yet to be read; open, it can be even when others have cleared it. */
  #reopen({ path }: Temporary): void {
    try {
      this.#temporary = { fd: openForReading(path), path };
    } catch {
      discardTemporary(undefined, path);
    }
  }

  async #release(): Promise<void> {
    // The descriptor must not be closed, and its number given to another file, under a write or a read.
    await this.#writing?.catch(() => {});
    await Promise.allSettled(this.#reads);
    this.#buffer = new Uint8Array(0);
    this.#previous = undefined;
    const temporary = this.#temporary;
    if (temporary === undefined) return;
    this.#temporary = undefined;
    letAge(temporary.fd);
    discardTemporary(temporary.fd, temporary.path);
  }

  /** Begins to write; the write before must be done. */
  #writeOut(bytes: Uint8Array): void {
    if (this.#temporary === undefined) {
      this.#temporary = this.#folder.createTemporary();
      keepFresh(this.#temporary.fd);
    }
    this.#writing = writeAt(this.#temporary, bytes, bytes.length, this.#onDisk);
    // Awaited at the next turn; until then a failure must not count as unhandled.
    this.#writing.catch((error) => this.#failure ??= { error });
    this.#onDisk += bytes.length;
  }

  /** Writes what is short; the write before must be done. */
  #writeNow(bytes: Uint8Array): void {
    if (this.#temporary === undefined) return;
    writeAllSync(this.#temporary, bytes, this.#onDisk);
    this.#onDisk += bytes.length;
  }

  #coverBuffer(): void {
    this.#table.cover(this.#start, this.#buffer.subarray(0, this.#used));
  }

  #assertOpen(): void {
    if (this.#ending === undefined) return;
    throw new TypeError("Cannot use a draft that is finished or abandoned");
  }

  /** What is there is what was taken, no more and no less. */
  #assertWhole(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isTaking) throw new TypeError("Cannot end a draft while a write is under way");
  }
}
