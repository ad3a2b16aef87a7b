/**
 * The signature of an entry: HMAC-SHA-256 (RFC 2104) over what it is, whose it is, and what its trailer says.
 *
 * @module
 */

import { builtin } from "../../_runtime.ts";
import type { SealKey } from "./_seal_keys.ts";

/** Size of a signature, in bytes. */
export const MAC_SIZE = 32;

const DOMAIN = new TextEncoder().encode("fleche sealed entry\0");

const encoder = new TextEncoder();

/**
 * Signs.
 *
 * @param signed `key`: that of the entry. `bytes`: what stands in front of the signature, all that it covers.
 */
export function macOf(
  { sign }: SealKey,
  signed: { readonly key: string; readonly bytes: Uint8Array },
): Uint8Array {
  const key = encoder.encode(signed.key);
  const before = new Uint8Array(DOMAIN.length + 4 + key.length);
  before.set(DOMAIN);
  new DataView(before.buffer).setUint32(DOMAIN.length, key.length);
  before.set(key, DOMAIN.length + 4);
  return builtin("node:crypto").createHmac("sha256", sign).update(before).update(signed.bytes).digest();
}

/** Whether that is the signature; how long it takes does not say how much of it is right. */
export function isMac(
  key: SealKey,
  signed: { readonly key: string; readonly bytes: Uint8Array; readonly mac: Uint8Array },
): boolean {
  return builtin("node:crypto").timingSafeEqual(macOf(key, signed), signed.mac);
}
