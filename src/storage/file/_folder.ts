/**
 * The folder that a file storage lives in: paths, temporary files, publishing by rename, and setting damaged entries
 * aside. What stands in the files is not known here.
 *
 * @module
 */

import { isPermitted, makeFolders, permissionFlag, workingDirectory } from "../../_runtime.ts";
import { warnOnce } from "../../_warn.ts";
import { createNew, errorCode, nodeFs } from "./_fs.ts";
import { QUARANTINE_FOLDER, TEMPORARY_FOLDER, VERSION_FOLDER } from "./_layout.ts";
import { clearLeftovers } from "./_leftovers.ts";
import { keepWithin } from "./_quarantine.ts";

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
  #base: string | undefined;
  #isWritable = false;
  #isCleared = false;
  #serialPrefix: string | undefined;
  #serialCount = 0;

  /** @param root As configured; a relative one is taken from the working directory at the first use. */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * The version folder's path.
   *
   * @throws When Deno does not allow to read the root.
   */
  get base(): string {
    return this.#base ??= this.#readableBase();
  }

  /** Creates a temporary file, and its folder where that is missing. The first one clears what dead writers left there. */
  createTemporary(): Temporary {
    const name = `${this.#serial()}.tmp`;
    const fd = this.createTemporaryFile(name);
    if (!this.#isCleared) clearLeftovers(this.#temporaryFolder);
    this.#isCleared = true;
    return { fd, path: this.temporaryPath(name) };
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
      try {
        return createNew(this.temporaryPath(name));
      } catch (error) {
        if (errorCode(error) !== "ENOENT" || attempt === MOST_ATTEMPTS) throw error;
      }
      this.#makeTemporaryFolder();
    }
  }

  /** Where {@linkcode createTemporaryFile} creates a file of this name. */
  temporaryPath(name: string): string {
    return `${this.#temporaryFolder}/${name}`;
  }

  /**
   * Makes a whole temporary file visible under its name, in place of what was there; makes the folder that it goes to. This
   * is the one place where something becomes visible. Closes the file; where it fails it is left under its temporary name.
   */
  publish(temporary: Temporary, path: string): void {
    const fs = nodeFs();
    // Before it is visible: closing is when some file systems tell that they have no room.
    fs.closeSync(temporary.fd);
    for (let attempt = 1;; attempt++) {
      try {
        return fs.renameSync(temporary.path, path);
      } catch (error) {
        if (attempt === MOST_ATTEMPTS) throw error;
        this.#makeWayFor(temporary, path, error);
      }
    }
  }

  /**
   * Moves what stands at `path` into the quarantine, and warns of it once.
   *
   * @param path What to move.
   * @param identity What was seen there: another file that has taken its place since is left alone.
   */
  setAside(path: string, identity?: FileIdentity): void {
    const fs = nodeFs();
    const quarantine = `${this.base}/${QUARANTINE_FOLDER}`;
    const warn = (outcome: string): void =>
      warnOnce(`damaged entry ${this.base}`, `Cannot use "${path}": it is damaged; ${outcome}`);
    try {
      this.assertWritable();
      if (identity !== undefined && fs.lstatSync(path).ino !== identity.ino) return;
      makeFolders(quarantine);
      // The time first, so that the oldest sorts first.
      const time = Date.now().toString().padStart(15, "0");
      fs.renameSync(path, `${quarantine}/${time}-${this.#serial()}-${path.slice(path.lastIndexOf("/") + 1)}`);
      warn(`it was set aside in "${quarantine}" and will be computed again`);
      keepWithin(quarantine);
    } catch (error) {
      // Gone meanwhile, or in a folder that cannot be written: it stays a miss either way.
      if (errorCode(error) !== "ENOENT") warn("it will be computed again, and cannot be set aside");
    }
  }

  /**
   * Makes sure that Deno allows to change something below the root.
   *
   * @throws When it does not.
   */
  assertWritable(): void {
    if (this.#isWritable) return;
    assertPermitted("write", this.base.slice(0, -`/${VERSION_FOLDER}`.length));
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
      makeFolders(path.slice(0, path.lastIndexOf("/")));
    } else {
      // A file cannot take the place of a folder.
      if (!fs.lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
      this.setAside(path);
    }
  }

  get #temporaryFolder(): string {
    return `${this.base}/${TEMPORARY_FOLDER}`;
  }

  #makeTemporaryFolder(): void {
    const fs = nodeFs();
    makeFolders(this.#temporaryFolder);
    const tag = `${this.base.slice(0, -VERSION_FOLDER.length)}CACHEDIR.TAG`;
    if (fs.existsSync(tag)) return;
    try {
      fs.writeFileSync(tag, TAG, { flag: "wx" });
    } catch (error) {
      // Another process was first.
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }

  /** Another one at every call, in whatever process. */
  #serial(): string {
    this.#serialPrefix ??= crypto.getRandomValues(new BigUint64Array(1))[0]?.toString(36) ?? "";
    return `${this.#serialPrefix}-${(this.#serialCount++).toString(36)}`;
  }
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
