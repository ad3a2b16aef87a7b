/**
 * Reads git's index, versions 2 to 4, and tells which tree it stands for.
 * Format: gitformat-index(5).
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import { builtin } from "../../_runtime.ts";

/** A tracked file as git last saw it. */
export interface IndexEntry {
  /** Path below the root, as UTF-8. */
  readonly path: Buffer;
  /** Hex name of the content. */
  readonly object: string;
  /** Kind and executable bit, as `0o100644`; see {@linkcode FileKind}. */
  readonly mode: number;
  /** Size modulo 2³² in bytes; 0 also where git wants the content to be compared. */
  readonly size: number;
  readonly mtimeSeconds: number;
  readonly mtimeNanoseconds: number;
  /** 0 where whoever wrote the index does not keep it. */
  readonly ctimeSeconds: number;
  /** Whether the working tree's file is to be taken as unchanged (or absent on purpose). */
  readonly trusted: boolean;
  /** Whether it is in the middle of a merge, or only announced by `git add --intent-to-add`. */
  readonly unfinished: boolean;
}

/** Kinds of entries, in the upper bits of the mode. */
export const KIND_MASK: number = 0o170000;
/** A symbolic link. */
export const KIND_LINK: number = 0o120000;
/** A commit of a submodule. */
export const KIND_COMMIT: number = 0o160000;

const HEADER_BYTES = 12;
const STAT_BYTES = 40;
const ASSUME_VALID = 0x8000;
const EXTENDED = 0x4000;
const STAGE = 0x3000;
const SKIP_WORKTREE = 0x4000;
const INTENT_TO_ADD = 0x2000;

/**
 * Reads the entries of an index.
 *
 * @param bytes The whole file.
 * @param nameSize Size in bytes of an object's name: 20 with SHA-1, 32 with SHA-256.
 * @param most How many entries at most.
 * @returns The entries in their order; `undefined` where there are more, or where it is of a form that only git understands
 * (a split or sparse index, an unknown version).
 * @throws {RangeError} When it is cut short.
 */
export function readIndex(bytes: Buffer, nameSize: number, most: number): IndexEntry[] | undefined {
  if (bytes.toString("latin1", 0, 4) !== "DIRC") return undefined;
  const version = bytes.readUInt32BE(4);
  const count = bytes.readUInt32BE(8);
  if (version < 2 || version > 4 || count > most) return undefined;
  const entries: IndexEntry[] = [];
  let path: Buffer = bytes.subarray(0, 0);
  let at = HEADER_BYTES;
  for (let each = 0; each < count; each++) {
    const start = at;
    at += STAT_BYTES + nameSize;
    const flags = bytes.readUInt16BE(at);
    at += 2;
    const more = flags & EXTENDED ? bytes.readUInt16BE(at) : 0;
    if (flags & EXTENDED) at += 2;
    let kept = 0;
    if (version === 4) {
      // The path goes on from the one before, of which so many bytes are dropped.
      let byte = bytes.readUInt8(at++);
      let dropped = byte & 127;
      while (byte & 128) {
        byte = bytes.readUInt8(at++);
        dropped = (dropped + 1) * 128 + (byte & 127);
      }
      kept = path.length - dropped;
    }
    const end = bytes.indexOf(0, at);
    if (end < 0 || kept < 0) throw new RangeError("Cannot read the index: it is cut short");
    const rest = bytes.subarray(at, end);
    path = kept > 0 ? builtin("node:buffer").Buffer.concat([path.subarray(0, kept), rest]) : rest;
    // Before version 4 one to eight zeros fill the entry up to a multiple of eight bytes.
    at = version === 4 ? end + 1 : start + ((end - start + 8) & ~7);
    entries.push({
      path,
      object: bytes.toString("hex", start + STAT_BYTES, start + STAT_BYTES + nameSize),
      ctimeSeconds: bytes.readUInt32BE(start),
      mtimeSeconds: bytes.readUInt32BE(start + 8),
      mtimeNanoseconds: bytes.readUInt32BE(start + 12),
      mode: bytes.readUInt32BE(start + 24),
      size: bytes.readUInt32BE(start + 36),
      trusted: (flags & ASSUME_VALID) !== 0 || (more & SKIP_WORKTREE) !== 0,
      unfinished: (flags & STAGE) !== 0 || (more & INTENT_TO_ADD) !== 0,
    });
  }
  return hasForeignExtension(bytes, at, nameSize) ? undefined : entries;
}

/** Whether an extension follows without which the entries mean something else: those whose name is in lower case. */
function hasForeignExtension(bytes: Buffer, start: number, nameSize: number): boolean {
  for (let at = start; at + 8 <= bytes.length - nameSize; at += 8 + bytes.readUInt32BE(at + 4)) {
    const first = bytes.readUInt8(at);
    if (first < 0x41 || first > 0x5a) return true;
  }
  return false;
}

/**
 * The hex name of the tree that the index stands for: what `git write-tree` prints, without writing it.
 *
 * @param entries Entries in the index's order.
 */
export function treeOfIndex(entries: readonly IndexEntry[], algorithm: "sha1" | "sha256"): string {
  const { Buffer } = builtin("node:buffer");
  let next = 0;
  // Entries of one folder stand together, in the very order that the tree object wants.
  const build = (prefix: Buffer): string => {
    const parts: Buffer[] = [];
    for (let entry = entries[next]; entry !== undefined; entry = entries[next]) {
      const { path } = entry;
      if (!path.subarray(0, prefix.length).equals(prefix)) break;
      const slash = path.indexOf(0x2f, prefix.length);
      const end = slash < 0 ? path.length : slash;
      const name = path.toString("latin1", prefix.length, end);
      const mode = slash < 0 ? entry.mode.toString(8) : "40000";
      if (slash < 0) next++;
      const object = slash < 0 ? entry.object : build(path.subarray(0, slash + 1));
      parts.push(Buffer.from(`${mode} ${name}\0`, "latin1"), Buffer.from(object, "hex"));
    }
    return objectName("tree", Buffer.concat(parts), algorithm);
  };
  return build(Buffer.alloc(0));
}

/** The hex name of an object. */
export function objectName(type: "blob" | "tree", body: Uint8Array, algorithm: "sha1" | "sha256"): string {
  return builtin("node:crypto").createHash(algorithm).update(`${type} ${body.length}\0`).update(body).digest(
    "hex",
  );
}
