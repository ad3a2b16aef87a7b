/**
 * The digest of a draft's bytes, by chunks: what `Draft.digest` promises, for media that have no
 * checksums of these chunks already.
 *
 * @module
 */

import { createSha256, type Sha256 } from "../digest/sha256.ts";

/** Size of the chunks that are digested apart, in bytes. The same in every storage: it decides the digest. */
export const DIGESTED_CHUNK_SIZE: number = 256 * 1024;

/** Bytes come in, in pieces of any size; the digest comes out at the end. */
export class ChunkDigests {
  readonly #whole: Sha256 = createSha256();
  #chunk: Sha256 | undefined;
  #filled = 0;

  /** Takes in more bytes; they are read before it returns. */
  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + DIGESTED_CHUNK_SIZE - this.#filled);
      this.#chunk ??= createSha256();
      this.#chunk.update(part);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === DIGESTED_CHUNK_SIZE) this.#endChunk();
    }
  }

  /** The digest of all that came in; nothing may be added afterwards. */
  hex(): string {
    this.#endChunk();
    return this.#whole.hex();
  }

  #endChunk(): void {
    if (this.#chunk !== undefined) this.#whole.update(this.#chunk.bytes());
    this.#chunk = undefined;
    this.#filled = 0;
  }
}
