/**
 * What the example computes, without any caching: which words a file uses, which of them look alike (a slip of the pen,
 * perhaps), and which words tell the files of a folder apart.
 *
 * @module
 */

/** The words of one file. */
export interface FileIndex {
  /** How often each word occurs. */
  readonly counts: Map<string, number>;
  /** Pairs of long words that are one edit apart. */
  readonly lookAlikes: readonly (readonly [string, string])[];
}

/** The words of many files. */
export interface Ranking {
  /** Words in all files together. */
  readonly words: number;
  /** The words that tell most, best first, with their score. */
  readonly best: readonly (readonly [word: string, score: number])[];
  /** The words that tell most about each file. */
  readonly topics: Map<string, readonly string[]>;
  /** Look-alikes of all files, with the number of files that have them. */
  readonly lookAlikes: readonly (readonly [pair: string, files: number])[];
}

const LONG = 5;

/** Counts the words of a text and compares every two long ones: slow, because it grows with the square of their number. */
export function indexText(text: string): FileIndex {
  const counts = new Map<string, number>();
  for (const [word] of text.matchAll(/\p{L}[\p{L}\p{N}]{2,}/gu)) {
    const lower = word.toLowerCase();
    counts.set(lower, (counts.get(lower) ?? 0) + 1);
  }
  const long = [...counts.keys()].filter((word) => word.length >= LONG).sort();
  const lookAlikes: [string, string][] = [];
  for (const [index, first] of long.entries()) {
    for (const second of long.slice(index + 1)) {
      // An "s" more or less is grammar.
      if (second !== `${first}s` && editDistance(first, second) === 1) lookAlikes.push([first, second]);
    }
  }
  return { counts, lookAlikes };
}

/** Ranks the words of many files: those score high that are frequent in few files (term frequency, inverse document frequency). */
export function rankWords(indexes: ReadonlyMap<string, FileIndex>): Ranking {
  const filesWith = new Map<string, number>();
  const pairs = new Map<string, number>();
  let words = 0;
  for (const { counts, lookAlikes } of indexes.values()) {
    for (const [word, count] of counts) {
      words += count;
      filesWith.set(word, (filesWith.get(word) ?? 0) + 1);
    }
    for (const [first, second] of lookAlikes) {
      const pair = `${first}/${second}`;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
  }
  const total = new Map<string, number>();
  const topics = new Map<string, readonly string[]>();
  for (const [path, { counts }] of indexes) {
    const scores = new Map<string, number>();
    for (const [word, count] of counts) {
      const score = count * Math.log(indexes.size / (filesWith.get(word) ?? 1));
      scores.set(word, score);
      total.set(word, (total.get(word) ?? 0) + score);
    }
    topics.set(path, highest(scores, 5).map(([word]) => word));
  }
  return { words, best: highest(total, 10), topics, lookAlikes: highest(pairs, 5) };
}

function highest(scores: ReadonlyMap<string, number>, most: number): [string, number][] {
  return [...scores].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, most);
}

/** Levenshtein's distance, by the book. */
function editDistance(first: string, second: string): number {
  let above = Array.from({ length: second.length + 1 }, (_, column) => column);
  for (let row = 1; row <= first.length; row++) {
    const current = [row];
    for (let column = 1; column <= second.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (first[row - 1] === second[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[second.length] ?? 0;
}
