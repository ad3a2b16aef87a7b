/**
 * Having what was written outlast the machine's death: what stands in a file, and the names in a folder. Nothing here is
 * tried again: after a failed `fsync` a system may take the lost pages for written, and the next one succeeds.
 *
 * @module
 */

import { isPermitted, isWindows } from "../../_runtime.ts";
import { errorCode, nodeFs } from "./_fs.ts";

/** Has an open file's bytes written through. Waits for the disk, without keeping the event loop waiting. */
export function syncFile(fd: number): Promise<void> {
  return new Promise((resolve, reject) =>
    nodeFs().fsync(fd, (error) => error === null || error === undefined ? resolve() : reject(error))
  );
}

/**
 * Has the names in a folder written through.
 *
 * @throws When the disk fails. Where there is no such thing, nothing is done: on Windows, which opens no folders, and on file
 * systems that say so by `EINVAL`, as some of networks do.
 */
export function syncFolder(path: string): void {
  if (isWindows()) return;
  const fs = nodeFs();
  const fd = fs.openSync(path, fs.constants.O_RDONLY);
  try {
    fs.fsyncSync(fd);
  } catch (error) {
    if (errorCode(error) !== "EINVAL") throw error;
  } finally {
    fs.closeSync(fd);
  }
}

/** The folders above one that Deno may look at, from below. Asking the user for more in the middle of a call would be worse. */
export function* foldersAbove(path: string): Generator<string> {
  for (let at = path; at.includes("/") && at !== "/";) {
    at = at.slice(0, at.lastIndexOf("/")) || "/";
    if (!isPermitted("read", at)) return;
    yield at;
  }
}
