/**
 * Objects other than arrays and plain objects into CBOR items, chosen by their prototype: what is no built-in that a
 * reader can restore is refused, never flattened.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says; every method used checks that itself and throws.

import { mapStep, Step } from "../../_value_path.ts";
import { bytesOf } from "../_byte_view.ts";
import { elementBytes, fixedView, onlyItself, onlyStrings } from "../_own_properties.ts";
import { className, refusalOf } from "../_refusal.ts";
import { writeError } from "./_error_writer.ts";
import {
  ARRAY,
  EPOCH_FIRST,
  EPOCH_LAST,
  MAP,
  TAG,
  TAG_EPOCH,
  TAG_MAP,
  TAG_REGEXP,
  TAG_SET,
} from "./_format.ts";
import { typedArrayTags } from "./_typed_arrays.ts";
import type { ValueWriter } from "./_value_writer.ts";
import { webKinds } from "./_web_writer.ts";

/** Writes an object of one kind that stands in `depth` objects. */
export type ExoticWriter = (writer: ValueWriter, object: object, depth: number) => void;

let kinds: ReadonlyMap<object, ExoticWriter> | undefined;

/**
 * Writes an object that is neither an array nor a plain object.
 *
 * @throws {CodecError} code `unencodable`, when it is of no kind that can be restored.
 */
export function writeExotic(writer: ValueWriter, object: object, depth: number): void {
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null) return writeNullPrototype(writer, object, depth);
  kinds ??= knownKinds();
  const write = kinds.get(prototype) ?? webKinds().get(prototype);
  if (write === undefined) writer.refuse(depth, refusalOf(object));
  write(writer, object, depth);
}

function knownKinds(): Map<object, ExoticWriter> {
  const found = new Map<object, ExoticWriter>([
    [Map.prototype, writeMap],
    [Set.prototype, writeSet],
    [Date.prototype, writeDate],
    [RegExp.prototype, writeRegExp],
    [Uint8Array.prototype, (writer, object, depth) => writer.out.bytes(elementBytes(writer, object, depth))],
    [ArrayBuffer.prototype, writeArrayBuffer],
    [DataView.prototype, (writer, object, depth) => {
      onlyItself(writer, object, depth);
      writer.generic("DataView", 1);
      writer.out.bytes(bytesOf(fixedView(object)));
    }],
  ]);
  for (const prototype of [Boolean, Number, String, BigInt, Symbol].map((each) => each.prototype)) {
    found.set(prototype, writeBoxed);
  }
  for (const [prototype, tag] of typedArrayTags()) {
    found.set(prototype, (writer, object, depth) => {
      const content = elementBytes(writer, object, depth);
      writer.out.head(TAG, tag);
      writer.out.bytes(content);
    });
  }
  const errors = [
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    AggregateError,
  ];
  for (const { name, prototype } of errors) {
    found.set(prototype, (writer, object, depth) => writeError(writer, object, { depth, name }));
  }
  return found;
}

function writeNullPrototype(writer: ValueWriter, object: object, depth: number): void {
  if (Object.getOwnPropertySymbols(object).length > 0) writer.refuse(depth, refusalOf(object));
  writer.generic("Object.create", 2);
  writer.out.null();
  writer.properties(object, Object.keys(object), depth);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

// A CBOR map or set with two keys of equal content is not valid, so objects as keys or members go another way, which
// also keeps readers afloat whose language cannot hash them.

function writeMap(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  const map = object as ReadonlyMap<unknown, unknown>;
  const entries = [...Map.prototype.entries.call(map)];
  if (entries.some(([key]) => isObject(key))) {
    writer.generic("Map", entries.length * 2);
  } else {
    writer.out.head(TAG, TAG_MAP);
    writer.out.head(MAP, entries.length);
  }
  for (const [i, [key, value]] of entries.entries()) {
    writer.child(key, depth + 1, new Step(`.keys()[${i}]`));
    writer.child(value, depth + 1, mapStep(key, i));
  }
}

function writeSet(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  const members = [...Set.prototype.values.call(object as ReadonlySet<unknown>)];
  if (members.some(isObject)) {
    writer.generic("Set", members.length);
  } else {
    writer.out.head(TAG, TAG_SET);
    writer.out.head(ARRAY, members.length);
  }
  for (const [i, member] of members.entries()) writer.child(member, depth + 1, new Step(`.values()[${i}]`));
}

function writeDate(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  const ms = Date.prototype.getTime.call(object);
  const seconds = ms / 1000;
  // Seconds as a double keep milliseconds for longer than other readers' calendars last, yet not for ever.
  if (seconds >= EPOCH_FIRST && seconds <= EPOCH_LAST && Math.round(seconds * 1000) === ms) {
    writer.out.head(TAG, TAG_EPOCH);
    writer.out.number(seconds);
  } else {
    writer.generic("Date", 1);
    writer.out.number(ms);
  }
}

function writeRegExp(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  const { source, flags } = object as RegExp;
  const lastIndex: unknown = (object as RegExp).lastIndex;
  if (typeof lastIndex !== "number") {
    writer.refuse(depth, `its lastIndex is a ${typeof lastIndex}; a number would work`);
  }
  if (Object.is(lastIndex, 0)) {
    writer.out.head(TAG, TAG_REGEXP);
    writer.out.head(ARRAY, 2);
  } else {
    writer.generic("RegExp", 3);
  }
  writer.out.text(source);
  writer.out.text(flags);
  if (!Object.is(lastIndex, 0)) writer.out.number(lastIndex);
}

function writeArrayBuffer(writer: ValueWriter, object: object, depth: number): void {
  onlyItself(writer, object, depth);
  const buffer = object as ArrayBuffer;
  if (buffer.resizable) {
    writer.refuse(depth, "a resizable ArrayBuffer would come back fixed; a slice of it would work");
  }
  writer.generic("ArrayBuffer", 1);
  writer.out.bytes(new Uint8Array(buffer));
}

function writeBoxed(writer: ValueWriter, object: object, depth: number): void {
  const primitive: unknown = (object as { valueOf(): unknown }).valueOf();
  const own = Object.keys(object).length;
  if (own > (typeof primitive === "string" ? primitive.length : 0) || isObject(primitive)) {
    writer.refuse(
      depth,
      `its own properties on a ${className(object)} would be lost; an object that has both would work`,
    );
  }
  onlyStrings(writer, object, depth);
  writer.generic("Object", 1);
  writer.value(primitive, depth);
}
