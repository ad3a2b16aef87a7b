/**
 * The bounds of the quarantine: damaged entries are kept for whoever wants to look at them, but not for ever.
 *
 * @module
 */

import { nodeFs } from "./_fs.ts";

/** Most entries that are kept set aside. */
const MOST_ENTRIES = 32;

/** Most bytes that they may take together. */
const MOST_BYTES: number = 256 * 1024 * 1024;

/** Drops the oldest entries of a quarantine (their names begin with the time) until it is within its bounds. */
export function keepWithin(quarantine: string): void {
  const fs = nodeFs();
  const newestFirst = fs.readdirSync(quarantine).sort().reverse();
  let bytes = 0;
  for (const [index, name] of newestFirst.entries()) {
    const path = `${quarantine}/${name}`;
    bytes += fs.lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (index >= MOST_ENTRIES || bytes > MOST_BYTES) fs.rmSync(path, { recursive: true, force: true });
  }
}
