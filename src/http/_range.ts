/**
 * The part that a request asks for (RFC 9110, section 14).
 *
 * @module
 */

/** A part that is there: not empty, and within the whole. */
export interface Part {
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset of the first byte after it. */
  readonly end: number;
}

/**
 * The part that a `Range` field asks for.
 *
 * @param size Size of the whole in bytes.
 * @returns `"whole"` where the field is to be ignored, as section 14.2 allows: another unit, no valid range, or several of
 * them, which would take a body of several parts. `"none"` when nothing of that range is there.
 */
export function partOf(field: string | null, size: number): Part | "whole" | "none" {
  const set = /^bytes=(.*)$/i.exec(field ?? "")?.[1];
  // A list may have empty elements (section 5.6.1.2).
  const [range, ...more] = (set ?? "").split(",").map((each) => each.trim()).filter((each) => each !== "");
  if (range === undefined || more.length > 0) return "whole";
  const [, from, to] = /^(\d*)-(\d*)$/.exec(range) ?? [];
  if (from === undefined || to === undefined || from + to === "") return "whole";
  if (from === "") {
    // The last so many bytes. Those of nothing could not be said in Content-Range.
    const length = Math.min(Number(to), size);
    if (size === 0 && Number(to) > 0) return "whole";
    return length === 0 ? "none" : { start: size - length, end: size };
  }
  const start = Number(from);
  const last = to === "" ? Infinity : Number(to);
  if (last < start) return "whole";
  return start >= size ? "none" : { start, end: Math.min(last + 1, size) };
}
