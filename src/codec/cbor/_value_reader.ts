/**
 * CBOR items into JavaScript values: primitives, arrays and plain objects here, tagged ones by {@linkcode readTagged}.
 * Nothing that is read is called, and no object gets a prototype or a property but as an own one.
 *
 * @module
 */

import { CodecError } from "../../errors.ts";
import { ByteReader } from "./_byte_reader.ts";
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

/** Stands where a shared value is still to be read. */
const UNREAD: unique symbol = Symbol("unread");

/** Reads one value. */
export class ValueReader {
  /** Where the items come from. */
  readonly in: ByteReader;
  readonly #shared: unknown[] = [];
  /** Which shared value the next object is; -1 for none. An object says so before its contents are read. */
  #pending = -1;

  /** @param bytes What is read. */
  constructor(bytes: Uint8Array) {
    this.in = new ByteReader(bytes);
  }

  /**
   * Reads the one value that the bytes are.
   *
   * @throws {CodecError} code `malformed`, when they are not, or more follows.
   */
  read(): unknown {
    try {
      this.in.skipSelfDescribed();
      const value = this.value(0);
      if (!this.in.atEnd) this.in.fail("bytes follow the value");
      return value;
    } catch (error) {
      if (error instanceof CodecError) throw error;
      return this.in.fail(
        `what stands there cannot be restored (${error instanceof Error ? error.message : String(error)})`,
        this.in.position,
        error,
      );
    }
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
        return this.created(copyOf(this.in.content(first)));
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
    const array: unknown[] = this.created([]);
    for (let i = 0; i < count; i++) array.push(this.value(depth + 1));
    return array;
  }

  /** The plain object that a map whose first byte was read stands for. */
  #plainObject(first: number, depth: number): object {
    this.checkDepth(depth);
    const count = this.in.count(first, 2);
    const object: Record<string, unknown> = this.created({});
    for (let i = 0; i < count; i++) {
      const key = this.text();
      const value = this.value(depth + 1);
      if (key === "__proto__") define(object, key, value, true);
      else object[key] = value;
    }
    if (Object.keys(object).length !== count) this.in.fail("a map has a key twice");
    return object;
  }

  /**
   * Puts the entries of a map, which must be next, on an object: defined, never assigned, so that no setter is called.
   *
   * @param depth How many objects the object stands in.
   */
  defineProperties(object: object, depth: number, options: { readonly enumerable: boolean }): void {
    const count = this.in.count(this.in.expect(MAP), 2);
    for (let i = 0; i < count; i++) {
      const key = this.text();
      define(object, key, this.value(depth + 1), options.enumerable);
    }
  }

  /** Reads a value that later references may mean; its tag was read. */
  shareable(depth: number): unknown {
    if (this.#pending >= 0) this.in.fail("a value is marked as shared twice");
    const number = this.#shared.push(UNREAD) - 1;
    this.#pending = number;
    const value = this.value(depth);
    this.#pending = -1;
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

/** A copy: what is given away must not change with the caller's buffer, nor keep it alive. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
