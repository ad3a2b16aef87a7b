/**
 * What processes leave behind that end in the middle of writing: found by its age and removed.
 *
 * @module
 */

import { nodeFs } from "./_fs.ts";
import { isListable } from "./_listable.ts";

/** From when on nobody is writing a temporary file any more, in milliseconds: `_heartbeat.ts` keeps those younger that are. */
const DEAD_AFTER_MS: number = 10 * 60 * 1000;

/**
 * Removes the files of a folder that nobody is writing any more. Never throws: it is nobody's task.
 *
 * @param folder The folder.
 * @param fd A file that was created there just now. What is not old by the clock that gave it its time as well, which can be
 *   another machine's, is left alone: this machine's clock may be wrong.
 */
export function clearLeftovers(folder: string, fd?: number): void {
  const fs = nodeFs();
  try {
    if (!isListable(folder)) return;
    const now = Math.min(Date.now(), fd === undefined ? Infinity : fs.fstatSync(fd).mtimeMs);
    for (const name of fs.readdirSync(folder)) clearIfOlder(`${folder}/${name}`, now - DEAD_AFTER_MS);
  } catch {
    // It cannot be listed: those who come later may be able to.
  }
}

function clearIfOlder(path: string, latest: number): void {
  const fs = nodeFs();
  try {
    const file = fs.lstatSync(path);
    // Deno's unlink would take an empty folder, too.
    if (file.mtimeMs < latest && !file.isDirectory()) fs.unlinkSync(path);
  } catch {
    // Cleared or published meanwhile, or not ours to remove.
  }
}
