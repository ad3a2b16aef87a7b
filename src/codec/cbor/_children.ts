/**
 * What stands in Maps and Sets, one child after the other, without a list of them all.
 *
 * @module
 */

import { mapStep, type PathStep, Step } from "../../_value_path.ts";

/** A position between the children of an object. */
export interface Children {
  /** How many were announced and are still to come. */
  readonly left: number;
  /** The child that {@linkcode advance} went to. */
  readonly child: unknown;
  /** The step to it. */
  readonly step: PathStep;
  /** Goes to the next child; `false` when there is none, since the object has lost it. */
  advance(): boolean;
  /** The same position once more, to go on from apart from this one. */
  fork(): Children;
}

/** A Map's keys, each followed by its value. */
export class MapChildren implements Children {
  readonly #map: ReadonlyMap<unknown, unknown>;
  readonly #entries: Iterator<[unknown, unknown]>;
  readonly #size: number;
  /** How many keys and values were given. */
  #given = 0;
  #entry: readonly [key: unknown, value: unknown] = [undefined, undefined];

  /** @param size How many entries to give. */
  constructor(map: ReadonlyMap<unknown, unknown>, size: number) {
    this.#map = map;
    this.#entries = Map.prototype.entries.call(map);
    this.#size = size;
  }

  get left(): number {
    return this.#size * 2 - this.#given;
  }

  get child(): unknown {
    return this.#entry[this.#given % 2 === 1 ? 0 : 1];
  }

  get step(): PathStep {
    const at = (this.#given - 1) >> 1;
    return this.#given % 2 === 1 ? new Step(`.keys()[${at}]`) : mapStep(this.#entry[0], at);
  }

  advance(): boolean {
    if (this.#given++ % 2 === 1) return true;
    const next = this.#entries.next();
    if (next.done !== true) this.#entry = next.value;
    return next.done !== true;
  }

  fork(): MapChildren {
    const fork = new MapChildren(this.#map, this.#size);
    while (fork.#given < this.#given && fork.advance());
    return fork;
  }
}

/** A Set's members. */
export class SetChildren implements Children {
  readonly #set: ReadonlySet<unknown>;
  readonly #members: Iterator<unknown>;
  readonly #size: number;
  #given = 0;
  child: unknown;

  /** @param size How many members to give. */
  constructor(set: ReadonlySet<unknown>, size: number) {
    this.#set = set;
    this.#members = Set.prototype.values.call(set);
    this.#size = size;
  }

  get left(): number {
    return this.#size - this.#given;
  }

  get step(): PathStep {
    return new Step(`.values()[${this.#given - 1}]`);
  }

  advance(): boolean {
    this.#given++;
    const next = this.#members.next();
    if (next.done !== true) this.child = next.value;
    return next.done !== true;
  }

  fork(): SetChildren {
    const fork = new SetChildren(this.#set, this.#size);
    while (fork.#given < this.#given && fork.advance());
    return fork;
  }
}
