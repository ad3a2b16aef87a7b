/**
 * Reads an entry of any size: its seal and its first chunk before anything is promised, the others each before it is
 * delivered.
 *
 * @module
 */

import { IntegrityError } from "../../errors.ts";
import { keptBody } from "../_kept_body.ts";
import { type ChunkSource, pulledStream } from "../pulled_stream.ts";
import { type Extent, extentOf } from "../_range.ts";
import type { StoredBody } from "../types.ts";
import { CHECKSUM_SIZE, checksumStandsAt } from "./_checksum.ts";
import type { FileIdentity } from "./_folder.ts";
import { closeRead, isMissing, nodeFs, openForReading, readAt } from "./_fs.ts";
import { bytesOfKey } from "./_layout.ts";
import { type Damage, isForeign } from "./_small_file.ts";
import { type Footer, FOOTER_SIZE, parseFooter, sealHolds } from "./_trailer.ts";

/** About how much is read at once, in bytes: whole chunks. */
const PIECE_SIZE: number = 1024 * 1024;

/** Where an entry lies. */
export interface EntryFile {
  /** Its path. */
  readonly path: string;
  /** The key that it must be sealed with. */
  readonly key: string;
  /** Whether the folder that it lies in is there. */
  isReachable(): boolean;
  /** Sets it aside, as what was seen is damaged. */
  setAside(seen?: FileIdentity): void;
  /** Told that it is of a version that is not known. */
  onNewer(): void;
}

/** What is known of an entry whose seal holds. */
export interface Opening {
  readonly footer: Footer;
  /** The footer as it stands in the file: another entry has another one. */
  readonly end: Uint8Array;
  /** Checksums of the chunks; empty when there is only one. */
  readonly checksums: Uint8Array;
  /** The first chunk. */
  readonly head: Uint8Array<ArrayBuffer>;
}

/**
 * Finds an entry. Its seal and its first chunk have then been checked.
 *
 * @returns `undefined` when there is none, when a newer version wrote it, and when it was damaged (it is then set aside).
 * @throws When the file is there and cannot be read, as for want of permission.
 */
export async function findLarge(file: EntryFile): Promise<StoredBody | undefined> {
  const fd = openEntry(file);
  if (fd === undefined) return undefined;
  try {
    const opening = await readOpening(fd, file.key);
    if (opening === "newer") {
      file.onNewer();
      return undefined;
    }
    if ("damaged" in opening) {
      file.setAside(opening.damaged);
      return undefined;
    }
    return opening.footer.chunkCount === 1 ? keptBody([opening.head]) : largeBody(file, opening);
  } finally {
    closeRead(fd);
  }
}

function openEntry(file: EntryFile): number | undefined {
  try {
    return file.isReachable() ? openForReading(file.path) : undefined;
  } catch (error) {
    if (isForeign(error)) file.setAside();
    else if (!isMissing(error)) throw error;
    return undefined;
  }
}

/** Reads what an open file says of itself, and its first chunk. */
export async function readOpening(fd: number, key: string): Promise<Opening | "newer" | Damage> {
  const stat = nodeFs().fstatSync(fd);
  const damage: Damage = { damaged: stat };
  if (!stat.isFile() || stat.size < FOOTER_SIZE) return damage;
  const end = new Uint8Array(FOOTER_SIZE);
  if (await readAt(fd, end, FOOTER_SIZE, stat.size - FOOTER_SIZE) < FOOTER_SIZE) return damage;
  const footer = parseFooter(new DataView(end.buffer), 0, stat.size);
  if (footer === "newer") return footer;
  if (footer === "damaged") return damage;
  const { chunkCount, chunkSize, payloadSize, sealAt, sealedFrom } = footer;
  const keyBytes = bytesOfKey(key);
  const sealedSize = stat.size - sealedFrom;
  const bytes = new Uint8Array(keyBytes.length + sealedSize);
  bytes.set(keyBytes);
  const sealed = bytes.subarray(keyBytes.length);
  if (await readAt(fd, sealed, sealedSize, sealedFrom) < sealedSize) return damage;
  if (!sealHolds(bytes, 0, keyBytes.length + sealAt - sealedFrom)) return damage;
  if (chunkCount === 1) {
    return { footer, end, checksums: new Uint8Array(), head: sealed.slice(0, payloadSize) };
  }
  const head = new Uint8Array(chunkSize);
  if (await readAt(fd, head, chunkSize, 0) < chunkSize || !checksumStandsAt(sealed, 0, head)) return damage;
  return { footer, end, checksums: sealed.subarray(0, chunkCount * CHECKSUM_SIZE), head };
}

function largeBody(file: EntryFile, opening: Opening): StoredBody {
  return {
    size: opening.footer.payloadSize,
    // Not clamped to this size: the entry may be another one when it is opened.
    stream: (range) => pulledStream(new LargeReader(file, opening, extentOf(range))),
    async bytes() {
      const reader = new LargeReader(file, opening, extentOf(undefined));
      try {
        const whole = new Uint8Array(await reader.open());
        let at = 0;
        for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) {
          whole.set(chunk, at);
          at += chunk.length;
        }
        return whole;
      } finally {
        await reader.close();
      }
    },
  };
}

/**
 * One reading of an entry or a part of it, one piece ahead of whoever reads; of the chunks, those alone that the part lies
 * in. It reads the entry that is there when it is opened: the one that was found, or the one that has replaced it since.
 */
class LargeReader implements ChunkSource {
  readonly #file: EntryFile;
  readonly #extent: Extent;
  #opening: Opening;
  #fd: number | undefined;
  #turn: Promise<unknown> | undefined;
  #ahead: Promise<Uint8Array<ArrayBuffer>> | undefined;
  /** Offset of the piece that is being read ahead. */
  #offset = 0;
  #isBegun = false;

  constructor(file: EntryFile, opening: Opening, extent: Extent) {
    this.#file = file;
    this.#opening = opening;
    this.#extent = extent;
  }

  /** Opens the file and gives the size of the body in it. */
  async open(): Promise<number> {
    const fd = this.#fd = openEntry(this.#file);
    if (fd === undefined) throw this.#lost(0, "it is no longer there");
    const { end } = this.#opening;
    const { size } = nodeFs().fstatSync(fd);
    const endNow = new Uint8Array(FOOTER_SIZE);
    await readAt(fd, endNow, FOOTER_SIZE, Math.max(0, size - FOOTER_SIZE));
    if (!endNow.every((byte, at) => byte === end[at])) {
      const opening = await readOpening(fd, this.#file.key);
      if (opening === "newer") {
        this.#file.onNewer();
        throw this.#lost(0, "a newer version has replaced it");
      }
      if ("damaged" in opening) throw this.#damaged(0, opening.damaged);
      this.#opening = opening;
    }
    return this.#opening.footer.payloadSize;
  }

  next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const turn = this.#isBegun ? this.#nextPiece() : this.#begin();
    this.#isBegun = true;
    this.#turn = turn;
    return turn;
  }

  async #begin(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#fd === undefined) await this.open();
    const { start, end } = this.#extent;
    const { head, footer: { chunkSize, payloadSize } } = this.#opening;
    if (start >= Math.min(end, payloadSize)) return undefined;
    if (start < chunkSize) {
      this.#readAhead(head.length);
      return head.slice(start, end);
    }
    this.#readAhead(start - start % chunkSize);
    return await this.#nextPiece();
  }

  async #nextPiece(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#ahead === undefined) return undefined;
    const piece = await this.#ahead;
    const offset = this.#offset;
    this.#readAhead(offset + piece.length);
    this.#verify(piece, offset);
    return piece.subarray(Math.max(0, this.#extent.start - offset), this.#extent.end - offset);
  }

  #readAhead(offset: number): void {
    const { chunkSize, payloadSize } = this.#opening.footer;
    const lastEnd = Math.min(Math.ceil(this.#extent.end / chunkSize) * chunkSize, payloadSize);
    this.#offset = offset;
    this.#ahead = undefined;
    if (offset >= lastEnd || this.#fd === undefined) return;
    const wanted = Math.min(Math.ceil(PIECE_SIZE / chunkSize) * chunkSize, lastEnd - offset);
    const piece = new Uint8Array(wanted);
    this.#ahead = readAt(this.#fd, piece, wanted, offset).then((count) => {
      if (count < wanted) throw this.#damaged(offset + count - count % chunkSize);
      return piece;
    });
    // Awaited at the next turn; until then a failure must not count as unhandled.
    this.#ahead.catch(() => {});
  }

  #verify(piece: Uint8Array, offset: number): void {
    const { checksums, footer: { chunkSize } } = this.#opening;
    for (let at = 0; at < piece.length; at += chunkSize) {
      const index = (offset + at) / chunkSize;
      if (!checksumStandsAt(checksums, index * CHECKSUM_SIZE, piece.subarray(at, at + chunkSize))) {
        throw this.#damaged(offset + at);
      }
    }
  }

  #damaged(offset: number, seen?: FileIdentity): IntegrityError {
    const identity = seen ?? (this.#fd === undefined ? undefined : nodeFs().fstatSync(this.#fd));
    this.#file.setAside(identity);
    return this.#lost(offset, "the stored bytes are damaged");
  }

  #lost(offset: number, reason: string): IntegrityError {
    return new IntegrityError(this.#file.key, offset, reason);
  }

  async close(): Promise<void> {
    // The descriptor must not be closed, and its number given to another file, under a read.
    await this.#turn?.catch(() => {});
    await this.#ahead?.catch(() => {});
    if (this.#fd !== undefined) closeRead(this.#fd);
    this.#fd = undefined;
  }
}
