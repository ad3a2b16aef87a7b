/**
 * Which file an entry lies in: key ⇄ path below the root. Specified in `src/storage/README.md`.
 *
 * @module
 */

import { sha256Hex } from "../../digest/sha256.ts";

/** The folder of this layout and entry format; another one would have another folder. */
export const VERSION_FOLDER = "v1";

/** Where entries go whose key is no digest, below {@linkcode VERSION_FOLDER}. */
export const OTHER_FOLDER = "other";

/** Where entries are written before they are visible, below {@linkcode VERSION_FOLDER}: on the same file system. */
export const TEMPORARY_FOLDER = "tmp";

/** Where damaged entries are set aside, below {@linkcode VERSION_FOLDER}. */
export const QUARANTINE_FOLDER = "quarantine";

/** Longest name that a key is escaped into, suffix not counted; file systems take 255 bytes, some encrypted ones 143. */
const LONGEST_NAME = 130;

const PLAIN = /^[a-z0-9_-]+$/;

/** The file of a key. */
export interface Place {
  /** Its folder, relative to the version folder. */
  readonly folder: string;
  /** Its name, without suffix. */
  readonly name: string;
  /** Whether the name does not tell the key, so that the entry must. */
  readonly keepsKey: boolean;
}

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Whether a key is a digest, as all of fleche's own are. A loop: on the way of every hit, and faster than an expression. */
export function isDigest(key: string): boolean {
  if (key.length !== 64) return false;
  for (let at = 0; at < 64; at++) {
    const code = key.charCodeAt(at);
    if (code < 0x30 || code > 0x66 || (code > 0x39 && code < 0x61)) return false;
  }
  return true;
}

/** Where the entry of `key` lies. */
export function placeOf(key: string): Place {
  if (isDigest(key)) {
    return { folder: `${key.slice(0, 2)}/${key.slice(2, 4)}`, name: key, keepsKey: false };
  }
  const bytes = bytesOfKey(key);
  const hash = sha256Hex(bytes);
  const folder = `${OTHER_FOLDER}/${hash.slice(0, 2)}/${hash.slice(2, 4)}`;
  const escaped = `=${escapeName(key, bytes)}`;
  if (escaped.length <= LONGEST_NAME) return { folder, name: escaped, keepsKey: false };
  return { folder, name: `~${hash}`, keepsKey: true };
}

/**
 * The key that a file name tells; `undefined` where only the entry tells it (`~…`), and for files that are no entries.
 */
export function keyOfName(name: string): string | undefined {
  if (isDigest(name)) return name;
  if (!name.startsWith("=")) return undefined;
  const key = unescapeName(name.slice(1));
  return key !== undefined && key !== "" && placeOf(key).name === name ? key : undefined;
}

/** Whether a file name is that of an entry which keeps its own key. */
export function isHashedName(name: string): boolean {
  return name.startsWith("~") && isDigest(name.slice(1));
}

/** The UTF-8 form of a key. */
export function bytesOfKey(key: string): Uint8Array<ArrayBuffer> {
  return utf8.encode(key);
}

/** The key that these bytes are the UTF-8 form of; `undefined` when they are of none. */
export function keyOfBytes(bytes: Uint8Array): string | undefined {
  try {
    return fromUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Keeps `a-z 0-9 _ -`, and writes every other byte of the UTF-8 form as `%` and two lower-case hex digits. */
function escapeName(key: string, bytes: Uint8Array): string {
  if (PLAIN.test(key)) return key;
  let name = "";
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    name += PLAIN.test(character) ? character : `%${byte.toString(16).padStart(2, "0")}`;
    if (name.length > LONGEST_NAME) break;
  }
  return name;
}

function unescapeName(name: string): string | undefined {
  const bytes: number[] = [];
  for (let at = 0; at < name.length; at++) {
    if (name[at] !== "%") {
      bytes.push(name.charCodeAt(at));
      continue;
    }
    const byte = Number.parseInt(name.slice(at + 1, at + 3), 16);
    if (Number.isNaN(byte)) return undefined;
    bytes.push(byte);
    at += 2;
  }
  return keyOfBytes(new Uint8Array(bytes));
}
