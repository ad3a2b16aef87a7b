/**
 * Which objects were written, and under which number the reader will remember each.
 *
 * Most values have no object twice. So objects are only collected at first, in the order in which they are numbered, which takes
 * one step where looking up and entering a number takes two; the numbers are worked out when the first one is asked for.
 *
 * @module
 */

/** Says that an object is being written and cannot be referred to before it is whole. */
export const UNFINISHED: number = -1;

/** Objects and their numbers. */
export class Memo {
  readonly #met = new Set<object>();
  /** Where, counted in objects met, numbers move on by themselves (1, a name was numbered) or stay (-1, an object has none yet). */
  #shifts: { readonly at: number; readonly by: number }[] = [];
  /** Numbers that were given apart from the order. */
  readonly #given = new Map<object, number>();
  /** All numbers, once one has been asked for. */
  #numbers: Map<object, number> | undefined;

  /** Whether an object is met for the first time. */
  meet(object: object): boolean {
    if (this.#numbers !== undefined) return !this.#numbers.has(object);
    const { size } = this.#met;
    return this.#met.add(object).size > size;
  }

  /** The object that was met last has got the next number. */
  number(object: object, number: number): void {
    if (this.#numbers !== undefined) this.#numbers.set(object, number);
  }

  /** An object that was met has no number yet. */
  postpone(object: object): void {
    if (this.#numbers !== undefined) this.#numbers.set(object, UNFINISHED);
    else this.#shifts.push({ at: this.#met.size, by: -1 });
    this.#given.set(object, UNFINISHED);
  }

  /** An object that was postponed has got a number. */
  give(object: object, number: number): void {
    this.#given.set(object, number);
    if (this.#numbers !== undefined) this.#numbers.set(object, number);
    else this.skip();
  }

  /** Whether an object was postponed and has no number yet. */
  isPostponed(object: object): boolean {
    return this.#given.size > 0 && this.#given.get(object) === UNFINISHED;
  }

  /** A number went to something that is no object. */
  skip(): void {
    if (this.#numbers === undefined) this.#shifts.push({ at: this.#met.size, by: 1 });
  }

  /** The number of an object that was met. */
  numberOf(object: object): number {
    this.#numbers ??= this.#worked();
    return this.#numbers.get(object) ?? UNFINISHED;
  }

  /** Forgets everything. */
  clear(): void {
    this.#met.clear();
    this.#given.clear();
    this.#shifts = [];
    this.#numbers = undefined;
  }

  #worked(): Map<object, number> {
    const numbers = new Map<object, number>();
    let at = 0;
    let shift = 0;
    let next = 0;
    for (const object of this.#met) {
      for (
        let event = this.#shifts[next];
        event !== undefined && event.at <= at;
        event = this.#shifts[++next]
      ) {
        shift += event.by;
      }
      numbers.set(object, this.#given.get(object) ?? at + shift);
      at++;
    }
    this.#met.clear();
    return numbers;
  }
}
