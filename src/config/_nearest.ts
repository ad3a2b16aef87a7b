/**
 * Which of the known names was probably meant.
 *
 * @module
 */

/** Longer names are not compared: nobody misspells them, and comparing takes time. */
const LONGEST = 64;

/**
 * The name nearest to `found` by edit distance (insert, remove, replace, swap neighbours; case counts nothing), where
 * one is near enough to have been meant: a third of its letters may differ, two at least.
 */
export function nearestName(found: string, names: Iterable<string>): string | undefined {
  if (found.length > LONGEST) return undefined;
  let nearest: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const distance = editDistance(found.toLowerCase(), name.toLowerCase());
    if (distance < least && distance <= Math.max(2, name.length / 3) && distance < name.length) {
      nearest = name;
      least = distance;
    }
  }
  return nearest;
}

/** Optimal string alignment distance, row by row. */
function editDistance(a: string, b: string): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > LONGEST) return Infinity;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let least = Math.min(
        (above[column] ?? 0) + 1,
        (line[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (before[column - 2] ?? 0) + 1);
      }
      line.push(least);
    }
    before = above;
    above = line;
  }
  return above[b.length] ?? 0;
}
