/** The inputs that every benchmark shares: made from fixed seeds, the same under every runtime. @module */
import { random } from "./random.ts";

/** The argument that issue 2 names: `{id, name, tags[3], nested}`. */
export interface Query {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
  readonly nested: { readonly page: number; readonly exact: boolean; readonly since: string };
}

/** What the cached function gives: some 250 bytes of JSON. */
export interface Answer {
  readonly id: number;
  readonly title: string;
  readonly scores: readonly number[];
  readonly labels: readonly string[];
  readonly owner: { readonly name: string; readonly active: boolean; readonly parent: null };
}

const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "islet", "jetty"];

function word(next: () => number): string {
  return words[Math.floor(next() * words.length)] ?? "amber";
}

/** The `i`-th argument. */
export function query(i: number): Query {
  const next = random(i + 1);
  return {
    id: i,
    name: `${word(next)}-${word(next)}-${i}`,
    tags: [word(next), word(next), word(next)],
    nested: { page: Math.floor(next() * 100), exact: next() < 0.5, since: "2026-01-01" },
  };
}

/** The result that belongs to an argument, a different one for each. */
export function answer(i: number): Answer {
  const next = random(i + 1_000_003);
  return {
    id: i,
    title: `Report on ${word(next)}, ${word(next)} and ${word(next)}, number ${i}`,
    scores: Array.from({ length: 6 }, () => Math.round(next() * 10_000) / 100),
    labels: [word(next), word(next), word(next), word(next)],
    owner: { name: `${word(next)} ${word(next)}`, active: next() < 0.5, parent: null },
  };
}

/** Rows as a query would give them. */
export function rows(count: number): readonly Answer[] {
  return Array.from({ length: count }, (_, i) => answer(i));
}

/** A typed array of that many bytes. */
export function floats(sizeBytes: number): Float64Array {
  const next = random(7);
  return Float64Array.from({ length: sizeBytes / 8 }, () => next());
}
