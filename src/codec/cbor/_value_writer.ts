/**
 * JavaScript values into CBOR items: primitives, arrays and plain objects here, all other objects by
 * {@linkcode writeExotic}. Plain data becomes plain CBOR, in one pass.
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

/** Up to so many objects are remembered in a list, which beats a Set; small values have no more. */
const FEW_OBJECTS = 16;

/** Writes one value; after {@linkcode ValueWriter.write} it is ready for the next. */
export class ValueWriter implements Refuser {
  /** Where the items go. */
  readonly out: ByteWriter = new ByteWriter();
  /** The step taken at each depth, kept only where it leads to more than a primitive. */
  readonly #steps: PathStep[] = [];
  /** Every object met so far, in the first pass. */
  readonly #few: object[] = [];
  #many: Set<object> | undefined;
  /** What the first pass met more than once; with it set, the second pass tags these. */
  #repeated: Set<object> | undefined;
  #numbers: Map<object, number> | undefined;
  /** Where the object stands that is being looked at, for what is thrown out of it. */
  #depth = 0;

  /**
   * Writes a value. Only where an object occurs more than once a second pass follows, which marks those.
   *
   * @throws {CodecError} code `unencodable`, naming the path.
   */
  write(value: unknown): Uint8Array<ArrayBuffer> {
    try {
      this.value(value, 0);
      if (this.#repeated !== undefined) {
        this.out.reset();
        this.#numbers = new Map();
        this.value(value, 0);
      }
      return this.out.take();
    } catch (error) {
      this.out.reset();
      throw error instanceof CodecError ? error : this.#explained(error);
    } finally {
      this.#few.length = 0;
      this.#many = undefined;
      this.#repeated = undefined;
      this.#numbers = undefined;
    }
  }

  /**
   * Writes a value that stands in `depth` objects.
   *
   * @param depth How many objects it stands in.
   */
  value(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        return this.out.text(value);
      case "number":
        return this.out.number(value);
      case "boolean":
        return this.out.boolean(value);
      case "undefined":
        return this.out.undefined();
      case "bigint":
        return this.out.bigint(value);
      case "object":
        if (value === null) this.out.byte(NULL);
        else this.#object(value, depth);
        return;
      case "symbol":
        return this.#symbol(value, depth);
      default:
        this.refuse(depth, refusalOf(value));
    }
  }

  /**
   * Writes what stands in an object, remembering the step to it for messages.
   *
   * @param depth How many objects it stands in.
   * @param step The last step to it.
   */
  child(value: unknown, depth: number, step: PathStep): void {
    this.#steps[depth - 1] = step;
    this.value(value, depth);
  }

  /** Writes the start of a generic object: its tag, its type name, and how many arguments follow. */
  generic(name: string, count: number): void {
    this.out.head(TAG, TAG_OBJECT);
    this.out.head(ARRAY, 1 + count);
    this.out.text(name);
  }

  /** Writes properties of an object as a map, in the order given. */
  properties(object: object, keys: readonly string[], depth: number): void {
    const { out } = this;
    out.head(MAP, keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      const value = (object as Record<string, unknown>)[key];
      out.text(key);
      // Most properties are strings or numbers: the short way, without a step to remember.
      if (typeof value === "string") out.text(value);
      else if (typeof value === "number") out.number(value);
      else this.child(value, depth + 1, key);
    }
  }

  /** Gives up on the value that stands in `depth` objects. */
  refuse(depth: number, reason: string, cause?: unknown): never {
    const path = formatPath(this.#steps.slice(0, depth));
    throw new CodecError("unencodable", `Cannot write ${path} as CBOR: ${reason}`, {
      path,
      ...cause === undefined ? {} : { cause },
    });
  }

  #object(object: object, depth: number): void {
    if (depth >= MAX_DEPTH) {
      this.refuse(
        depth,
        `it stands in ${MAX_DEPTH} objects, the most that can be written; a flatter value would work`,
      );
    }
    this.#depth = depth;
    if (this.#numbers !== undefined) {
      if (this.#reference(object, this.#numbers)) return;
    } else if (this.#isRepeated(object)) return;
    const prototype = Object.getPrototypeOf(object);
    if (prototype === Object.prototype) {
      if (Object.getOwnPropertySymbols(object).length > 0) this.refuse(depth, refusalOf(object));
      this.properties(object, Object.keys(object), depth);
    } else if (prototype === Array.prototype && Array.isArray(object)) {
      this.#array(object, depth);
    } else {
      writeExotic(this, object, depth);
    }
  }

  #array(array: readonly unknown[], depth: number): void {
    onlyShown(this, array, depth);
    if (!isDense(array)) {
      const keys = Object.keys(array);
      if (Object.getOwnPropertyNames(array).length !== keys.length + 1) {
        this.refuse(depth, "it has elements or properties that are not enumerable; a copy of it would work");
      }
      // As ["Array", length, its own properties]: CBOR's arrays have no holes.
      this.generic("Array", 2);
      this.out.number(array.length);
      this.properties(array, keys, depth);
      return;
    }
    const { out } = this;
    out.head(ARRAY, array.length);
    for (let i = 0; i < array.length; i++) {
      const value = array[i];
      if (typeof value === "string") out.text(value);
      else if (typeof value === "number") out.number(value);
      else this.child(value, depth + 1, i);
    }
  }

  #symbol(symbol: symbol, depth: number): void {
    const key = Symbol.keyFor(symbol);
    if (key === undefined) this.refuse(depth, refusalOf(symbol));
    this.generic("Symbol.for", 1);
    this.out.text(key);
  }

  /** First pass: whether the object was met before. It is then noted, and written in the second pass only. */
  #isRepeated(object: object): boolean {
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

  #repeat(object: object): true {
    this.#repeated ??= new Set();
    this.#repeated.add(object);
    return true;
  }

  /** Second pass: marks a repeated object where it is first met, and refers to it afterwards; true then. */
  #reference(object: object, numbers: Map<object, number>): boolean {
    if (this.#repeated?.has(object) !== true) return false;
    const number = numbers.get(object);
    if (number === undefined) {
      numbers.set(object, numbers.size);
      this.out.head(TAG, TAG_SHAREABLE);
      return false;
    }
    this.out.head(TAG, TAG_SHARED_REFERENCE);
    this.out.number(number);
    return true;
  }

  /** What was thrown while writing: by a getter, by a Proxy, by an object that is not what its prototype says. */
  #explained(error: unknown): CodecError {
    const depth = this.#depth;
    const overflow = error instanceof RangeError && /call stack/i.test(error.message);
    const reason = overflow
      ? "it is nested more deeply than the stack allows"
      : `reading it failed: ${error instanceof Error ? error.message : String(error)}`;
    const path = formatPath(this.#steps.slice(0, depth));
    return new CodecError("unencodable", `Cannot write ${path} as CBOR: ${reason}`, { path, cause: error });
  }
}
