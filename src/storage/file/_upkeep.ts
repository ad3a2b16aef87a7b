/**
 * Looking after the files of a storage: listing them with size and time, checking, removing and setting aside the very
 * one that was seen, and finding what does not belong there.
 *
 * @module
 */

import { Breather } from "../_breather.ts";
import { assertKey } from "../_key.ts";
import type { EntryInfo, Health, StorageOptions, Upkeep } from "../types.ts";
import type { FileIdentity, Folder } from "./_folder.ts";
import { foreignBelow } from "./_foreign.ts";
import { healthOf, type HealthOptions } from "./_health.ts";
import { placeOf } from "./_layout.ts";
import { keyIn } from "./_listing.ts";
import { removeSeen } from "./_removal.ts";
import { contentOfShard, shardsBelow } from "./_walk.ts";
import { markOf, sightOf } from "./_sight.ts";

/** The storage that is looked after. */
export interface FilesInCare {
  /** Where the entries are. */
  readonly folder: Folder;
  /** What the names of their files end in: those of another storage in that folder are none. */
  readonly suffix: string;
  /** The file of a key. */
  pathOf(key: string): string;
  /** Sets a file aside, as reading does with what is damaged, if it is still the one that was seen. */
  setAside(key: string, seen: FileIdentity): void;
}

/** Upkeep of the entries of one storage. */
export class FileUpkeep implements Upkeep {
  readonly #files: FilesInCare;

  /** @param files The storage that is looked after. */
  constructor(files: FilesInCare) {
    this.#files = files;
  }

  /** The entries in the order of their paths; see `Upkeep.entries`. */
  async *entries(
    options: StorageOptions & { readonly prefix?: string; readonly after?: string } = {},
  ): AsyncGenerator<EntryInfo, void> {
    const { prefix = "", after, signal } = options;
    signal?.throwIfAborted();
    const { folder: { base }, suffix } = this.#files;
    const from = after === undefined ? undefined : placeOf(after);
    const breather = new Breather();
    for await (const folder of shardsBelow(base, { prefix, from: from?.folder ?? "" })) {
      for (const name of namesIn(`${base}/${folder}`)) {
        if (folder === from?.folder && name <= from.name + suffix) continue;
        const key = keyIn(`${base}/${folder}`, name, suffix);
        // A file in the wrong place is not found by its key.
        if (key === undefined || !key.startsWith(prefix) || placeOf(key).folder !== folder) continue;
        const sight = sightOf(`${base}/${folder}/${name}`);
        if (typeof sight === "object") yield { key, size: sight.size, time: sight.time, mark: sight.mark };
        signal?.throwIfAborted();
        if (breather.isDue) await breather.breathe();
      }
      if (breather.isDue) await breather.breathe();
    }
  }

  /** Reads an entry whole; see `Upkeep.check`. */
  async check(key: string, options: HealthOptions = {}): Promise<Health> {
    options.signal?.throwIfAborted();
    assertKey(key);
    return await healthOf(this.#files.pathOf(key), key, options);
  }

  /** Removes the very file that was listed; see `Upkeep.remove`. */
  async remove({ key, mark }: EntryInfo): Promise<boolean> {
    return await Promise.resolve(removeSeen(this.#files.folder, this.#files.pathOf(key), mark));
  }

  /** Moves the very file that was listed to the quarantine; see `Upkeep.setAside`. */
  async setAside({ key, mark }: EntryInfo): Promise<boolean> {
    const path = this.#files.pathOf(key);
    const sight = sightOf(path);
    if (typeof sight !== "object" || sight.mark !== mark) return false;
    this.#files.setAside(key, sight);
    if (markOf(path) === mark) throw new Error(`Cannot set "${path}" aside: its folder cannot be written`);
    return await Promise.resolve(true);
  }

  /** Paths of what is no entry; see `Upkeep.foreign`. */
  async *foreign({ signal }: StorageOptions = {}): AsyncGenerator<string, void> {
    signal?.throwIfAborted();
    for await (const path of foreignBelow(this.#files.folder.base, this.#files.suffix)) {
      yield path;
      signal?.throwIfAborted();
    }
  }
}

function namesIn(shard: string): string[] {
  return contentOfShard(shard).filter((each) => each.isFile()).map(({ name }) => name).sort();
}
