/**
 * What has become of the calls of one cache in this process, counted: always, by plain additions and in bounded memory.
 *
 * @module
 */

import type { CallMissReason } from "../events/types.ts";

/** What was counted of some calls. */
export interface Counts {
  /** Calls that were given a result without running the function. */
  readonly hits: number;
  /** All other calls, by why. */
  readonly misses: Readonly<Record<CallMissReason, number>>;
  /** Results that were kept. */
  readonly puts: number;
  /** How long the functions took that hits did not run: seconds. */
  readonly savedSeconds: number;
}

/** What was counted of the calls of one function. */
export interface FunctionCounts extends Counts, CountedFunction {}

/** Whose calls are counted. */
export interface CountedFunction {
  /** Its name. */
  readonly name: string;
  /** Its module; `undefined` where unknown. */
  readonly module?: string | undefined;
}

/** Functions that are counted for themselves; the calls of any beyond are counted in the totals alone. */
const MOST_FUNCTIONS = 1000;

class Count implements Counts {
  hits = 0;
  readonly misses: Record<CallMissReason, number> = {
    absent: 0,
    damaged: 0,
    version: 0,
    refused: 0,
    unavailable: 0,
    uncached: 0,
    refresh: 0,
  };
  puts = 0;
  savedSeconds = 0;

  read(): Counts {
    const { hits, misses, puts, savedSeconds } = this;
    return { hits, misses: { ...misses }, puts, savedSeconds };
  }
}

/**
 * Counts the calls of one cache, those of this process since the cache was made. Memory is bounded: the first thousand
 * functions are counted for themselves, all of them in the totals.
 */
export class Tally {
  readonly #total = new Count();
  readonly #functions = new Map<string, Map<string | undefined, Count>>();
  #functionCount = 0;
  /** Whose count was asked for last: mostly the one that is asked for next. */
  #last: { readonly identity: CountedFunction; readonly count: Count | undefined } | undefined;

  /** All calls. */
  totals(): Counts {
    return this.#total.read();
  }

  /** The calls of each function. */
  functions(): FunctionCounts[] {
    return [...this.#functions].flatMap(([name, modules]) =>
      [...modules].map(([module, count]) => ({ name, module, ...count.read() }))
    );
  }

  /**
   * Counts a hit.
   *
   * @param of The function's name and module.
   * @param savedSeconds How long the function took when its result was made.
   */
  addHit(of: CountedFunction, savedSeconds: number): void {
    const own = this.#countOf(of);
    this.#total.hits++;
    this.#total.savedSeconds += savedSeconds;
    if (own === undefined) return;
    own.hits++;
    own.savedSeconds += savedSeconds;
  }

  /**
   * Counts a miss.
   *
   * @param of The function's name and module.
   */
  addMiss(of: CountedFunction, reason: CallMissReason): void {
    const own = this.#countOf(of);
    this.#total.misses[reason]++;
    if (own !== undefined) own.misses[reason]++;
  }

  /**
   * Counts a result that was kept.
   *
   * @param of The function's name and module.
   */
  addPut(of: CountedFunction): void {
    const own = this.#countOf(of);
    this.#total.puts++;
    if (own !== undefined) own.puts++;
  }

  #countOf(identity: CountedFunction): Count | undefined {
    if (this.#last?.identity !== identity) this.#last = { identity, count: this.#find(identity) };
    return this.#last.count;
  }

  #find({ name, module }: CountedFunction): Count | undefined {
    const found = this.#functions.get(name)?.get(module);
    if (found !== undefined || this.#functionCount >= MOST_FUNCTIONS) return found;
    const count = new Count();
    let modules = this.#functions.get(name);
    if (modules === undefined) this.#functions.set(name, modules = new Map());
    modules.set(module, count);
    this.#functionCount++;
    return count;
  }
}
