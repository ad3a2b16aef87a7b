/**
 * JavaScript values into CBOR items: primitives, arrays and plain objects here, all other objects by
 * {@linkcode writeExotic}. Plain data becomes plain CBOR, in one pass where it is small.
 *
 * The writer is recursive. In a stream it pauses when a chunk is full: every container on the way up then leaves
 * behind what is left of it, innermost first, and answers `false`.
 *
 * @module
 */

// `as` here: property reads of objects whose prototype has just been compared.

import { formatPath, type PathStep } from "../../_value_path.ts";
import { CodecError } from "../../errors.ts";
import { isDense, onlyShown } from "../_own_properties.ts";
import { refusalOf, type Refuser } from "../_refusal.ts";
import { ByteWriter } from "./_byte_writer.ts";
import type { Children } from "./_children.ts";
import { writeExotic } from "./_exotic_writer.ts";
import {
  ARRAY,
  MAP,
  MAX_DEPTH,
  NULL,
  TAG,
  TAG_OBJECT,
  TAG_SHAREABLE,
  TAG_SHARED_REFERENCE,
} from "./_format.ts";
import { RepeatedObjects } from "./_repeated_objects.ts";

/** How large a value may be that is written whole, and how large the chunks of one that is not. */
export interface WriterLimits {
  /** What is larger goes into a stream, in bytes. */
  readonly whole: number;
  /** How many bytes make a chunk. */
  readonly chunk: number;
}

/** After strings and numbers, whether a chunk is full is asked of every 16th only. */
const UNCHECKED = 15;

const LIMITS: WriterLimits = { whole: 1 << 20, chunk: 1 << 18 };

/** Writes one value; after {@linkcode ValueWriter.write} it is ready for the next. */
export class ValueWriter implements Refuser {
  /** Where the items go. */
  readonly out: ByteWriter = new ByteWriter();
  readonly #limits: WriterLimits;
  /** The step taken at each depth, kept only where it leads to more than a primitive. */
  readonly #steps: PathStep[] = [];
  readonly #objects = new RepeatedObjects();
  /** Whether this is the first pass, which writes no references but finds out where there are to be any. */
  #searches = true;
  /** In the first pass: whether it only looks for what is repeated or refused, its output being too large already. */
  #skips = false;
  /** What is left of each container that is being written while a stream waits, innermost first. */
  #left: (() => boolean)[] = [];
  /** What was written of a large value before that was known. */
  #begun: Uint8Array<ArrayBuffer>[] = [];
  /** Where the object stands that is being looked at, for what is thrown out of it. */
  #depth = 0;

  /** @param limits How large a value may be that is written whole; differs in tests only. */
  constructor(limits: WriterLimits = LIMITS) {
    this.#limits = limits;
  }

  /**
   * Writes a value, if it is small. Only where an object occurs more than once a second pass follows, which marks those.
   *
   * @returns `undefined` when it is larger. It is then known that it can be written, and what was begun stays here for
   * {@linkcode chunks}.
   * @throws {CodecError} code `unencodable`, naming the path.
   */
  write(value: unknown): Uint8Array<ArrayBuffer> | undefined {
    let isWhole = true;
    try {
      this.out.reset(this.#limits.whole);
      isWhole = this.value(value, 0) && !this.out.full;
      if (!isWhole) this.#search();
      this.#searches = false;
      this.#objects.endSearch();
      if (this.#objects.found) {
        this.out.reset(this.#limits.whole);
        this.#left = [];
        isWhole = this.value(value, 0) && !this.out.full;
        this.#begun = isWhole ? [] : this.out.takeChunks();
      }
      return isWhole ? this.out.take() : undefined;
    } catch (error) {
      isWhole = true;
      throw this.#explained(error);
    } finally {
      if (isWhole) this.forget();
    }
  }

  /** The rest of the first pass when its output is too large: it looks for what is repeated or refused. */
  #search(): void {
    const [left, steps] = [this.#left, this.#steps.slice()];
    this.#begun = this.out.takeChunks();
    this.#skips = true;
    this.out.reset(this.#limits.whole, true);
    for (const rest of left) rest();
    this.#skips = false;
    for (let i = 0; i < steps.length; i++) this.#steps[i] = steps[i] as PathStep;
  }

  /**
   * The chunks of a value that {@linkcode write} found to be large, each list of them written when it is asked for.
   *
   * @throws {CodecError} code `unencodable`, when the value has changed.
   */
  *chunks(): Generator<Uint8Array<ArrayBuffer>[]> {
    yield this.#begun;
    this.#begun = [];
    while (this.#left.length > 0) {
      this.out.reset(this.#limits.chunk, true);
      try {
        this.#goOn();
      } catch (error) {
        throw this.#explained(error);
      }
      yield this.out.takeChunks();
    }
    this.forget();
  }

  /** Lets go of the value, so that the writer is ready for another. */
  forget(): void {
    this.out.reset();
    this.#objects.clear();
    this.#searches = true;
    this.#skips = false;
    this.#left = [];
    this.#begun = [];
  }

  /**
   * Writes a value that stands in `depth` objects.
   *
   * @param depth How many objects it stands in.
   * @returns Whether it is done; else the rest of it is left for later.
   */
  value(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case "string":
        if (!this.#skips) this.out.text(value);
        return true;
      case "number":
        this.out.number(value);
        return true;
      case "boolean":
        this.out.boolean(value);
        return true;
      case "undefined":
        this.out.undefined();
        return true;
      case "bigint":
        this.out.bigint(value);
        return true;
      case "object":
        if (value !== null) return this.#object(value, depth);
        this.out.byte(NULL);
        return true;
      case "symbol":
        this.#symbol(value, depth);
        return true;
      default:
        return this.refuse(depth, refusalOf(value));
    }
  }

  /** Writes the start of a generic object: its tag, its type name, and how many arguments follow. */
  generic(name: string, count: number): void {
    this.out.head(TAG, TAG_OBJECT);
    this.out.head(ARRAY, 1 + count);
    this.out.text(name);
  }

  /**
   * Writes properties of an object as a map, in the order given.
   *
   * @returns Whether they are done.
   */
  properties(object: object, keys: readonly string[], depth: number): boolean {
    this.out.head(MAP, keys.length);
    return this.#properties(object, keys, depth, 0);
  }

  /**
   * Writes what stands in an object, one child after the other.
   *
   * @param children As many children as were announced.
   * @returns Whether they are done.
   */
  children(children: Children, depth: number): boolean {
    while (children.left > 0) {
      if (!children.advance()) this.refuse(depth, "it changed while it was written; a copy of it would work");
      this.#steps[depth] = children.step;
      if (!this.value(children.child, depth + 1) || (this.out.full && this.#pauses())) {
        return this.pause(() => this.children(this.#skips ? children.fork() : children, depth));
      }
    }
    return true;
  }

  /**
   * Leaves the rest of a container for later.
   *
   * @param rest Writes it, and answers whether that is done. It may be asked twice: to skip it, and to write it.
   */
  pause(rest: () => boolean): false {
    this.#left.push(rest);
    return false;
  }

  /** Gives up on the value that stands in `depth` objects. */
  refuse(depth: number, reason: string, cause?: unknown): never {
    const path = formatPath(this.#steps.slice(0, depth));
    throw new CodecError("unencodable", `Cannot write ${path} as CBOR: ${reason}`, {
      path,
      ...cause === undefined ? {} : { cause },
    });
  }

  /** What was left, innermost first, until the next chunk is full. */
  #goOn(): void {
    const left = this.#left;
    this.#left = [];
    for (let i = 0; i < left.length; i++) {
      if (left[i]?.() === true) continue;
      // What that one left comes before what stands around it.
      for (let outer = i + 1; outer < left.length; outer++) this.#left.push(left[outer] as () => boolean);
      return;
    }
  }

  /** Whether to pause now that a chunk is full. A search does not, but forgets what it wrote. */
  #pauses(): boolean {
    if (this.#skips) this.out.reset(this.#limits.whole, true);
    return !this.#skips;
  }

  #properties(object: object, keys: readonly string[], depth: number, from: number): boolean {
    const { out } = this;
    const writes = !this.#skips;
    for (let i = from; i < keys.length; i++) {
      const key = keys[i] as string;
      const value = (object as Record<string, unknown>)[key];
      if (writes) out.text(key);
      // Most properties are strings or numbers: the short way, without a step to remember.
      if (typeof value === "string") {
        if (writes) out.text(value);
        if ((i & UNCHECKED) !== UNCHECKED) continue;
      } else if (typeof value === "number") {
        out.number(value);
        if ((i & UNCHECKED) !== UNCHECKED) continue;
      } else {
        this.#steps[depth] = key;
        if (!this.value(value, depth + 1)) return this.#pauseProperties(object, keys, depth, i + 1);
      }
      if (out.full && this.#pauses()) return this.#pauseProperties(object, keys, depth, i + 1);
    }
    return true;
  }

  // Not in the loop: what a closure captures there would cost each turn of it.
  #pauseProperties(object: object, keys: readonly string[], depth: number, from: number): false {
    return this.pause(() => this.#properties(object, keys, depth, from));
  }

  #object(object: object, depth: number): boolean {
    if (depth >= MAX_DEPTH) {
      this.refuse(
        depth,
        `it stands in ${MAX_DEPTH} objects, the most that can be written; a flatter value would work`,
      );
    }
    this.#depth = depth;
    if (this.#searches ? this.#objects.meet(object) : this.#objects.found && this.#reference(object)) {
      return true;
    }
    const prototype = Object.getPrototypeOf(object);
    if (prototype === Object.prototype) {
      if (Object.getOwnPropertySymbols(object).length > 0) this.refuse(depth, refusalOf(object));
      return this.properties(object, Object.keys(object), depth);
    }
    if (prototype === Array.prototype && Array.isArray(object)) return this.#array(object, depth);
    return writeExotic(this, object, depth);
  }

  #array(array: readonly unknown[], depth: number): boolean {
    onlyShown(this, array, depth);
    if (!isDense(array)) {
      const keys = Object.keys(array);
      if (Object.getOwnPropertyNames(array).length !== keys.length + 1) {
        this.refuse(depth, "it has elements or properties that are not enumerable; a copy of it would work");
      }
      // As ["Array", length, its own properties]: CBOR's arrays have no holes.
      this.generic("Array", 2);
      this.out.number(array.length);
      return this.properties(array, keys, depth);
    }
    this.out.head(ARRAY, array.length);
    return this.#elements(array, array.length, depth, 0);
  }

  #elements(array: readonly unknown[], length: number, depth: number, from: number): boolean {
    const { out } = this;
    const writes = !this.#skips;
    for (let i = from; i < length; i++) {
      const value = array[i];
      if (typeof value === "number") {
        out.number(value);
        if ((i & UNCHECKED) !== UNCHECKED) continue;
      } else if (typeof value === "string") {
        if (writes) out.text(value);
        if ((i & UNCHECKED) !== UNCHECKED) continue;
      } else {
        this.#steps[depth] = i;
        if (!this.value(value, depth + 1)) return this.#pauseElements(array, length, depth, i + 1);
      }
      if (out.full && this.#pauses()) return this.#pauseElements(array, length, depth, i + 1);
    }
    return true;
  }

  #pauseElements(array: readonly unknown[], length: number, depth: number, from: number): false {
    return this.pause(() => this.#elements(array, length, depth, from));
  }

  #symbol(symbol: symbol, depth: number): void {
    const key = Symbol.keyFor(symbol);
    if (key === undefined) this.refuse(depth, refusalOf(symbol));
    this.generic("Symbol.for", 1);
    this.out.text(key);
  }

  /** Marks a repeated object where it is first met, and refers to it afterwards; true then. */
  #reference(object: object): boolean {
    if (!this.#objects.has(object)) return false;
    const number = this.#objects.numberOf(object);
    if (number === undefined) {
      this.out.head(TAG, TAG_SHAREABLE);
      return false;
    }
    this.out.head(TAG, TAG_SHARED_REFERENCE);
    this.out.number(number);
    return true;
  }

  /** What was thrown while writing: by a getter, by a Proxy, by an object that is not what its prototype says. */
  #explained(error: unknown): CodecError {
    if (error instanceof CodecError) return error;
    const depth = this.#depth;
    const overflow = error instanceof RangeError && /call stack/i.test(error.message);
    const reason = overflow
      ? "it is nested more deeply than the stack allows"
      : `reading it failed: ${error instanceof Error ? error.message : String(error)}`;
    const path = formatPath(this.#steps.slice(0, depth));
    return new CodecError("unencodable", `Cannot write ${path} as CBOR: ${reason}`, { path, cause: error });
  }
}
