/**
 * Finds what stands among the entries of a file storage and is none.
 *
 * @module
 */

import { Breather } from "../_breather.ts";
import {
  isDigest,
  isHashedName,
  keyOfName,
  OTHER_FOLDER,
  placeOf,
  QUARANTINE_FOLDER,
  TEMPORARY_FOLDER,
} from "./_layout.ts";
import { keyIn } from "./_listing.ts";
import { contentOf, contentOfShard, isShardName } from "./_walk.ts";

/**
 * Paths of what is no entry: of whatever suffix, since storages of different suffixes can share a folder. Folders are told
 * of as a whole.
 *
 * @param base The version folder.
 * @param suffix What the names of our own entries end in.
 */
export async function* foreignBelow(base: string, suffix: string): AsyncGenerator<string, void> {
  const breather = new Breather();
  let hasOther = false;
  for (const group of ["", `${OTHER_FOLDER}/`]) {
    if (group !== "" && !hasOther) return;
    for (const outer of await contentOf(`${base}/${group}`)) {
      const parent = group + outer.name;
      if (group === "" && outer.isDirectory() && isOurs(outer.name)) {
        hasOther ||= outer.name === OTHER_FOLDER;
        continue;
      }
      if (!outer.isDirectory() || !isShardName(outer.name)) {
        yield `${base}/${parent}`;
        continue;
      }
      for (const inner of await contentOf(`${base}/${parent}`)) {
        const folder = `${parent}/${inner.name}`;
        if (!inner.isDirectory() || !isShardName(inner.name)) {
          yield `${base}/${folder}`;
          continue;
        }
        const shard = `${base}/${folder}`;
        for (const file of contentOfShard(shard)) {
          if (!file.isFile() || !isEntry(shard, folder, file.name, suffix)) yield `${shard}/${file.name}`;
        }
        if (breather.isDue) await breather.breathe();
      }
    }
  }
}

function isOurs(name: string): boolean {
  return name === OTHER_FOLDER || name === TEMPORARY_FOLDER || name === QUARANTINE_FOLDER;
}

function isEntry(shard: string, folder: string, name: string, suffix: string): boolean {
  const stem = name.endsWith(suffix) ? name.slice(0, name.length - suffix.length) : undefined;
  // One of our own whose key nobody can tell is nobody's: it could neither be listed nor found.
  if (stem !== undefined && isHashedName(stem) && keyIn(shard, name, suffix) === undefined) return false;
  return [stem ?? name, name.replace(/\..*$/s, "")].some((each) => isIn(folder, each));
}

/** Whether a name without its suffix is that of an entry of this shard. */
function isIn(folder: string, stem: string): boolean {
  if (isDigest(stem)) return placeOf(stem).folder === folder;
  if (isHashedName(stem)) return folder === `${OTHER_FOLDER}/${stem.slice(1, 3)}/${stem.slice(3, 5)}`;
  const key = keyOfName(stem);
  return key !== undefined && placeOf(key).folder === folder;
}
