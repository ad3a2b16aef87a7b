/**
 * Writes an entry of any size: chunks of any size come in, large writes go out, and memory stays within two buffers.
 *
 * @module
 */

import { CHECKSUM_SIZE, writeChecksum } from "./_checksum.ts";
import type { Folder, Temporary } from "./_folder.ts";
import { discardTemporary, writeAt } from "./_fs.ts";
import { bytesOfKey, type Place } from "./_layout.ts";
import { LONGEST_SMALL, writeSmall } from "./_small_file.ts";
import { CHUNK_SIZE, sealed } from "./_trailer.ts";

/** What is written at once, in bytes: whole chunks. */
const BUFFER_SIZE: number = 4 * CHUNK_SIZE;

/** One entry on its way to disk. After a failure of any kind {@linkcode EntryWriter.abandon} must be called. */
export class EntryWriter {
  readonly #folder: Folder;
  readonly #place: Place;
  readonly #path: string;
  readonly #key: string;
  #buffer = new Uint8Array(LONGEST_SMALL);
  #used = 0;
  #spare: Uint8Array<ArrayBuffer> | undefined;
  #temporary: Temporary | undefined;
  #written = 0;
  #writing: Promise<void> | undefined;
  #checksums = new Uint8Array(16 * CHECKSUM_SIZE);
  #chunkCount = 0;

  /**
   * @param folder Where it goes.
   * @param place Its place there.
   * @param path The path of its file.
   * @param key Its key.
   */
  constructor(folder: Folder, place: Place, path: string, key: string) {
    this.#folder = folder;
    this.#place = place;
    this.#path = path;
    this.#key = key;
  }

  /** Takes a copy of a chunk; a promise only when the disk has to be waited for. */
  add(chunk: Uint8Array): void | Promise<void> {
    const room = this.#buffer.length - this.#used;
    if (chunk.length > room) return this.#addAcross(chunk);
    this.#buffer.set(chunk, this.#used);
    this.#used += chunk.length;
  }

  async #addAcross(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      if (this.#used === this.#buffer.length) await this.#turn();
      const part = chunk.subarray(at, at + this.#buffer.length - this.#used);
      this.#buffer.set(part, this.#used);
      this.#used += part.length;
      at += part.length;
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
    this.#checkIn();
    await this.#writing;
    const full = this.#buffer;
    this.#write(full, this.#used);
    this.#buffer = this.#spare ?? new Uint8Array(BUFFER_SIZE);
    this.#spare = full;
    this.#used = 0;
  }

  /** Makes the entry visible. Until then nothing of it is. */
  async finish(signal: AbortSignal | undefined): Promise<void> {
    if (this.#written === 0 && this.#used <= LONGEST_SMALL) {
      writeSmall(this.#folder, this.#place, this.#path, this.#key, this.#buffer.subarray(0, this.#used));
      return;
    }
    const size = this.#written + this.#used;
    const key = bytesOfKey(this.#key);
    if (size <= CHUNK_SIZE) {
      const bytes = sealed(this.#buffer.subarray(0, size), size, key, this.#place.keepsKey);
      this.#write(bytes, bytes.length);
    } else {
      this.#checkIn();
      const checksums = this.#checksums.subarray(0, this.#chunkCount * CHECKSUM_SIZE);
      const trailer = sealed(checksums, size, key, this.#place.keepsKey);
      await this.#writing;
      this.#write(this.#buffer, this.#used);
      await this.#writing;
      this.#write(trailer, trailer.length);
    }
    await this.#writing;
    signal?.throwIfAborted();
    const temporary = this.#temporary;
    if (temporary === undefined) return;
    this.#temporary = undefined;
    this.#folder.publish(temporary, this.#path);
  }

  /** Leaves nothing behind. Harmless after {@linkcode finish}. */
  async abandon(): Promise<void> {
    // The descriptor must not be closed, and its number given to another file, under a write.
    await this.#writing?.catch(() => {});
    if (this.#temporary !== undefined) discardTemporary(this.#temporary.fd, this.#temporary.path);
    this.#temporary = undefined;
  }

  /** Begins to write; the one before must be done. */
  #write(bytes: Uint8Array, length: number): void {
    this.#temporary ??= this.#folder.createTemporary(this.#place.folder);
    this.#writing = writeAt(this.#temporary.fd, bytes, length, this.#written);
    // Awaited at the next turn; until then a failure must not count as unhandled.
    this.#writing.catch(() => {});
    this.#written += length;
  }

  /** Adds the checksums of the chunks in the buffer. */
  #checkIn(): void {
    for (let at = 0; at < this.#used; at += CHUNK_SIZE) {
      const offset = this.#chunkCount++ * CHECKSUM_SIZE;
      if (offset === this.#checksums.length) {
        const larger = new Uint8Array(2 * this.#checksums.length);
        larger.set(this.#checksums);
        this.#checksums = larger;
      }
      writeChecksum(
        this.#checksums,
        offset,
        this.#buffer.subarray(at, Math.min(at + CHUNK_SIZE, this.#used)),
      );
    }
  }
}
