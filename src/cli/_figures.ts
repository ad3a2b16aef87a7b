/**
 * Sizes, rates and durations as people read them.
 *
 * @module
 */

import { format as formatUnits } from "@std/fmt/bytes";
import { format as formatParts } from "@std/fmt/duration";

/** A number of bytes in binary units, as `1.34 GiB`. */
export function formatBytes(bytes: number): string {
  // The package writes `kiB`, which is no unit.
  return formatUnits(Math.round(bytes), { binary: true }).replace("k", "K");
}

/** A duration by its two largest units, as `1m 39s`; in milliseconds below one second. */
export function formatDuration(ms: number): string {
  const rounded = ms < 999.5 ? Math.round(ms) : Math.round(ms / 1000) * 1000;
  if (rounded === 0) return "0ms";
  return formatParts(rounded, { ignoreZero: true }).split(" ").slice(0, 2).join(" ");
}
