/**
 * The end of a sealed entry: what the signature covers besides the body, and the footer. Specified in
 * `src/storage/README.md`.
 *
 * @module
 */

import { joined } from "../_joined.ts";
import { isMac, MAC_SIZE, macOf } from "./_mac.ts";
import type { SealKey } from "./_seal_keys.ts";
import { FOOTER_SIZE, looksSealed, SEAL_MAGIC } from "./seal_mark.ts";

/** Size of the chunks that are sealed each for itself, as a power of two: 256 KiB. */
const CHUNK_BITS = 18;

/** Size of the chunks but the last, in bytes, as they are written. */
export const CHUNK_SIZE: number = 2 ** CHUNK_BITS;

/** Chunk sizes that are read, as powers of two. */
const LEAST_CHUNK_BITS = 16;
const MOST_CHUNK_BITS = 20;

/** Most chunks of an entry: 1 TiB in chunks of 256 KiB, with a table of 128 MiB. */
export const MOST_CHUNKS: number = 2 ** 22;

/** Size of a chunk's checksum in the table of a signed entry, in bytes. */
export const CHECKSUM_SIZE = 32;

/** What AES-GCM adds to whatever it encrypts, in bytes. */
export const TAG_SIZE = 16;

/** Size of the salt of an encrypted entry, in bytes. */
export const SALT_SIZE = 32;

/** Longest key that an encrypted entry can keep, in bytes. */
export const LONGEST_KEY: number = 1024 * 1024;

const VERSION = 1;
const ENCRYPTED = 1;
/** The footer without the signature, in bytes. */
const FACTS_SIZE: number = FOOTER_SIZE - MAC_SIZE;

/** What an entry says of itself; true only when it is signed. */
export interface Facts {
  /** Whether the body is encrypted. */
  readonly isEncrypted: boolean;
  /** Size of the body, in bytes. */
  readonly size: number;
  /** Size of the chunks but the last, in bytes. */
  readonly chunkSize: number;
  /** Size of the key that an encrypted entry keeps, in bytes, before it is encrypted. */
  readonly keySize: number;
  /** How many bytes in front of the footer are signed with it: the body itself, the checksums of its chunks, or key and salt. */
  readonly signedSize: number;
}

/** Why an entry is none that can be used. */
export type Refusal = "unsigned" | "refused" | "encrypted" | "newer";

/** How many chunks a body has. */
export function chunkCount(
  { size, chunkSize }: { readonly size: number; readonly chunkSize: number },
): number {
  return Math.ceil(size / chunkSize);
}

/**
 * The signed end of an entry.
 *
 * @param entry `before`: what is signed with the footer and stands in front of it. `written`: how much of that is written
 *   already: all of it when it is the body.
 */
export function formatTrailer(
  sealKey: SealKey,
  entry: {
    readonly key: string;
    readonly size: number;
    readonly before: Uint8Array;
    readonly written: number;
    readonly keySize?: number;
  },
): Uint8Array<ArrayBuffer> {
  const { key, size, before, written, keySize } = entry;
  const facts = new Uint8Array(FACTS_SIZE);
  const view = new DataView(facts.buffer);
  facts.set([...SEAL_MAGIC, VERSION, keySize === undefined ? 0 : ENCRYPTED, CHUNK_BITS]);
  view.setBigUint64(8, BigInt(size));
  view.setUint32(16, keySize ?? 0);
  const bytes = joined([before, facts]);
  return joined([bytes.subarray(written), macOf(sealKey, { key, bytes })]);
}

/**
 * Reads the footer of an entry. Nothing of it is checked but that it fits the size of the entry.
 *
 * @param end What the entry ends in.
 * @param entrySize Size of the entry, in bytes.
 */
export function parseFooter(end: Uint8Array, entrySize: number): Facts | Refusal {
  if (!looksSealed(end)) return "unsigned";
  const at = end.length - FOOTER_SIZE;
  const view = new DataView(end.buffer, end.byteOffset + at, FOOTER_SIZE);
  const version = view.getUint8(5);
  if (version > VERSION) return "newer";
  const flags = view.getUint8(6);
  const chunkBits = view.getUint8(7);
  if (version !== VERSION || flags > ENCRYPTED) return "refused";
  if (chunkBits < LEAST_CHUNK_BITS || chunkBits > MOST_CHUNK_BITS) return "refused";
  const isEncrypted = flags === ENCRYPTED;
  const size = Number(view.getBigUint64(8));
  const keySize = view.getUint32(16);
  const chunkSize = 2 ** chunkBits;
  const count = chunkCount({ size, chunkSize });
  if (count > MOST_CHUNKS || keySize > LONGEST_KEY || isEncrypted !== keySize > 0) return "refused";
  const signedSize = isEncrypted ? keySize + TAG_SIZE + SALT_SIZE : count > 1 ? count * CHECKSUM_SIZE : size;
  const bodySize = isEncrypted ? size + count * TAG_SIZE : count > 1 ? size : 0;
  if (bodySize + signedSize + FOOTER_SIZE !== entrySize) return "refused";
  return { isEncrypted, size, chunkSize, keySize, signedSize };
}

/**
 * The one of some keys that an entry is signed with.
 *
 * @param signed `key`: that of the entry. `end`: what it ends in, the signed bytes at least. `facts`: what that says.
 */
export function signerOf(
  keys: readonly SealKey[],
  signed: { readonly key: string; readonly end: Uint8Array; readonly facts: Facts },
): SealKey | undefined {
  const { key, end, facts } = signed;
  const macAt = end.length - MAC_SIZE;
  const bytes = end.subarray(end.length - FOOTER_SIZE - facts.signedSize, macAt);
  const mac = end.subarray(macAt);
  return keys.find((sealKey) => isMac(sealKey, { key, bytes, mac }));
}
