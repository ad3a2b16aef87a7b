/**
 * The keys that entries are sealed with, made from the secrets of a configuration: one for each purpose, so that what is
 * done with one says nothing about another. HKDF (RFC 5869) over SHA-256.
 *
 * @module
 */

import { builtin } from "../../_runtime.ts";
import { secretBytes } from "./secret_key.ts";

/** Size of every key that is made, in bytes. */
const KEY_SIZE = 32;

/** What one secret gives. */
export interface SealKey {
  /** Signs entries: HMAC-SHA-256. */
  readonly sign: Uint8Array;
  /** Gives every encrypted entry a key of its own: {@linkcode entryKey}. */
  readonly encrypt: Uint8Array;
  /** Masks the names of encrypted entries: HMAC-SHA-256. */
  readonly names: Uint8Array;
}

/**
 * The keys of all secrets; the first is what new entries are sealed with.
 *
 * @param codec Name of the codec of what is sealed: an entry that was copied to where another codec would read it, which may
 *   make something else of its bytes, is signed with no known key there.
 */
export function sealKeys(secrets: readonly string[], codec: string): readonly SealKey[] {
  return secretBytes(secrets).map((secret) => ({
    sign: derived(secret, `fleche sealed 1 sign ${codec}`),
    encrypt: derived(secret, "fleche sealed 1 encrypt"),
    names: derived(secret, "fleche sealed 1 names"),
  }));
}

/** The AES-256 key of one entry alone. @param salt That of the entry: random, and never used for another. */
export function entryKey(key: SealKey, salt: Uint8Array): Uint8Array<ArrayBuffer> {
  return derived(key.encrypt, "fleche sealed 1 entry", salt);
}

const NO_SALT = new Uint8Array();

function derived(from: Uint8Array, purpose: string, salt: Uint8Array = NO_SALT): Uint8Array<ArrayBuffer> {
  return new Uint8Array(builtin("node:crypto").hkdfSync("sha256", from, salt, purpose, KEY_SIZE));
}
