/**
 * The sign of life of files that are being written: as long as somebody holds one open, its time of modification is
 * renewed, however long its source is silent.
 *
 * @module
 */

import { Heartbeat } from "../_heartbeat.ts";
import { nodeFs } from "./_fs.ts";

/** How often it is given, in milliseconds: well below the age at which files are cleared. */
const INTERVAL_MS = 30_000;

const openFiles = new Heartbeat<number>(INTERVAL_MS, (fds) => {
  const now = new Date();
  for (const fd of fds) {
    try {
      nodeFs().futimesSync(fd, now, now);
    } catch {
      // At worst it is taken for a dead one's and cleared: the entry is not kept then.
    }
  }
});

/** Begins to keep an open file fresh. */
export function keepFresh(fd: number): void {
  openFiles.add(fd);
}

/** Ends it; must be called before the file is closed. */
export function letAge(fd: number): void {
  openFiles.delete(fd);
}

/** Gives the sign of life of all files that are kept fresh. */
export function beat(): void {
  openFiles.beat();
}
