/**
 * The encryption of one entry: AES-256-GCM by WebCrypto, chunk by chunk, under a key that no other entry has.
 *
 * The nonces are those of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse
 * Misuse-Resistance, CRYPTO 2015) as https://age-encryption.org/v1 has them: the number of the chunk in 11 bytes, and one
 * that says whether it is the last. So none occurs twice, and chunks can be neither left out nor put in another order.
 *
 * @module
 */

import { entryKey, type SealKey } from "./_seal_keys.ts";

/** The last byte of a nonce. */
const INNER_CHUNK = 0;
const LAST_CHUNK = 1;
/** What the entry's own key is encrypted with; the number is 0 then. */
const KEPT_KEY = 2;

const NONCE_SIZE = 12;

/** Encrypts and decrypts what belongs to one entry. */
export class EntryCipher {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /** @param salt That of the entry. */
  static async open(key: SealKey, salt: Uint8Array): Promise<EntryCipher> {
    const usages = ["encrypt", "decrypt"] as const;
    return new EntryCipher(
      await crypto.subtle.importKey("raw", entryKey(key, salt), "AES-GCM", false, usages),
    );
  }

  /** Encrypts a chunk; it must not change meanwhile. */
  encrypt(
    chunk: Uint8Array<ArrayBuffer>,
    { number, isLast }: { readonly number: number; readonly isLast: boolean },
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#encrypted(chunk, nonce(number, isLast ? LAST_CHUNK : INNER_CHUNK));
  }

  /** Decrypts a chunk. @throws (rejects) When it is not the one that was encrypted under that number. */
  decrypt(
    chunk: Uint8Array<ArrayBuffer>,
    { number, isLast }: { readonly number: number; readonly isLast: boolean },
  ): Promise<Uint8Array<ArrayBuffer>> {
    return this.#decrypted(chunk, nonce(number, isLast ? LAST_CHUNK : INNER_CHUNK));
  }

  /** Encrypts the entry's own key. */
  encryptKey(key: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.#encrypted(new TextEncoder().encode(key), nonce(0, KEPT_KEY));
  }

  /** Decrypts it. @throws (rejects) When it is not what was encrypted. */
  async decryptKey(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(await this.#decrypted(bytes, nonce(0, KEPT_KEY)));
  }

  async #encrypted(
    bytes: Uint8Array<ArrayBuffer>,
    iv: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#key, bytes));
  }

  async #decrypted(
    bytes: Uint8Array<ArrayBuffer>,
    iv: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.#key, bytes));
  }
}

function nonce(number: number, kind: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(NONCE_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(NONCE_SIZE - 5, number);
  view.setUint8(NONCE_SIZE - 1, kind);
  return bytes;
}
