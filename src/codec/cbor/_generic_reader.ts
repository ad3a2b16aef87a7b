/**
 * Generic objects (`[type name, ...arguments]`) into JavaScript objects. A name is looked up in a table and nowhere
 * else, and what the table calls are constructors of inert data.
 *
 * @module
 */

import { emptyError } from "../_errors.ts";
import { objectOf } from "../_forms.ts";
import { ARRAY, NULL } from "./_format.ts";
import { readMap, readSet } from "./_tag_reader.ts";
import type { ValueReader } from "./_value_reader.ts";

/** Reads the arguments of one type of object, that stands in `depth` objects. */
interface ObjectType {
  /** How many arguments there must be; `undefined` where that differs. */
  readonly count?: number;
  read(reader: ValueReader, count: number, depth: number): unknown;
}

/** The forms that are read, with the number of their arguments; `undefined` where that differs. */
const FORMS: Readonly<Record<string, number | undefined>> = {
  "Object": 1,
  "Date": 1,
  "RegExp": 3,
  "ArrayBuffer": 1,
  "DataView": 1,
  "Buffer": 1,
  "URLSearchParams": 1,
  "Headers": undefined,
  "Temporal.Instant": 1,
  "Temporal.PlainDate": 1,
  "Temporal.PlainDateTime": 1,
  "Temporal.PlainMonthDay": 1,
  "Temporal.PlainTime": 1,
  "Temporal.PlainYearMonth": 1,
  "Temporal.Duration": 10,
  "Temporal.ZonedDateTime": 3,
};

const MOST_ELEMENTS = 2 ** 32 - 1;

let types: ReadonlyMap<string, ObjectType> | undefined;

/** Reads a generic object, whose tag was read. */
export function readGeneric(reader: ValueReader, depth: number): unknown {
  const offset = reader.in.position;
  const count = reader.in.count(reader.in.expect(ARRAY), 1) - 1;
  if (count < 0) reader.in.fail("an object has no type name", offset);
  const name = reader.in.expectText();
  types ??= knownTypes();
  // Forms and errors without a function between: at a thousand levels every frame counts.
  if (Object.hasOwn(FORMS, name)) {
    const expected = FORMS[name];
    if (expected !== undefined && expected !== count) {
      reader.in.fail(`an object of type "${name}" is not valid`, offset);
    }
    return readForm(reader, name, { count, depth });
  }
  const error = emptyError(name);
  if (error !== undefined) {
    if (count !== 2) reader.in.fail(`an object of type "${name}" is not valid`, offset);
    return readError(reader, error, depth);
  }
  const type = types.get(name);
  if (type === undefined) reader.in.fail(`objects of type "${name}" are not known to this version`, offset);
  if (type.count !== undefined && type.count !== count) {
    reader.in.fail(`an object of type "${name}" is not valid`, offset);
  }
  return type.read(reader, count, depth);
}

function knownTypes(): Map<string, ObjectType> {
  const found = new Map<string, ObjectType>([
    ["Array", { count: 2, read: readArray }],
    ["Object.create", { count: 2, read: readNullPrototype }],
    ["Symbol.for", { count: 1, read: (reader) => Symbol.for(reader.text()) }],
    ["Map", { read: readPairs }],
    ["Set", { read: readSet }],
  ]);
  return found;
}

/** A form is read again from its start when bytes are missing: it is small, or one string of bytes. */
function readForm(
  reader: ValueReader,
  name: string,
  { count, depth }: { readonly count: number; readonly depth: number },
): object {
  reader.checkDepth(depth);
  const args: unknown[] = [];
  reader.enterAtomic();
  try {
    while (args.length < count) args.push(reader.argument(depth + 1));
  } finally {
    reader.leaveAtomic();
  }
  return reader.created(objectOf(name, args));
}

function readArray(reader: ValueReader, _: number, depth: number): unknown {
  reader.checkDepth(depth);
  const length = reader.number();
  const array = reader.created(emptyArray(reader, length));
  return reader.defineProperties(array, depth, {
    enumerable: true,
    then: () => array.length === length ? array : reader.in.fail("an array is longer than it says"),
  });
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

function readNullPrototype(reader: ValueReader, _: number, depth: number): unknown {
  reader.checkDepth(depth);
  if (reader.in.start() !== NULL) reader.in.fail("an object's prototype is not null");
  const object: object = reader.created(Object.create(null));
  return reader.defineProperties(object, depth, { enumerable: true, then: () => object });
}

function readPairs(reader: ValueReader, count: number, depth: number): unknown {
  if (count % 2 === 1) reader.in.fail("a Map's last key has no value");
  return readMap(reader, count / 2, depth);
}

function readError(reader: ValueReader, error: Error, depth: number): unknown {
  reader.checkDepth(depth);
  reader.created(error);
  const readShown = (): unknown =>
    reader.defineProperties(error, depth, { enumerable: true, then: () => error });
  let isPaused = false;
  try {
    reader.defineProperties(error, depth, {
      enumerable: false,
      then: () => isPaused ? readShown() : undefined,
    });
  } catch (thrown) {
    isPaused = true;
    throw thrown;
  }
  return readShown();
}
