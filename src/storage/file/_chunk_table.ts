/**
 * The checksums of the chunks of an entry that is being written: what its trailer will have, and what its digest is made
 * of.
 *
 * @module
 */

import { sha256Hex } from "../../digest/sha256.ts";
import { CHECKSUM_SIZE, checksumStandsAt, writeChecksum } from "./_checksum.ts";
import { CHUNK_SIZE } from "./_trailer.ts";

/** Checksums of the first bytes of a body; more can come. */
export class ChunkTable {
  #checksums = new Uint8Array(16 * CHECKSUM_SIZE);
  /** How many bytes are covered. */
  #covered = 0;

  /**
   * Covers the bytes of a buffer. A last chunk that is not full is covered again when it has grown.
   *
   * @param start Where in the body they begin: a multiple of the size of a chunk.
   * @param bytes All that is there from then on.
   */
  cover(start: number, bytes: Uint8Array): void {
    const end = start + bytes.length;
    if (this.#covered === end) return;
    for (let at = this.#covered - this.#covered % CHUNK_SIZE; at < end; at += CHUNK_SIZE) {
      const offset = at / CHUNK_SIZE * CHECKSUM_SIZE;
      if (offset === this.#checksums.length) {
        const larger = new Uint8Array(2 * this.#checksums.length);
        larger.set(this.#checksums);
        this.#checksums = larger;
      }
      writeChecksum(this.#checksums, offset, bytes.subarray(at - start, at - start + CHUNK_SIZE));
    }
    this.#covered = end;
  }

  /** The checksums, one after the other; to be read at once. */
  bytes(): Uint8Array {
    return this.#checksums.subarray(0, Math.ceil(this.#covered / CHUNK_SIZE) * CHECKSUM_SIZE);
  }

  /** The digest of what is covered, as `Draft.digest` has it. */
  digest(): string {
    return sha256Hex(this.bytes());
  }

  /** Whether whole chunks, which begin at `start`, are what was covered. */
  holds(start: number, chunks: Uint8Array): boolean {
    for (let at = 0; at < chunks.length; at += CHUNK_SIZE) {
      const offset = (start + at) / CHUNK_SIZE * CHECKSUM_SIZE;
      if (!checksumStandsAt(this.#checksums, offset, chunks.subarray(at, at + CHUNK_SIZE))) return false;
    }
    return true;
  }
}
