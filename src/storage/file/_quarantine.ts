/**
 * The bounds of the quarantine: damaged entries are kept for whoever wants to look at them, but not for ever.
 *
 * @module
 */

import { nodeFs } from "./_fs.ts";
import { isListable } from "./_listable.ts";

/** Most entries that are kept set aside. */
const MOST_ENTRIES = 32;

/** Most bytes that they may take together. */
const MOST_BYTES: number = 256 * 1024 * 1024;

/**
 * Drops the oldest entries of a quarantine (their names begin with the time) until it is within its bounds.
 *
 * @param quarantine The folder.
 * @param added The name of what was set aside just now: it is what goes where somebody has filled the folder.
 */
export function keepWithin(quarantine: string, added: string): void {
  const fs = nodeFs();
  const drop = (name: string): void => fs.rmSync(`${quarantine}/${name}`, { recursive: true, force: true });
  if (!isListable(quarantine)) return drop(added);
  const newestFirst = fs.readdirSync(quarantine).sort().reverse();
  let bytes = 0;
  for (const [index, name] of newestFirst.entries()) {
    const size = fs.lstatSync(`${quarantine}/${name}`, { throwIfNoEntry: false })?.size ?? 0;
    if (index >= MOST_ENTRIES || bytes + size > MOST_BYTES) drop(name);
    else bytes += size;
  }
}
