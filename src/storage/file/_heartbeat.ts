/**
 * The sign of life of files that are being written: as long as somebody holds one open, its time of modification is
 * renewed, however long its source is silent. So others can tell it from what a dead process left.
 *
 * @module
 */

import { everyUnref } from "../../_runtime.ts";
import { nodeFs } from "./_fs.ts";

/** How often it is given, in milliseconds: well below the age at which files are cleared. */
const INTERVAL_MS = 30_000;

const held = new Set<number>();
let stop: (() => void) | undefined;

/** Begins to keep an open file fresh. */
export function keepFresh(fd: number): void {
  held.add(fd);
  stop ??= everyUnref(INTERVAL_MS, beat);
}

/** Ends it; must be called before the file is closed. */
export function letAge(fd: number): void {
  held.delete(fd);
  if (held.size > 0) return;
  stop?.();
  stop = undefined;
}

/** Gives the sign of life of all files that are kept fresh. */
export function beat(): void {
  const now = new Date();
  for (const fd of held) {
    try {
      nodeFs().futimesSync(fd, now, now);
    } catch {
      // At worst it is taken for a dead one's and cleared: the entry is not kept then.
    }
  }
}
