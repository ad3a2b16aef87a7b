/**
 * The shards of a file storage in their order, and what stands in them. Links are not followed: a shard that is one is none.
 *
 * @module
 */

import type { Dirent } from "node:fs";
import { isMissing, nodeFs } from "./_fs.ts";
import { OTHER_FOLDER } from "./_layout.ts";

const SHARD = /^[0-9a-f]{2}$/;

/** Whether a name is that of a shard, or of a folder of shards. */
export function isShardName(name: string): boolean {
  return SHARD.test(name);
}

/** Which shards are wanted. */
export interface ShardsWanted {
  /** What the keys begin with: of digests, the shards are left out that hold none of these. */
  readonly prefix: string;
  /** Folder of the first one; shards before it are left out. */
  readonly from: string;
}

/**
 * The folders that entries stand in, relative to the version folder, as `ab/cd` and `other/ab/cd`: in the order of these
 * names. Memory holds the names of one folder at a time.
 */
export async function* shardsBelow(
  base: string,
  { prefix, from }: ShardsWanted,
): AsyncGenerator<string, void> {
  for (const group of ["", `${OTHER_FOLDER}/`]) {
    const start = group === "" ? prefix : "";
    if (group !== "" && !(await contentOf(base)).some((each) => isFolder(each, OTHER_FOLDER))) continue;
    for (const outer of await shardNames(`${base}/${group}`, start.slice(0, 2))) {
      const parent = group + outer;
      if (parent < from.slice(0, parent.length)) continue;
      for (const inner of await shardNames(`${base}/${parent}`, start.slice(2, 4))) {
        const folder = `${parent}/${inner}`;
        if (folder >= from) yield folder;
      }
    }
  }
}

/** What stands in a folder of folders; nothing where it is missing, or is none. Asynchronous, so that others have their turn. */
export async function contentOf(folder: string): Promise<Dirent[]> {
  try {
    return await new Promise<Dirent[]>((resolve, reject) =>
      nodeFs().readdir(
        folder,
        { withFileTypes: true },
        (error, found) => error === null ? resolve(found) : reject(error),
      )
    );
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** What stands in a shard: synchronously, since there are many of them with a few files each. */
export function contentOfShard(folder: string): Dirent[] {
  try {
    return nodeFs().readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function shardNames(folder: string, start: string): Promise<string[]> {
  return (await contentOf(folder))
    .filter((each) => isShardName(each.name) && each.name.startsWith(start) && each.isDirectory())
    .map(({ name }) => name)
    .sort();
}

function isFolder(found: Dirent, name: string): boolean {
  return found.name === name && found.isDirectory();
}
