/**
 * Removing the very file that was seen, while others put and remove under the same name. Why nothing is lost but a hit
 * stands in `src/storage/README.md`, under "Upkeep".
 *
 * @module
 */

import type { Folder } from "./_folder.ts";
import { discardTemporary, errorCode, isMissing, nodeFs } from "./_fs.ts";
import { markOf, sightOf } from "./_sight.ts";

/** For how long what was moved away by mistake may be put back, in milliseconds: later, somebody may count on its absence. */
const BACK_WITHIN_MS = 1000;

/** Removes the file at `path` if its mark is this one; `false` when it is gone, or another has taken its place. */
export function removeSeen(folder: Folder, path: string, mark: string): boolean {
  // Others are not moved without need: that would be a moment in which they are missing.
  if (markOf(path) !== mark) return false;
  const { fd, path: away } = folder.createTemporary();
  const fs = nodeFs();
  fs.closeSync(fd);
  const movedAt = performance.now();
  try {
    fs.renameSync(path, away);
  } catch (error) {
    discardTemporary(undefined, away);
    if (isMissing(error)) return false;
    throw error;
  }
  const sight = sightOf(away);
  // Where it is gone already, it was cleared as the leftover that it is: so old is none that was put just now.
  const isSeen = sight === undefined || typeof sight === "object" && sight.mark === mark;
  if (!isSeen && performance.now() - movedAt < BACK_WITHIN_MS) putBack(away, path);
  discardTemporary(undefined, away);
  return isSeen;
}

/** Gives a file its name again, unless a newer one has it. */
function putBack(away: string, path: string): void {
  const fs = nodeFs();
  try {
    fs.linkSync(away, path);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return;
    try {
      // A folder, or a file system without hard links.
      if (sightOf(path) === undefined) fs.renameSync(away, path);
    } catch {
      // It is lost, which is a miss.
    }
  }
}
