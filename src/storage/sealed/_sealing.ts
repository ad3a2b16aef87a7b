/**
 * The two ways of sealing what is being written: signed, and encrypted as well.
 *
 * @module
 */

import { joined } from "../_joined.ts";
import { checksumOf, isChecksumOf } from "./_chunk_sums.ts";
import { EntryCipher } from "./_entry_cipher.ts";
import type { SealKey } from "./_seal_keys.ts";
import { CHECKSUM_SIZE, CHUNK_SIZE, formatTrailer, LONGEST_KEY, SALT_SIZE, TAG_SIZE } from "./_trailer.ts";

type MaybeLater<Result> = Result | Promise<Result>;

/** Which chunk it is. */
export interface ChunkPlace {
  /** Its number, from 0. */
  readonly number: number;
  /** Whether none comes after it. */
  readonly isLast: boolean;
}

/** Seals the chunks of one entry. */
export interface Sealing {
  /** How many bytes longer than a chunk its frame is. */
  readonly overhead: number;
  /** The frame of a chunk; called for each in order. The frame may be the chunk itself. */
  seal(chunk: Uint8Array<ArrayBuffer>, place: ChunkPlace): MaybeLater<Uint8Array<ArrayBuffer>>;
  /** The chunk of such a frame. @throws (or rejects) When it is not as it was. */
  open(frame: Uint8Array<ArrayBuffer>, place: ChunkPlace): MaybeLater<Uint8Array<ArrayBuffer>>;
  /** What stands behind all frames. @param entry The key of the entry, and how long its body is, in bytes. */
  trailer(entry: { readonly key: string; readonly size: number }): MaybeLater<Uint8Array<ArrayBuffer>>;
}

/** A new entry, signed; the body stays as it is. */
export class SignedSealing implements Sealing {
  readonly overhead = 0;
  readonly #sealKey: SealKey;
  #table = new Uint8Array(16 * CHECKSUM_SIZE);
  #count = 0;
  /** The body, while it is one chunk: it is then signed itself. */
  #only: Uint8Array = new Uint8Array();

  /** @param sealKey What it is signed with. */
  constructor(sealKey: SealKey) {
    this.#sealKey = sealKey;
  }

  seal(chunk: Uint8Array<ArrayBuffer>, { number, isLast }: ChunkPlace): Uint8Array<ArrayBuffer> {
    const at = number * CHECKSUM_SIZE;
    if (at === this.#table.length) {
      const larger = new Uint8Array(2 * this.#table.length);
      larger.set(this.#table);
      this.#table = larger;
    }
    this.#table.set(checksumOf(chunk), at);
    this.#count = number + 1;
    if (number === 0 && isLast) this.#only = chunk.slice();
    return chunk;
  }

  open(frame: Uint8Array<ArrayBuffer>, { number }: ChunkPlace): Uint8Array<ArrayBuffer> {
    const table = this.#table.subarray(0, this.#count * CHECKSUM_SIZE);
    if (!isChecksumOf(frame, { table, number })) throw new Error("The checksum differs");
    return frame;
  }

  trailer({ key, size }: { readonly key: string; readonly size: number }): Uint8Array<ArrayBuffer> {
    const before = this.#count > 1 ? this.#table.subarray(0, this.#count * CHECKSUM_SIZE) : this.#only;
    const written = this.#count > 1 ? 0 : before.length;
    return formatTrailer(this.#sealKey, { key, size, before, written });
  }
}

/** A new entry, encrypted and signed. */
export class EncryptedSealing implements Sealing {
  readonly overhead: number = TAG_SIZE;
  readonly #sealKey: SealKey;
  readonly #salt: Uint8Array;
  readonly #cipher: EntryCipher;

  private constructor(sealKey: SealKey, salt: Uint8Array, cipher: EntryCipher) {
    this.#sealKey = sealKey;
    this.#salt = salt;
    this.#cipher = cipher;
  }

  /** @param sealKey What it is sealed with. */
  static async begin(sealKey: SealKey): Promise<EncryptedSealing> {
    const salt = crypto.getRandomValues(new Uint8Array(SALT_SIZE));
    return new EncryptedSealing(sealKey, salt, await EntryCipher.open(sealKey, salt));
  }

  seal(chunk: Uint8Array<ArrayBuffer>, place: ChunkPlace): Promise<Uint8Array<ArrayBuffer>> {
    return this.#cipher.encrypt(chunk, place);
  }

  open(frame: Uint8Array<ArrayBuffer>, place: ChunkPlace): Promise<Uint8Array<ArrayBuffer>> {
    return this.#cipher.decrypt(frame, place);
  }

  async trailer(
    { key, size }: { readonly key: string; readonly size: number },
  ): Promise<Uint8Array<ArrayBuffer>> {
    const kept = await this.#cipher.encryptKey(key);
    const keySize = kept.length - TAG_SIZE;
    if (keySize > LONGEST_KEY) {
      throw new RangeError(`Cannot encrypt an entry whose key has more than ${LONGEST_KEY} bytes`);
    }
    const before = joined([kept, this.#salt]);
    return formatTrailer(this.#sealKey, { key, size, before, written: 0, keySize });
  }
}

/** A whole entry for a body of one chunk at most. */
export async function sealedWhole(
  sealing: Sealing,
  { key, body }: { readonly key: string; readonly body: Uint8Array<ArrayBuffer> },
): Promise<Uint8Array<ArrayBuffer>> {
  const place = { number: 0, isLast: true };
  const frame = body.length === 0 ? body : await sealing.seal(body, place);
  return joined([frame, await sealing.trailer({ key, size: body.length })]);
}

/** Longest body that {@linkcode sealedWhole} takes, in bytes. */
export const LONGEST_WHOLE: number = CHUNK_SIZE;
