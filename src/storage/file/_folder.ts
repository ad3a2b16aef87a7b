/**
 * The folder that a file storage lives in: paths, temporary files, publishing by rename, and setting damaged entries
 * aside. What stands in the files is not known here.
 *
 * @module
 */

import { isPermitted, makeFolders, permissionFlag, workingDirectory } from "../../_runtime.ts";
import { warnOnce } from "../../_warn.ts";
import type { Durability } from "../types.ts";
import { createNew, errorCode, nodeFs } from "./_fs.ts";
import { QUARANTINE_FOLDER, TEMPORARY_FOLDER, VERSION_FOLDER } from "./_layout.ts";
import { clearLeftovers } from "./_leftovers.ts";
import { keepWithin } from "./_quarantine.ts";
import { isOwnFolder, Shards } from "./_shards.ts";
import { foldersAbove, syncFile, syncFolder } from "./_sync.ts";

/** Content of `CACHEDIR.TAG` (https://bford.info/cachedir/): backup programs then leave the folder out. */
const TAG = `Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by fleche.
# For information about cache directory tags, see https://bford.info/cachedir/
`;

/** How often a folder that vanishes between its creation and its use is made again. */
const MOST_ATTEMPTS = 5;

/** A file that is being written. */
export interface Temporary {
  /** Open for writing and reading. */
  readonly fd: number;
  /** Where it is. */
  readonly path: string;
}

/** What tells two files at one path apart. */
export interface FileIdentity {
  /** Inode number. */
  readonly ino: number;
}

/** The folder of one file storage. */
export class Folder {
  readonly #root: string;
  readonly #durability: Durability;
  #base: string | undefined;
  #shards: Shards | undefined;
  #isWritable = false;
  #isCleared = false;
  #hasTemporaries = false;
  #isRootLasting = false;
  /** The root and what is above it, as far as it was not there when it was made. */
  #made: readonly string[] = [];
  #serialPrefix: string | undefined;
  #serialCount = 0;

  /**
   * @param root As configured; a relative one is taken from the working directory at the first use.
   * @param durability What is published is on disk when `publish` returns, or in the system's memory.
   */
  constructor(root: string, durability: Durability = "process") {
    this.#root = root;
    this.#durability = durability;
  }

  /**
   * The version folder's path.
   *
   * @throws When Deno does not allow to read the root.
   */
  get base(): string {
    return this.#base ??= this.#readableBase();
  }

  /** Whether the version folder is there. Throws when it is a link. */
  isThere(): boolean {
    return isOwnFolder(this.base);
  }

  /** Whether the folder that an entry lies in is there: on the way of every access to an entry, lest a link is followed. */
  leadsTo(path: string): boolean {
    return this.#shardFolders.has(path);
  }

  /** Creates a temporary file, and its folder where that is missing. The first one clears what dead writers left there. */
  createTemporary(): Temporary {
    const name = `${this.#serial()}.tmp`;
    const fd = this.createTemporaryFile(name);
    const path = this.temporaryPath(name);
    if (!this.#isCleared) clearLeftovers(this.#temporaryFolder, fd);
    this.#isCleared = true;
    return { fd, path };
  }

  /**
   * Creates a file of some name among the temporary ones, and their folder where that is missing.
   *
   * @returns Its descriptor, for writing and reading.
   * @throws With code `EEXIST` when there is one.
   */
  createTemporaryFile(name: string): number {
    this.assertWritable();
    for (let attempt = 1;; attempt++) {
      if (!this.hasTemporaries()) this.#makeTemporaryFolder();
      try {
        return createNew(this.temporaryPath(name));
      } catch (error) {
        if (errorCode(error) !== "ENOENT" || attempt === MOST_ATTEMPTS) throw error;
        this.#hasTemporaries = false;
      }
    }
  }

  /** Whether the folder of temporary files is there. Whatever else is in its place is set aside. */
  hasTemporaries(): boolean {
    if (this.#hasTemporaries) return true;
    if (!this.isThere()) return false;
    const found = nodeFs().lstatSync(this.#temporaryFolder, { throwIfNoEntry: false });
    if (found?.isDirectory() === false) this.setAside(this.#temporaryFolder);
    return this.#hasTemporaries = found?.isDirectory() === true;
  }

  /** Where {@linkcode createTemporaryFile} creates a file of this name. */
  temporaryPath(name: string): string {
    return `${this.#temporaryFolder}/${name}`;
  }

  /**
   * Has a large temporary file written through to the disk before it is published, where that is asked for: in `publish` it
   * would keep the event loop waiting.
   */
  async settle(temporary: Temporary): Promise<void> {
    if (this.#durability === "full") await syncFile(temporary.fd);
  }

  /**
   * Makes a whole temporary file visible under its name, in place of what was there; makes the folder that it goes to. This
   * is the one place where something becomes visible. Closes the file; where it fails it is left under its temporary name,
   * unless its name alone could not be written through: it is visible then, and may not outlast the machine.
   *
   * @param options `isSettled`: `settle` was called.
   */
  publish(temporary: Temporary, path: string, options?: { readonly isSettled: boolean }): void {
    const fs = nodeFs();
    const isFull = this.#durability === "full";
    try {
      // Before it is visible: what has a name must be whole after a loss of power.
      if (isFull && options?.isSettled !== true) fs.fsyncSync(temporary.fd);
    } finally {
      // Before it is visible, too: closing is when some file systems tell that they have no room.
      fs.closeSync(temporary.fd);
    }
    for (let attempt = 1;; attempt++) {
      try {
        if (!this.leadsTo(path) && fs.existsSync(temporary.path)) this.#shardFolders.make(path);
        fs.renameSync(temporary.path, path);
        break;
      } catch (error) {
        if (attempt === MOST_ATTEMPTS) throw error;
        this.#makeWayFor(temporary, path, error);
      }
    }
    if (!isFull) return;
    this.#shardFolders.sync(path);
    this.#syncRoot();
  }

  /**
   * Moves what stands at `path` into the quarantine, and warns of it once.
   *
   * @param path What to move.
   * @param identity What was seen there: another file that has taken its place since is left alone.
   * @returns Whether it was moved.
   */
  setAside(path: string, identity?: FileIdentity): boolean {
    const fs = nodeFs();
    const quarantine = `${this.base}/${QUARANTINE_FOLDER}`;
    const warn = (outcome: string): void =>
      warnOnce(`damaged entry ${this.base}`, `Cannot use "${path}": it is damaged; ${outcome}`);
    try {
      this.assertWritable();
      if (identity !== undefined && fs.lstatSync(path).ino !== identity.ino) return false;
      makeQuarantine(quarantine);
      // The time first, so that the oldest sorts first.
      const time = Date.now().toString().padStart(15, "0");
      const name = `${time}-${this.#serial()}-${path.slice(path.lastIndexOf("/") + 1)}`;
      fs.renameSync(path, `${quarantine}/${name}`);
      warn(`it was set aside in "${quarantine}" and will be computed again`);
      keepWithin(quarantine, name);
      return true;
    } catch (error) {
      // Gone meanwhile, or in a folder that cannot be written: it stays a miss either way.
      if (errorCode(error) !== "ENOENT") warn("it will be computed again, and cannot be set aside");
      return false;
    }
  }

  /**
   * Makes sure that Deno allows to change something below the root.
   *
   * @throws When it does not.
   */
  assertWritable(): void {
    if (this.#isWritable) return;
    assertPermitted("write", this.#rootPath);
    this.#isWritable = true;
  }

  #readableBase(): string {
    const root = absolute(this.#root);
    assertPermitted("read", root);
    return `${root}/${VERSION_FOLDER}`;
  }

  /** Removes what kept a temporary file from its place, or throws the error that says what it was. */
  #makeWayFor(temporary: Temporary, path: string, error: unknown): void {
    const fs = nodeFs();
    if (errorCode(error) === "ENOENT") {
      // Where the file itself is gone, no folder helps.
      if (!fs.existsSync(temporary.path)) throw error;
      this.#shardFolders.forget(path);
    } else {
      // A file cannot take the place of a folder.
      if (!fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
      this.setAside(path);
    }
  }

  get #temporaryFolder(): string {
    return `${this.base}/${TEMPORARY_FOLDER}`;
  }

  get #shardFolders(): Shards {
    return this.#shards ??= new Shards(this.base, (path) => this.setAside(path));
  }

  #makeTemporaryFolder(): void {
    const fs = nodeFs();
    const isThere = (path: string): boolean => fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    const root = this.#rootPath;
    if (this.#durability === "full" && !isThere(root)) {
      const above = [...foldersAbove(root)];
      const present = above.findIndex(isThere);
      this.#made = [root, ...above.slice(0, present < 0 ? above.length : present)];
    }
    this.#isRootLasting = false;
    makeFolders(this.#temporaryFolder);
    const tag = `${root}/CACHEDIR.TAG`;
    if (isThere(tag)) return;
    try {
      fs.writeFileSync(tag, TAG, { flag: "wx" });
    } catch (error) {
      // Another process was first.
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }

  /** Has the version folder's name outlast the machine's death, and the root's; those above it where they were made. */
  #syncRoot(): void {
    if (this.#isRootLasting) return;
    syncFolder(this.#rootPath);
    for (const above of foldersAbove(this.#rootPath)) {
      syncFolder(above);
      if (!this.#made.includes(above)) break;
    }
    this.#isRootLasting = true;
  }

  get #rootPath(): string {
    return this.base.slice(0, -`/${VERSION_FOLDER}`.length);
  }

  /** Another one at every call, in whatever process. */
  #serial(): string {
    this.#serialPrefix ??= crypto.getRandomValues(new BigUint64Array(1))[0]?.toString(36) ?? "";
    return `${this.#serialPrefix}-${(this.#serialCount++).toString(36)}`;
  }
}

/** A link in its place would lead out of the root, a file would keep it from being made: neither is worth keeping. */
function makeQuarantine(path: string): void {
  const fs = nodeFs();
  const found = fs.lstatSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found !== undefined) fs.unlinkSync(path);
  makeFolders(path);
}

/** Asked once, beforehand: Deno would otherwise put its question to the user in the middle of a call, and wait. */
function assertPermitted(access: "read" | "write", root: string): void {
  if (isPermitted(access, root)) return;
  const missing = (["read", "write"] as const).filter((each) => !isPermitted(each, root));
  const flags = missing.map((each) => permissionFlag(each, [root])).join(" ");
  const message = `Cannot ${access} in "${root}": permissions are missing; run Deno with ${flags}`;
  throw Object.assign(new Error(message), { code: "PERMISSION_MISSING" });
}

function absolute(root: string): string {
  const path = root.length > 1 ? root.replace(/[/\\]+$/, "") : root;
  if (/^([/\\]|[A-Za-z]:[/\\])/.test(path) || !isPermitted("read", ".")) return path;
  const directory = workingDirectory();
  return directory === undefined ? path : `${directory}/${path}`;
}
