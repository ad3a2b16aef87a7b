/**
 * CBOR items into JavaScript values: primitives, arrays and plain objects here, tagged ones by {@linkcode readTagged}.
 * Nothing that is read is called, and no object gets a prototype or a property but as an own one.
 *
 * The reader is recursive. Where bytes of a stream end that has more, each container on the way up leaves behind how
 * to go on with it, innermost first; the innermost goes back to the start of the item that could not be read.
 *
 * @module
 */

import { CodecError } from "../../errors.ts";
import { ByteReader, NEED_MORE } from "./_byte_reader.ts";
import {
  ARRAY,
  BYTES,
  FALSE,
  FLOAT16,
  FLOAT64,
  MAP,
  MAX_DEPTH,
  NEGATIVE,
  NULL,
  TAG,
  TAG_WTF8,
  TEXT,
  TRUE,
  UNDEFINED,
  UNSIGNED,
} from "./_format.ts";
import { readTagged } from "./_tag_reader.ts";
import { readWtf8 } from "../_text_reader.ts";

/** Said where values one after the other have come to their end. */
export const END: unique symbol = Symbol("end");

/** Stands where a shared value is still to be read. */
const UNREAD: unique symbol = Symbol("unread");

/** Goes on with a container: with the item that was read meanwhile, or {@linkcode UNREAD} to read it again. */
type Resume = (item: unknown) => unknown;

/** What is made of items, one after the other. */
export interface Collector {
  /** Takes an item. */
  add(item: unknown): void;
  /** What was made of them all. */
  finish(): unknown;
}

/** How properties are put on an object, and what comes `then`. */
export interface PropertyOptions {
  readonly enumerable: boolean;
  then(): unknown;
}

/** Reads one value, or values that stand one after the other. */
export class ValueReader {
  /** Where the items come from. */
  readonly in: ByteReader;
  readonly #shared: unknown[] = [];
  /** Which shared value the next object is; -1 for none. An object says so before its contents are read. */
  #pending = -1;
  /** How to go on with each container that is being read, innermost first. */
  #paused: Resume[] = [];
  /** Within so many objects that are read again from their start: nothing there is left behind. */
  #atomic = 0;
  #value: unknown = UNREAD;
  /** Where the value that is read begins. */
  #start = 0;

  /**
   * @param bytes What is read.
   * @param hasMore Whether more bytes may follow.
   */
  constructor(bytes: Uint8Array, hasMore: boolean = false) {
    this.in = new ByteReader(bytes, hasMore);
  }

  /**
   * Reads the one value that the bytes are, or goes on reading it.
   *
   * @returns {@linkcode NEED_MORE} when there are not all bytes yet.
   * @throws {CodecError} code `malformed`, when they are not a value, or more follows.
   */
  read(): unknown {
    if (this.#value === UNREAD) {
      const item = this.next();
      if (item === NEED_MORE) return NEED_MORE;
      if (item === END) this.in.fail("it ends where a value should stand");
      this.#value = item;
    }
    try {
      return this.in.atEnd ? this.#value : this.in.fail("bytes follow the value");
    } catch (error) {
      if (error === NEED_MORE) return NEED_MORE;
      throw error;
    }
  }

  /**
   * Reads the next of the values that the bytes are, or goes on reading it. They have nothing to do with each other.
   *
   * @returns {@linkcode NEED_MORE} when there are not all its bytes yet, {@linkcode END} when there is none.
   * @throws {CodecError} code `malformed`, when they are not a value.
   */
  next(): unknown {
    try {
      return this.#paused.length > 0 ? this.#resume() : this.#begin();
    } catch (error) {
      if (error instanceof CodecError) throw error;
      if (error === NEED_MORE) {
        if (this.#paused.length === 0) this.in.rewind(this.#start);
        return NEED_MORE;
      }
      return this.in.fail(
        `what stands there cannot be restored (${error instanceof Error ? error.message : String(error)})`,
        this.in.position,
        error,
      );
    }
  }

  #begin(): unknown {
    this.in.settle();
    this.#start = this.in.mark;
    if (this.#shared.length > 0) this.#shared.length = 0;
    if (this.in.atEnd) return END;
    this.in.skipSelfDescribed();
    return this.value(0);
  }

  #resume(): unknown {
    const paused = this.#paused;
    this.#paused = [];
    let item: unknown = UNREAD;
    for (let i = 0; i < paused.length; i++) {
      try {
        item = paused[i]?.(item);
      } catch (error) {
        for (let outer = i + 1; outer < paused.length; outer++) this.#paused.push(paused[outer] as Resume);
        throw error;
      }
    }
    return item;
  }

  /**
   * Leaves a container for later, when that is why something was thrown out of its loop.
   *
   * @param error What was thrown.
   * @param mark Where the item starts that could not be read.
   * @returns What is to be thrown on.
   */
  #pause(error: unknown, mark: number, resume: Resume): unknown {
    if (error !== NEED_MORE || this.#atomic > 0) return error;
    if (this.#paused.length === 0) this.in.rewind(mark);
    this.#paused.push(resume);
    return error;
  }

  /** From here to {@linkcode leaveAtomic}: what is to be read again from its start when bytes are missing. */
  enterAtomic(): void {
    this.#atomic++;
  }

  /** See {@linkcode enterAtomic}. */
  leaveAtomic(): void {
    this.#atomic--;
  }

  /**
   * Reads a value that stands in `depth` objects.
   *
   * @param depth How many objects it stands in.
   */
  value(depth: number): unknown {
    const first = this.in.start();
    switch (first & 0xe0) {
      case UNSIGNED: {
        const value = this.in.argument(first);
        return value > Number.MAX_SAFE_INTEGER ? this.in.bigHead() : value;
      }
      case NEGATIVE: {
        const value = -1 - this.in.argument(first);
        return value < Number.MIN_SAFE_INTEGER ? -1n - this.in.bigHead() : value;
      }
      case BYTES:
        return this.created(this.in.ownContent(first));
      case TEXT:
        return this.in.text(first);
      case ARRAY:
        return this.array(first, depth);
      case MAP:
        return this.#plainObject(first, depth);
      case TAG:
        return readTagged(this, first, depth);
      default:
        return this.#simple(first);
    }
  }

  /** Announces an object whose contents are still to be read, so that these can refer to it. */
  created<T extends object>(object: T): T {
    if (this.#pending >= 0) {
      this.#shared[this.#pending] = object;
      this.#pending = -1;
    }
    return object;
  }

  /** The elements of an array whose first byte was read. */
  array(first: number, depth: number): unknown[] {
    this.checkDepth(depth);
    const count = this.in.count(first, 1);
    return this.#elements(this.created([]), count, depth);
  }

  #elements(array: unknown[], count: number, depth: number): unknown[] {
    let mark = 0;
    try {
      while (array.length < count) {
        mark = this.in.mark;
        array.push(this.value(depth + 1));
      }
      return array;
    } catch (error) {
      throw this.#pauseElements(error, mark, { array, count, depth });
    }
  }

  // Not in the loops, here and below: what a closure captures there would cost each turn of them.
  #pauseElements(
    error: unknown,
    mark: number,
    { array, count, depth }: { array: unknown[]; count: number; depth: number },
  ): unknown {
    return this.#pause(error, mark, (item) => {
      if (item !== UNREAD) array.push(item);
      return this.#elements(array, count, depth);
    });
  }

  /** The plain object that a map whose first byte was read stands for. */
  #plainObject(first: number, depth: number): object {
    this.checkDepth(depth);
    const count = this.in.count(first, 2);
    return this.#entries(this.created({}), count, depth, 0);
  }

  #entries(object: Record<string, unknown>, count: number, depth: number, from: number): object {
    let i = from;
    let key = "";
    let mark = 0;
    try {
      for (; i < count; i++) {
        mark = this.in.mark;
        key = this.text();
        const value = this.value(depth + 1);
        if (key === "__proto__") define(object, key, value, true);
        else object[key] = value;
      }
    } catch (error) {
      throw this.#pauseEntries(error, mark, { object, key, count, at: i, depth });
    }
    if (Object.keys(object).length !== count) this.in.fail("a map has a key twice");
    return object;
  }

  #pauseEntries(
    error: unknown,
    mark: number,
    left: { object: Record<string, unknown>; key: string; count: number; at: number; depth: number },
  ): unknown {
    const { object, key, count, at, depth } = left;
    return this.#pause(error, mark, (item) => {
      if (item !== UNREAD) define(object, key, item, true);
      return this.#entries(object, count, depth, item === UNREAD ? at : at + 1);
    });
  }

  /**
   * Puts the entries of a map, which must be next, on an object: defined, never assigned, so that no setter is called.
   *
   * @param depth How many objects the object stands in.
   * @returns What came `then`.
   */
  defineProperties(object: object, depth: number, options: PropertyOptions): unknown {
    return this.collect(
      new PropertyCollector(object, options),
      depth,
      this.#propertyCount(object, depth, options),
    );
  }

  #propertyCount(object: object, depth: number, options: PropertyOptions): number {
    const { mark } = this.in;
    try {
      return this.in.count(this.in.expect(MAP), 2) * 2;
    } catch (error) {
      throw this.#pause(error, mark, () => this.defineProperties(object, depth, options));
    }
  }

  /** Reads so many items into what is made of them, which stands in `depth` objects. */
  collect(collector: Collector, depth: number, count: number): unknown {
    let left = count;
    let mark = 0;
    try {
      for (; left > 0; left--) {
        mark = this.in.mark;
        collector.add(this.value(depth + 1));
      }
    } catch (error) {
      throw this.#pauseCollecting(error, mark, { collector, depth, left });
    }
    return collector.finish();
  }

  #pauseCollecting(
    error: unknown,
    mark: number,
    { collector, depth, left }: { collector: Collector; depth: number; left: number },
  ): unknown {
    return this.#pause(error, mark, (item) => {
      if (item !== UNREAD) collector.add(item);
      return this.collect(collector, depth, item === UNREAD ? left : left - 1);
    });
  }

  /** Reads a value that later references may mean; its tag was read. */
  shareable(depth: number): unknown {
    if (this.#pending >= 0) this.in.fail("a value is marked as shared twice");
    const number = this.#shared.push(UNREAD) - 1;
    this.#pending = number;
    let value: unknown;
    try {
      value = this.value(depth);
    } catch (error) {
      // It is read again from its tag on, unless it is a container, which is known by its number already.
      if (error === NEED_MORE && this.#paused.length === 0) this.#shared.length = number;
      throw error;
    } finally {
      this.#pending = -1;
    }
    if (this.#shared[number] === UNREAD) this.#shared[number] = value;
    return value;
  }

  /** The shared value of that number. */
  sharedReference(number: number): unknown {
    const value = number in this.#shared ? this.#shared[number] : UNREAD;
    if (value === UNREAD) this.in.fail("a reference leads to no shared value");
    return value;
  }

  /** A number, which must be next. */
  number(): number {
    const first = this.in.start();
    const major = first & 0xe0;
    if (major === UNSIGNED) return this.in.argument(first);
    if (major === NEGATIVE) return -1 - this.in.argument(first);
    if (first < FLOAT16 || first > FLOAT64) this.in.fail("a number is missing", this.in.position - 1);
    return this.in.float(first);
  }

  /** A text, which must be next; lone surrogates and all. */
  text(): string {
    const first = this.in.start();
    if ((first & 0xe0) === TEXT) return this.in.text(first);
    const text = (first & 0xe0) === TAG && this.in.argument(first) === TAG_WTF8
      ? readWtf8(this.in.expectBytes())
      : undefined;
    return text ?? this.in.fail("a text is missing");
  }

  /** An argument of a form: a primitive, bytes to be copied, or a list of texts. */
  argument(depth: number): unknown {
    const { mark } = this.in;
    const first = this.in.start();
    if ((first & 0xe0) === BYTES) return this.in.content(first);
    if ((first & 0xe0) === ARRAY) {
      const count = this.in.count(first, 1);
      const texts: string[] = [];
      while (texts.length < count) texts.push(this.text());
      return texts;
    }
    this.in.rewind(mark);
    return this.value(depth);
  }

  /** Refuses what stands in too many objects. */
  checkDepth(depth: number): void {
    if (depth >= MAX_DEPTH) this.in.fail(`it is nested more than ${MAX_DEPTH} levels deep`);
  }

  #simple(first: number): unknown {
    if (first >= FLOAT16 && first <= FLOAT64) return this.in.float(first);
    switch (first) {
      case FALSE:
        return false;
      case TRUE:
        return true;
      case NULL:
        return null;
      case UNDEFINED:
        return undefined;
      default:
        return this.in.fail("a simple value has no meaning here", this.in.position - 1);
    }
  }
}

/** Names and values in turn, onto an object. */
class PropertyCollector implements Collector {
  readonly #object: object;
  readonly #options: PropertyOptions;
  #key: string | undefined;

  constructor(object: object, options: PropertyOptions) {
    this.#object = object;
    this.#options = options;
  }

  add(item: unknown): void {
    if (this.#key !== undefined) {
      define(this.#object, this.#key, item, this.#options.enumerable);
      this.#key = undefined;
    } else if (typeof item === "string") {
      this.#key = item;
    } else {
      throw new TypeError("a text is missing");
    }
  }

  finish(): unknown {
    return this.#options.then();
  }
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
