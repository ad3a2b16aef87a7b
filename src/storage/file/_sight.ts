/**
 * What can be seen of a file from outside, and what tells it from any other that takes its place.
 *
 * @module
 */

import { isMissing, nodeFs } from "./_fs.ts";

/** A file as it stands under some name. */
export interface Sight {
  /** Its inode number. */
  readonly ino: number;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was last written: milliseconds since the epoch. */
  readonly time: number;
  /** Another one for every other file, and for every other content: inode, time and size. Renaming does not change it. */
  readonly mark: string;
}

/** What stands under a name; `"foreign"` when it is no file: a folder, a link (which is not followed), a FIFO. */
export function sightOf(path: string): Sight | "foreign" | undefined {
  try {
    const file = nodeFs().lstatSync(path, { bigint: true, throwIfNoEntry: false });
    if (file === undefined) return undefined;
    if (!file.isFile()) return "foreign";
    const { ino, mtimeMs, mtimeNs, size } = file;
    return { ino: Number(ino), size: Number(size), time: Number(mtimeMs), mark: `${ino}-${mtimeNs}-${size}` };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The mark of the file under a name, when it is one. */
export function markOf(path: string): string | undefined {
  const sight = sightOf(path);
  return typeof sight === "object" ? sight.mark : undefined;
}
