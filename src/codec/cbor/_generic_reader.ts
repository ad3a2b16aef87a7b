/**
 * Generic objects (`[type name, ...arguments]`) into JavaScript objects. A name is looked up in a table and nowhere
 * else, and what the table calls are constructors of inert data.
 *
 * @module
 */

import { ARRAY, NULL } from "./_format.ts";
import { readMap, readSet } from "./_tag_reader.ts";
import type { ValueReader } from "./_value_reader.ts";

/** Reads the arguments of one type of object, that stands in `depth` objects. */
interface GenericType {
  /** How many arguments there must be; `undefined` where that differs. */
  readonly count?: number;
  read(reader: ValueReader, count: number, depth: number): unknown;
}

const ERRORS: ReadonlyArray<new (message?: string) => Error> = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

/** What a new error may own before its stored properties are put on it. */
const OWN = ["message", "stack", "errors", "error", "suppressed"];

/** What Bun's errors own of the place where they are made; it is not the place that the error came from. */
const PLACES = ["line", "column", "sourceURL", "originalLine", "originalColumn"];

const MOST_ELEMENTS = 2 ** 32 - 1;

let types: ReadonlyMap<string, GenericType> | undefined;

/** Reads a generic object, whose tag was read. */
export function readGeneric(reader: ValueReader, depth: number): unknown {
  const offset = reader.in.position;
  const count = reader.in.count(reader.in.expect(ARRAY), 1) - 1;
  if (count < 0) reader.in.fail("an object has no type name", offset);
  const name = reader.in.expectText();
  types ??= knownTypes();
  const type = types.get(name);
  if (type === undefined) reader.in.fail(`objects of type "${name}" are not known to this version`, offset);
  if (type.count !== undefined && type.count !== count) {
    reader.in.fail(`an object of type "${name}" is not valid`, offset);
  }
  return type.read(reader, count, depth);
}

function knownTypes(): Map<string, GenericType> {
  const found = new Map<string, GenericType>([
    ["Array", { count: 2, read: readArray }],
    ["Object.create", { count: 2, read: readNullPrototype }],
    ["Object", { count: 1, read: readBoxed }],
    ["Symbol.for", { count: 1, read: (reader) => Symbol.for(reader.text()) }],
    ["Map", { read: readPairs }],
    ["Set", { read: readSet }],
    ["Date", { count: 1, read: (reader) => reader.created(new Date(reader.number())) }],
    ["RegExp", { count: 3, read: readRegExp }],
    ["ArrayBuffer", { count: 1, read: (reader) => reader.created(ownBuffer(reader)) }],
    ["DataView", { count: 1, read: (reader) => reader.created(new DataView(ownBuffer(reader))) }],
    ["Buffer", { count: 1, read: readBuffer }],
    ["URLSearchParams", { count: 1, read: (reader) => reader.created(new URLSearchParams(reader.text())) }],
    ["Headers", { read: readHeaders }],
    ["AggregateError", {
      count: 2,
      read: (reader, _, depth) => readError(reader, new AggregateError([]), depth),
    }],
  ]);
  if (typeof SuppressedError === "function") {
    found.set("SuppressedError", {
      count: 2,
      read: (reader, _, depth) => readError(reader, new SuppressedError(undefined, undefined), depth),
    });
  }
  for (const Class of ERRORS) {
    found.set(Class.name, { count: 2, read: (reader, _, depth) => readError(reader, new Class(), depth) });
  }
  if (typeof Temporal !== "undefined") addTemporal(found);
  return found;
}

function addTemporal(found: Map<string, GenericType>): void {
  const { Instant, PlainDate, PlainDateTime, PlainMonthDay, PlainTime, PlainYearMonth } = Temporal;
  const texts = { Instant, PlainDate, PlainDateTime, PlainMonthDay, PlainTime, PlainYearMonth };
  for (const [name, type] of Object.entries(texts)) {
    found.set(`Temporal.${name}`, { count: 1, read: (reader) => reader.created(type.from(reader.text())) });
  }
  found.set("Temporal.Duration", {
    count: 10,
    read: (reader) => {
      const fields = Array.from({ length: 10 }, () => reader.number());
      return reader.created(new Temporal.Duration(...fields));
    },
  });
  found.set("Temporal.ZonedDateTime", {
    count: 3,
    read: (reader, _, depth) => {
      reader.checkDepth(depth);
      const nanoseconds = reader.value(depth + 1);
      if (typeof nanoseconds !== "bigint") return reader.in.fail("a bigint is missing");
      return reader.created(new Temporal.ZonedDateTime(nanoseconds, reader.text(), reader.text()));
    },
  });
}

function readArray(reader: ValueReader, _: number, depth: number): unknown[] {
  reader.checkDepth(depth);
  const length = reader.number();
  const array = reader.created(emptyArray(reader, length));
  reader.defineProperties(array, depth, { enumerable: true });
  if (array.length !== length) reader.in.fail("an array is longer than it says");
  return array;
}

/**
 * An array of nothing but holes, in memory that does not grow with its length: an element far out makes an engine
 * keep the array as a table, whereas a length alone makes V8 allocate all of it.
 */
function emptyArray(reader: ValueReader, length: number): unknown[] {
  if (!(Number.isInteger(length) && length >= 0 && length <= MOST_ELEMENTS)) {
    reader.in.fail("an array's length is not valid");
  }
  const array: unknown[] = [];
  array[MOST_ELEMENTS - 1] = undefined;
  array.length = length;
  return array;
}

function readNullPrototype(reader: ValueReader, _: number, depth: number): object {
  reader.checkDepth(depth);
  if (reader.in.start() !== NULL) reader.in.fail("an object's prototype is not null");
  const object: object = reader.created(Object.create(null));
  reader.defineProperties(object, depth, { enumerable: true });
  return object;
}

function readBoxed(reader: ValueReader, _: number, depth: number): unknown {
  reader.checkDepth(depth);
  const primitive = reader.value(depth + 1);
  if (primitive === null || primitive === undefined || typeof primitive === "object") {
    return reader.in.fail("a boxed primitive is none");
  }
  const boxed: object = Object(primitive);
  return reader.created(boxed);
}

function readPairs(reader: ValueReader, count: number, depth: number): unknown {
  if (count % 2 === 1) reader.in.fail("a Map's last key has no value");
  return readMap(reader, count / 2, depth);
}

function readRegExp(reader: ValueReader): RegExp {
  const expression = new RegExp(reader.text(), reader.text());
  expression.lastIndex = reader.number();
  return reader.created(expression);
}

function ownBuffer(reader: ValueReader): ArrayBuffer {
  return new Uint8Array(reader.in.expectBytes()).buffer;
}

function readBuffer(reader: ValueReader): object {
  const { Buffer } = globalThis as { Buffer?: { from(bytes: ArrayBuffer): Uint8Array } };
  if (Buffer === undefined) return reader.in.fail("this runtime has no Buffer");
  return reader.created(Buffer.from(ownBuffer(reader)));
}

function readHeaders(reader: ValueReader, count: number): Headers {
  const headers = reader.created(new Headers());
  for (let i = 0; i < count; i++) {
    if (reader.in.count(reader.in.expect(ARRAY), 1) !== 2) reader.in.fail("a header is not valid");
    headers.append(reader.text(), reader.text());
  }
  return headers;
}

function readError(reader: ValueReader, error: Error, depth: number): Error {
  reader.checkDepth(depth);
  reader.created(error);
  for (const own of [...OWN, ...PLACES]) Reflect.deleteProperty(error, own);
  reader.defineProperties(error, depth, { enumerable: false });
  reader.defineProperties(error, depth, { enumerable: true });
  return error;
}
