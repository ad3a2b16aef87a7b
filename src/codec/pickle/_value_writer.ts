/**
 * JavaScript values into opcodes: primitives, arrays and plain objects here, all other objects by {@linkcode writeExotic}.
 *
 * Writing is recursive, and can stop between any two elements: whatever is under way then leaves a continuation behind and
 * returns `false`, and {@linkcode ValueWriter.resume} goes on, innermost first. So what was written can be handed over
 * chunk by chunk, and a value of any size needs the memory of a chunk and of a number for each of its objects.
 *
 * @module
 */

// `as` here: property reads of objects whose prototype has just been compared.

import { formatPath, type PathStep } from "../../_value_path.ts";
import { CodecError } from "../../errors.ts";
import { isDense, onlyShown } from "../_own_properties.ts";
import { refusalOf, type Refuser } from "../_refusal.ts";
import { ByteWriter } from "./_byte_writer.ts";
import { writeExotic } from "./_exotic_writer.ts";
import { writeTuple } from "./_object_writer.ts";
import type { Extension } from "./_extension.ts";
import { BATCH, MAX_DEPTH, PROTOCOL, UNDEFINED } from "./_format.ts";
import { Memo, UNFINISHED } from "./_memo.ts";
import { notPlain, plainRefusal } from "./_plain_refusal.ts";
import {
  APPENDS,
  EMPTY_DICT,
  EMPTY_LIST,
  MARK,
  NEWFALSE,
  NEWTRUE,
  NONE,
  SETITEMS,
  STOP,
  TUPLE2,
} from "./_opcodes.ts";
import { wasTuple } from "./_tuples.ts";

/** So many property names are written once and referred to afterwards. */
const MOST_NAMES = 4096;

/** In long lists and objects of short values, the room is looked at once in so many (a power of two, less one). */
const SELDOM = 63;
/** A text from here on is no short value. */
const LONG_TEXT = 1 << 12;

/** An entry of a dict: a key that is a primitive, its value, and the step to it. */
export interface Entry {
  readonly key: unknown;
  readonly value: unknown;
  readonly step: PathStep;
}

/** Writes one value at a time. */
export class ValueWriter implements Refuser {
  /** Where the opcodes go. */
  readonly out: ByteWriter = new ByteWriter();
  /** Bytes that are read elsewhere and belong right behind what was written; the driver puts them there. */
  foreign: Blob | undefined;
  readonly #memo = new Memo();
  /** The numbers of property names in the reader's memo. */
  readonly #names = new Map<string, number>();
  /** The same for what is written again and again, such as classes. */
  readonly #constants = new Map<string, number>();
  readonly #steps: PathStep[] = [];
  /** What is still to be done, the next last. */
  readonly #continuations: (() => boolean)[] = [];
  #suspended: (() => boolean)[] = [];
  /** Above 0, nothing is suspended. */
  #atomic = 0;
  #depth = 0;
  readonly #extension: Extension | undefined;

  /** @param extension Writes what plain pickles do not hold. */
  constructor(extension?: Extension) {
    this.#extension = extension;
  }

  /**
   * Begins with a value.
   *
   * @returns Whether it is written whole; else `out` has enough for a chunk, and {@linkcode resume} goes on.
   * @throws {CodecError} code `unencodable`, naming the path.
   */
  start(value: unknown): boolean {
    this.out.begin(PROTOCOL);
    this.#continuations.push(() => {
      this.out.byte(STOP);
      return true;
    }, () => this.value(value, 0));
    return this.resume();
  }

  /** Goes on. See {@linkcode start}. */
  resume(): boolean {
    try {
      for (let next = this.#continuations.pop(); next !== undefined; next = this.#continuations.pop()) {
        if (next()) continue;
        this.#continuations.push(...this.#suspended.reverse());
        this.#suspended = [];
        return false;
      }
      return true;
    } catch (error) {
      throw error instanceof CodecError ? error : this.#explained(error);
    }
  }

  /** Forgets the value. */
  reset(): void {
    this.out.reset();
    this.#memo.clear();
    this.#names.clear();
    this.#constants.clear();
    this.#steps.length = 0;
    this.#continuations.length = 0;
    this.#suspended = [];
    this.#atomic = 0;
    this.foreign = undefined;
  }

  /** Whether a stop is impossible here. */
  get isWithinWhole(): boolean {
    return this.#atomic > 0;
  }

  /** Whether to stop here. */
  get isFull(): boolean {
    return this.out.isFull && this.#atomic === 0;
  }

  /** Stops: what is left to do is done when there is room. */
  suspend(next: () => boolean): false {
    this.#suspended.push(next);
    return false;
  }

  /** Writes without a stop in between. */
  whole(write: () => void): true {
    this.#atomic++;
    try {
      write();
    } finally {
      this.#atomic--;
    }
    return true;
  }

  /** Writes a value that stands in `depth` objects; `false` when it stopped on the way. */
  value(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case "string":
        this.out.text(value);
        return true;
      case "number":
        this.out.number(value);
        return true;
      case "boolean":
        this.out.byte(value ? NEWTRUE : NEWFALSE);
        return true;
      case "undefined":
        this.out.mark(UNDEFINED);
        this.out.byte(NONE);
        return true;
      case "bigint":
        this.out.bigint(value);
        return true;
      case "object":
        if (value !== null) return this.#object(value, depth);
        this.out.byte(NONE);
        return true;
      case "symbol":
        if (this.#extension?.symbol(this, value) === true) return true;
        return this.refuse(
          depth,
          this.#extension === undefined ? notPlain(`${String(value)} is`) : refusalOf(value),
        );
      default:
        return this.#object(value as object, depth);
    }
  }

  /** Writes what stands in an object, remembering the step to it for messages. */
  child(value: unknown, depth: number, step: PathStep): boolean {
    this.#steps[depth - 1] = step;
    return this.value(value, depth);
  }

  /** Makes the object that was just written one that later ones refer to. */
  remember(object: object): void {
    const number = this.out.memoize();
    if (this.#memo.isPostponed(object)) this.#memo.give(object, number);
    else this.#memo.number(object, number);
  }

  /** Says that an object is remembered only when more than its first opcode is written. */
  unfinished(object: object): void {
    this.#memo.postpone(object);
  }

  /** A property's name. */
  name(name: string): void {
    const number = this.#names.get(name);
    if (number !== undefined) return this.out.get(number);
    this.out.text(name);
    if (this.#names.size >= MOST_NAMES) return;
    this.#names.set(name, this.out.memoize());
    this.#memo.skip();
  }

  /** Something that is written in the same way each time, such as a class. */
  constant(key: string, write: () => void): void {
    const number = this.#constants.get(key);
    if (number !== undefined) return this.out.get(number);
    write();
    this.#constants.set(key, this.out.memoize());
    this.#memo.skip();
  }

  /** Entries into the dict that was just begun. */
  entries(entries: readonly Entry[], depth: number, from: number = 0): boolean {
    for (let i = from; i < entries.length; i++) {
      this.#batch(i, SETITEMS);
      const { key, value, step } = entries[i] as Entry;
      this.value(key, depth + 1);
      if (!this.child(value, depth + 1, step) || this.isFull) {
        return this.suspend(() => this.entries(entries, depth, i + 1));
      }
    }
    if (entries.length > 0) this.out.byte(SETITEMS);
    return true;
  }

  /** Elements into the list that was just begun; each element is two, a pair, under `isPaired`. */
  elements(
    elements: readonly (readonly [value: unknown, step: PathStep])[],
    depth: number,
    options: { readonly isPaired?: boolean; readonly opcode?: number } = {},
    from: number = 0,
  ): boolean {
    const { isPaired = false, opcode = APPENDS } = options;
    for (let i = from; i < elements.length; i++) {
      if (isPaired && i % 2 === 0 && i > 0) this.out.byte(TUPLE2);
      if (!isPaired || i % 2 === 0) this.#batch(isPaired ? i / 2 : i, opcode);
      const [value, step] = elements[i] as readonly [unknown, PathStep];
      if (!this.child(value, depth + 1, step) || this.isFull) {
        return this.suspend(() => this.elements(elements, depth, options, i + 1));
      }
    }
    if (elements.length === 0) return true;
    if (isPaired) this.out.byte(TUPLE2);
    this.out.byte(opcode);
    return true;
  }

  /** Gives up on the value that stands in `depth` objects. */
  refuse(depth: number, reason: string, cause?: unknown): never {
    const path = formatPath(this.#steps.slice(0, depth));
    throw new CodecError("unencodable", `Cannot write ${path} as pickle: ${reason}`, {
      path,
      ...cause === undefined ? {} : { cause },
    });
  }

  #batch(i: number, opcode: number): void {
    if (i % BATCH !== 0) return;
    if (i > 0) this.out.byte(opcode);
    this.out.byte(MARK);
  }

  #object(object: object, depth: number): boolean {
    if (!this.#memo.meet(object)) {
      const number = this.#memo.numberOf(object);
      if (number !== UNFINISHED) this.out.get(number);
      else this.refuse(depth, "it refers to an object from within that object's own state");
      return true;
    }
    if (depth >= MAX_DEPTH) {
      this.refuse(
        depth,
        `it stands in ${MAX_DEPTH} objects, the most that can be written; a flatter value would work`,
      );
    }
    this.#depth = depth;
    const prototype: unknown = typeof object === "object" ? Object.getPrototypeOf(object) : undefined;
    if (prototype === Object.prototype) {
      if (Object.getOwnPropertySymbols(object).length > 0) this.refuse(depth, refusalOf(object));
      this.out.byte(EMPTY_DICT);
      this.#memo.number(object, this.out.memoize());
      return this.properties(object as Record<string, unknown>, Object.keys(object), depth);
    }
    if (prototype === Array.prototype && Array.isArray(object)) {
      onlyShown(this, object, depth);
      if (this.#atomic > 0 && wasTuple(object)) return writeTuple(this, object, depth);
      if (isDense(object)) {
        this.out.byte(EMPTY_LIST);
        this.#memo.number(object, this.out.memoize());
        return this.#array(object, depth, 0);
      }
    }
    this.unfinished(object);
    const written = writeExotic(this, object, depth) ?? this.#extension?.object(this, object, depth);
    if (written !== undefined) return written;
    return this.refuse(
      depth,
      this.#extension === undefined ? plainRefusal(this, object, depth) : refusalOf(object),
    );
  }

  /** Properties of an object, or those of its own that are named, into the dict that was just begun. */
  properties(
    object: Record<string, unknown>,
    keys: readonly string[],
    depth: number,
    from: number = 0,
  ): boolean {
    const { out } = this;
    const count = keys.length;
    for (let i = from; i < count; i++) {
      if (i % BATCH === 0) this.#batch(i, SETITEMS);
      const key = keys[i] as string;
      const value = object[key];
      this.name(key);
      // Most properties are strings or numbers: the short way, without a step to remember.
      if (typeof value === "string") out.text(value);
      else if (typeof value === "number") out.number(value);
      else if (!this.child(value, depth + 1, key)) {
        return this.#propertiesLater(object, keys, depth, i + 1);
      }
      if (looksNow(i, value) && this.isFull) {
        return this.#propertiesLater(object, keys, depth, i + 1);
      }
    }
    if (count > 0) out.byte(SETITEMS);
    return true;
  }

  #array(array: readonly unknown[], depth: number, from: number): boolean {
    const { out } = this;
    for (let i = from; i < array.length; i++) {
      if (i % BATCH === 0) this.#batch(i, APPENDS);
      const value = array[i];
      if (typeof value === "string") out.text(value);
      else if (typeof value === "number") out.number(value);
      else if (!this.child(value, depth + 1, i)) return this.#arrayLater(array, depth, i + 1);
      if (looksNow(i, value) && this.isFull) return this.#arrayLater(array, depth, i + 1);
    }
    if (array.length > 0) out.byte(APPENDS);
    return true;
  }

  // Apart from the loops: a function made within one that sees its counter makes every turn of it allocate.

  #arrayLater(array: readonly unknown[], depth: number, from: number): false {
    return this.suspend(() => this.#array(array, depth, from));
  }

  #propertiesLater(
    object: Record<string, unknown>,
    keys: readonly string[],
    depth: number,
    from: number,
  ): false {
    return this.suspend(() => this.properties(object, keys, depth, from));
  }

  /** What was thrown while writing: by a getter, by a Proxy, by an object that is not what its prototype says. */
  #explained(error: unknown): CodecError {
    const path = formatPath(this.#steps.slice(0, this.#depth));
    const reason = `reading it failed: ${error instanceof Error ? error.message : String(error)}`;
    return new CodecError("unencodable", `Cannot write ${path} as pickle: ${reason}`, { path, cause: error });
  }
}

/** Whether to look for room after the i-th of many values: a short one changes little. */
function looksNow(i: number, value: unknown): boolean {
  if ((i & SELDOM) === SELDOM) return true;
  return typeof value === "string" ? value.length >= LONG_TEXT : typeof value === "object" && value !== null;
}
