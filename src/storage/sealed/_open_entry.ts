/**
 * From the end of an entry to its body: whether it is sealed with a known key, and what it holds then.
 *
 * @module
 */

import { type BlockedEntry, BlockReader, Damage } from "../_block_reader.ts";
import { readPart, sizeOf } from "../_exact_reader.ts";
import { keptBody } from "../_kept_body.ts";
import type { StoredBody } from "../types.ts";
import { isChecksumOf } from "./_chunk_sums.ts";
import { EntryCipher } from "./_entry_cipher.ts";
import type { SealKey } from "./_seal_keys.ts";
import {
  CHUNK_SIZE,
  chunkCount,
  type Facts,
  parseFooter,
  type Refusal,
  signerOf,
  TAG_SIZE,
} from "./_trailer.ts";
import { FOOTER_SIZE } from "./seal_mark.ts";

/** Longest entry that is read in one go, in bytes: one whose body is a chunk, and signed itself. */
const LONGEST_WHOLE: number = CHUNK_SIZE + FOOTER_SIZE;

/** How much of the end of a longer one is read at first, in bytes: the trailer of up to 512 MiB. */
const END_SIZE: number = 64 * 1024;

/** What an entry is opened with. */
export interface Opening {
  /** The key that it must be bound to. */
  readonly key: string;
  /** The keys that it may be sealed with. */
  readonly keys: readonly SealKey[];
  /** Whether it must be encrypted, or must not. */
  readonly isEncrypted: boolean;
}

/** The end of an entry, and what its footer says. */
export interface EntryEnd {
  /** What it ends in: at least what is signed, all of it where it is short. */
  readonly end: Uint8Array<ArrayBuffer>;
  /** Its size, in bytes. */
  readonly entrySize: number;
  /** True only when they are signed. */
  readonly facts: Facts;
}

/** Reads the end of an entry; nothing of it is checked. */
export async function readEnd(stored: StoredBody): Promise<EntryEnd | Refusal> {
  const size = await sizeOf(stored);
  const isShort = size <= LONGEST_WHOLE;
  const end = isShort ? await stored.bytes() : await readPart(stored, { start: size - END_SIZE, end: size });
  // What has replaced a short one meanwhile is as good.
  const entrySize = isShort ? end.length : size;
  const facts = parseFooter(end, entrySize);
  if (typeof facts === "string") return facts;
  const wanted = facts.signedSize + FOOTER_SIZE;
  if (wanted <= end.length) return { end, entrySize, facts };
  const whole = await readPart(stored, { start: entrySize - wanted, end: entrySize });
  return whole.length === wanted ? { end: whole, entrySize, facts } : "refused";
}

/**
 * The body of a short signed entry.
 *
 * @returns A part of `entry`; `"large"` when it is longer than a chunk.
 */
export function openShort(
  entry: Uint8Array<ArrayBuffer>,
  { key, keys }: Opening,
): Uint8Array<ArrayBuffer> | "large" | Refusal {
  const facts = parseFooter(entry, entry.length);
  if (typeof facts === "string") return facts;
  if (facts.isEncrypted) return "encrypted";
  if (facts.signedSize !== facts.size) return "large";
  return signerOf(keys, { key, end: entry, facts }) === undefined ? "refused" : entry.subarray(0, facts.size);
}

/**
 * Opens an entry.
 *
 * @returns Its body where that is short, otherwise what it is read from; its first chunk is checked then.
 * @throws (rejects) What the storage fails with.
 */
export async function openEntry(
  stored: StoredBody,
  opening: Opening,
): Promise<Uint8Array<ArrayBuffer> | BlockedEntry | Refusal> {
  const found = await readEnd(stored);
  if (typeof found === "string") return found;
  const { end, entrySize, facts } = found;
  if (facts.isEncrypted !== opening.isEncrypted) return facts.isEncrypted ? "encrypted" : "refused";
  const sealKey = signerOf(opening.keys, { key: opening.key, end, facts });
  if (sealKey === undefined) return "refused";
  if (!facts.isEncrypted && facts.signedSize === facts.size) return end.subarray(0, facts.size);
  const entry = await blockedEntry(stored, found, sealKey);
  try {
    // What is at hand is not read once more.
    if (chunkCount(facts) <= 1 && end.length === entrySize) {
      return facts.size === 0 ? new Uint8Array() : await entry.open(0, end.subarray(0, entry.end));
    }
  } catch {
    return "refused";
  }
  return await isFirstWhole(entry) ? entry : "refused";
}

async function isFirstWhole(entry: BlockedEntry): Promise<boolean> {
  const first = new BlockReader(entry, 0, 1);
  try {
    await first.next();
    return true;
  } catch (error) {
    if (error instanceof Damage) return false;
    throw error;
  } finally {
    await first.close();
  }
}

async function blockedEntry(
  stored: StoredBody,
  { end, facts }: EntryEnd,
  sealKey: SealKey,
): Promise<BlockedEntry> {
  const { isEncrypted, size, chunkSize, keySize } = facts;
  const count = chunkCount(facts);
  const signed = end.subarray(end.length - FOOTER_SIZE - facts.signedSize, end.length - FOOTER_SIZE);
  const overhead = isEncrypted ? TAG_SIZE : 0;
  const cipher = isEncrypted
    ? await EntryCipher.open(sealKey, signed.subarray(keySize + TAG_SIZE))
    : undefined;
  return {
    stored,
    size,
    blockSize: chunkSize,
    end: size + count * overhead,
    identity: end.subarray(-FOOTER_SIZE).join(),
    frameAt: (number) =>
      number >= count ? undefined : {
        offset: number * (chunkSize + overhead),
        size: Math.min(chunkSize, size - number * chunkSize) + overhead,
      },
    open(number, frame) {
      if (cipher !== undefined) return cipher.decrypt(frame, { number, isLast: number === count - 1 });
      if (!isChecksumOf(frame, { table: signed, number })) throw new Error("The checksum differs");
      return frame;
    },
  };
}

/** A short body as what bodies are read from. */
export function shortEntry(body: Uint8Array<ArrayBuffer>): BlockedEntry {
  const size = body.length;
  return {
    stored: keptBody([body]),
    size,
    blockSize: Math.max(1, size),
    end: size,
    identity: "short",
    frameAt: (number) => number === 0 ? { offset: 0, size } : undefined,
    open: (_number, frame) => frame,
  };
}

/** The own key of an encrypted entry, and the key that it is sealed with; `undefined` when it is none that is known. */
export async function keptKey(
  { end, facts }: EntryEnd,
  keys: readonly SealKey[],
): Promise<{ readonly key: string; readonly sealKey: SealKey } | undefined> {
  if (!facts.isEncrypted) return undefined;
  const signedAt = end.length - FOOTER_SIZE - facts.signedSize;
  const kept = end.subarray(signedAt, signedAt + facts.keySize + TAG_SIZE);
  const salt = end.subarray(signedAt + facts.keySize + TAG_SIZE, end.length - FOOTER_SIZE);
  for (const sealKey of keys) {
    try {
      const key = await (await EntryCipher.open(sealKey, salt)).decryptKey(kept);
      if (signerOf([sealKey], { key, end, facts }) !== undefined) return { key, sealKey };
    } catch {
      // Another one's.
    }
  }
  return undefined;
}
