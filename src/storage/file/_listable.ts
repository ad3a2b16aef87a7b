/**
 * Which folders are listed at all. Neither runtime lists one bit by bit, whatever the call (Deno's asynchronous `opendir`
 * excepted): somebody who has put ten million files into a folder would have gigabytes taken.
 *
 * @module
 */

import { warnOnce } from "../../_warn.ts";
import { nodeFs } from "./_fs.ts";

/**
 * Largest folder that is listed, in bytes as the file system tells of the folder itself: on ext4 36 000 entries, of names as
 * ours are, and ten times as many of the shortest.
 */
const LARGEST_FOLDER: number = 4 * 1024 * 1024;

/** Whether a folder can be listed in bounded memory; warns once where it cannot. Throws where there is none. */
export function isListable(folder: string): boolean {
  if (nodeFs().lstatSync(folder).size <= LARGEST_FOLDER) return true;
  warnOnce(
    `large folder ${folder}`,
    `Cannot list "${folder}": too much has been put there; it is left as it is`,
  );
  return false;
}
