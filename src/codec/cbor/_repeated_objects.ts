/**
 * Which objects occur more than once in a value, and the numbers that they are known by.
 *
 * @module
 */

/** Up to so many objects are remembered in a list, which beats a Set; small values have no more. */
const FEW_OBJECTS = 16;

/** Objects are first searched, all of them in the order in which they are met, then numbered in the same order. */
export class RepeatedObjects {
  /** Every object met so far. */
  readonly #few: object[] = [];
  #many: Set<object> | undefined;
  /** What was met more than once. */
  #repeated: Set<object> | undefined;
  readonly #numbers = new Map<object, number>();

  /** Whether there are any. */
  get found(): boolean {
    return this.#repeated !== undefined;
  }

  /** Meets an object in the search; answers whether it was met before. */
  meet(object: object): boolean {
    if (this.#many === undefined) {
      const few = this.#few;
      for (let i = 0; i < few.length; i++) if (few[i] === object) return this.#repeat(object);
      few.push(object);
      if (few.length > FEW_OBJECTS) this.#many = new Set(few);
      return false;
    }
    const before = this.#many.size;
    return this.#many.add(object).size === before ? this.#repeat(object) : false;
  }

  /** Ends the search, which lets go of all objects that occur only once. */
  endSearch(): void {
    this.#few.length = 0;
    this.#many = undefined;
  }

  /** Whether an object occurs more than once, after the search. */
  has(object: object): boolean {
    return this.#repeated?.has(object) === true;
  }

  /** The number of a repeated object; `undefined` when it gets one now, since it is met for the first time. */
  numberOf(object: object): number | undefined {
    const number = this.#numbers.get(object);
    if (number === undefined) this.#numbers.set(object, this.#numbers.size);
    return number;
  }

  /** Forgets all objects. */
  clear(): void {
    this.endSearch();
    if (this.#repeated === undefined) return;
    this.#repeated = undefined;
    this.#numbers.clear();
  }

  #repeat(object: object): true {
    this.#repeated ??= new Set();
    this.#repeated.add(object);
    return true;
  }
}
