/**
 * The folders that entries lie in. Each is looked at once in a process before anything goes through it: what an attacker
 * has put in its place, a link above all, would lead out of the root. What is remembered are a few KiB of bits, so that a
 * hit pays next to nothing.
 *
 * @module
 */

import { makeFolders } from "../../_runtime.ts";
import { nodeFs } from "./_fs.ts";
import { OTHER_FOLDER } from "./_layout.ts";
import { syncFolder } from "./_sync.ts";

/** How many folders of entries there are: 256 × 256 of digests, and as many of other keys. */
const SHARDS = 2 * 65_536;

/** What the path of another key's entry has behind the version folder, where that of a digest has a digit. */
const OTHER_BEGINS: number = OTHER_FOLDER.charCodeAt(0);

/** The folders of entries below a version folder. */
export class Shards {
  readonly #base: string;
  readonly #setAside: (path: string) => void;
  /** Those that were seen to be folders, and the ones above them (a 256th as many), by number. */
  readonly #seen = new NumberSet(SHARDS);
  readonly #seenAbove = new NumberSet(SHARDS / 256);
  /** Those whose names are known to outlast the machine's death, likewise. */
  readonly #lasting = new NumberSet(SHARDS);
  readonly #lastingAbove = new NumberSet(SHARDS / 256);

  /**
   * @param base The version folder.
   * @param setAside Moves what is no folder, and stands in the place of one, out of the way.
   */
  constructor(base: string, setAside: (path: string) => void) {
    this.#base = base;
    this.#setAside = setAside;
  }

  /** Whether the folder of an entry is there. Whatever else is in its place is set aside. */
  has(path: string): boolean {
    const shard = this.#numberOf(path);
    return this.#seen.has(shard) || this.#look(path, shard);
  }

  /** Makes the folder of an entry, which was not there. */
  make(path: string): void {
    makeFolders(parentOf(path));
  }

  /** Forgets what was seen of the folder of an entry: it has vanished. */
  forget(path: string): void {
    const shard = this.#numberOf(path);
    this.#seen.delete(shard);
    this.#seenAbove.delete(shard >> 8);
  }

  /**
   * Has the name of an entry, and those of the folders that it lies in, outlast the machine's death; those above the version
   * folder excepted. The name of a folder that is there may not: another process can have made it just now.
   */
  sync(path: string): void {
    const shard = this.#numberOf(path);
    const folder = parentOf(path);
    const above = parentOf(folder);
    syncFolder(folder);
    if (this.#lasting.has(shard)) return;
    syncFolder(above);
    if (!this.#lastingAbove.has(shard >> 8)) {
      for (let at = parentOf(above); at.length >= this.#base.length; at = parentOf(at)) syncFolder(at);
      this.#lastingAbove.add(shard >> 8);
    }
    this.#lasting.add(shard);
  }

  #look(path: string, shard: number): boolean {
    const folder = parentOf(path);
    if (!this.#seenAbove.has(shard >> 8)) {
      if (!this.#isAboveThere(parentOf(folder))) {
        this.#lastingAbove.delete(shard >> 8);
        this.#lasting.delete(shard);
        return false;
      }
      this.#seenAbove.add(shard >> 8);
    }
    if (this.#isFolder(folder)) this.#seen.add(shard);
    else this.#lasting.delete(shard);
    return this.#seen.has(shard);
  }

  #isAboveThere(above: string): boolean {
    const parent = parentOf(above);
    return isOwnFolder(this.#base) && (parent === this.#base || this.#isFolder(parent)) &&
      this.#isFolder(above);
  }

  #isFolder(path: string): boolean {
    const found = nodeFs().lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return false;
    if (found.isDirectory()) return true;
    this.#setAside(path);
    return false;
  }

  /** Of the folder of an entry: 0 to 65535 for digests, as many more for other keys; a 256th is that of the one above. */
  #numberOf(path: string): number {
    const start = this.#base.length + 1;
    const isOther = path.charCodeAt(start) === OTHER_BEGINS;
    const at = isOther ? start + OTHER_FOLDER.length + 1 : start;
    return (isOther ? 0x10000 : 0) |
      digit(path.charCodeAt(at)) << 12 | digit(path.charCodeAt(at + 1)) << 8 |
      digit(path.charCodeAt(at + 3)) << 4 | digit(path.charCodeAt(at + 4));
  }
}

/**
 * Whether a version folder is there.
 *
 * @throws When it is a link: it leads elsewhere, and there is no place to move it to.
 */
export function isOwnFolder(base: string): boolean {
  const found = nodeFs().lstatSync(base, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() !== true) return found?.isDirectory() === true;
  throw new Error(`Cannot use "${base}": it is a link; remove it, or let the root itself be one`);
}

/** The folder that something lies in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function digit(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/** A set of numbers below a limit, a bit each. */
class NumberSet {
  readonly #bits: Uint8Array;

  constructor(limit: number) {
    this.#bits = new Uint8Array(limit >> 3);
  }

  has(number: number): boolean {
    return ((this.#bits[number >> 3] ?? 0) & 1 << (number & 7)) !== 0;
  }

  add(number: number): void {
    this.#bits[number >> 3] = (this.#bits[number >> 3] ?? 0) | 1 << (number & 7);
  }

  delete(number: number): void {
    this.#bits[number >> 3] = (this.#bits[number >> 3] ?? 0) & ~(1 << (number & 7));
  }
}
