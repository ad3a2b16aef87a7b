/**
 * Objects other than arrays and plain objects into CBOR items, chosen by their prototype: what is no built-in that a
 * reader can restore is refused, never flattened.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says; every method used checks that itself and throws.

import { errorContent } from "../_errors.ts";
import { formOf } from "../_forms.ts";
import { elementBytes, onlyItself } from "../_own_properties.ts";
import { refusalOf } from "../_refusal.ts";
import { MapChildren, SetChildren } from "./_children.ts";
import { writeError } from "./_error_writer.ts";
import { writeForm } from "./_form_writer.ts";
import { ARRAY, MAP, TAG, TAG_MAP, TAG_SET } from "./_format.ts";
import { typedArrayTags } from "./_typed_arrays.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** Writes an object of one kind that stands in `depth` objects; answers whether it is done. */
type ExoticWriter = (writer: ValueWriter, object: object, depth: number) => boolean;

let kinds: ReadonlyMap<object, ExoticWriter> | undefined;

/**
 * Writes an object that is neither an array nor a plain object.
 *
 * @returns Whether it is done; else the rest of it is left for later.
 * @throws {CodecError} code `unencodable`, when it is of no kind that can be restored.
 */
export function writeExotic(writer: ValueWriter, object: object, depth: number): boolean {
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null) return writeNullPrototype(writer, object, depth);
  const write = (kinds ??= knownKinds()).get(prototype);
  if (write !== undefined) return write(writer, object, depth);
  const error = errorContent(object, writer, depth);
  if (error !== undefined) return writeError(writer, error, depth);
  const form = formOf(object, writer, depth);
  if (form === undefined) writer.refuse(depth, refusalOf(object));
  writeForm(writer, form, depth);
  return true;
}

function knownKinds(): Map<object, ExoticWriter> {
  const found = new Map<object, ExoticWriter>([
    [Map.prototype, writeMap],
    [Set.prototype, writeSet],
    [Uint8Array.prototype, (writer, object, depth) => {
      writer.out.bytes(elementBytes(writer, object, depth));
      return true;
    }],
  ]);
  for (const [prototype, tag] of typedArrayTags()) {
    found.set(prototype, (writer, object, depth) => {
      const content = elementBytes(writer, object, depth);
      writer.out.head(TAG, tag);
      writer.out.bytes(content);
      return true;
    });
  }
  return found;
}

function writeNullPrototype(writer: ValueWriter, object: object, depth: number): boolean {
  if (Object.getOwnPropertySymbols(object).length > 0) writer.refuse(depth, refusalOf(object));
  writer.generic("Object.create", 2);
  writer.out.null();
  return writer.properties(object, Object.keys(object), depth);
}

// A CBOR map or set with two keys of equal content is not valid, so objects as keys or members go another way, which
// also keeps readers afloat whose language cannot hash them.

function hasObject(values: Iterable<unknown>): boolean {
  for (const value of values) if (typeof value === "object" && value !== null) return true;
  return false;
}

function writeMap(writer: ValueWriter, object: object, depth: number): boolean {
  onlyItself(writer, object, depth);
  const map = object as ReadonlyMap<unknown, unknown>;
  const { size } = map;
  if (hasObject(Map.prototype.keys.call(map))) {
    writer.generic("Map", size * 2);
  } else {
    writer.out.head(TAG, TAG_MAP);
    writer.out.head(MAP, size);
  }
  return writer.children(new MapChildren(map, size), depth);
}

function writeSet(writer: ValueWriter, object: object, depth: number): boolean {
  onlyItself(writer, object, depth);
  const set = object as ReadonlySet<unknown>;
  const { size } = set;
  if (hasObject(Set.prototype.values.call(set))) {
    writer.generic("Set", size);
  } else {
    writer.out.head(TAG, TAG_SET);
    writer.out.head(ARRAY, size);
  }
  return writer.children(new SetChildren(set, size), depth);
}
