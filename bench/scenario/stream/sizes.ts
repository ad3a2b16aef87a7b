/** Sizes as people write them. @module */

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** `1 GiB`, `64 MiB`. */
export function sizeText(bytes: number): string {
  return bytes >= GIB ? `${bytes / GIB} GiB` : `${bytes / MIB} MiB`;
}

/** `1gib`, `64mib`: a part of a group's name. */
export function sizeId(bytes: number): string {
  return sizeText(bytes).replace(" ", "").toLowerCase();
}

/**
 * Reads `1GiB`, `64MiB`.
 *
 * @throws {TypeError} When it is no size, or none that the scenario can do: a multiple of 64 MiB.
 */
export function parseSize(text: string): number {
  const [, count, unit] = /^(\d+)\s?(MiB|GiB)$/i.exec(text) ?? [];
  const bytes = Number(count) * (unit?.toLowerCase() === "gib" ? GIB : MIB);
  if (bytes > 0 && bytes % (64 * MIB) === 0) return bytes;
  throw new TypeError(`Cannot use size "${text}": expected a multiple of 64MiB, as 64MiB or 8GiB`);
}
