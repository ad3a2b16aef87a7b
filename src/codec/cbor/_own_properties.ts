/**
 * Properties that built-in objects carry beside what they are: a reader could not give them back, so they are refused.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says.

import { hasNamedPropertiesBesideBytes } from "./_named_properties.ts";
import { bytesOf, type ByteView } from "./_typed_arrays.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** Refuses properties of one's own on a built-in: they would be lost. */
export function onlyItself(writer: ValueWriter, object: object, depth: number): void {
  const [name] = Object.keys(object);
  if (name !== undefined) refuseOwn(writer, object, { depth, name: JSON.stringify(name) });
  onlyStrings(writer, object, depth);
}

/** Refuses properties of one's own under symbols. (Deno keeps what belongs to its objects under unregistered ones.) */
export function onlyStrings(writer: ValueWriter, object: object, depth: number): void {
  for (const symbol of Object.getOwnPropertySymbols(object)) {
    if (Symbol.keyFor(symbol) !== undefined) refuseOwn(writer, object, { depth, name: String(symbol) });
  }
}

function refuseOwn(writer: ValueWriter, object: object, own: { depth: number; name: string }): never {
  writer.refuse(
    own.depth,
    `its own property ${own.name} on a ${
      className(object)
    } would be lost; an object that has both would work`,
  );
}

/** Refuses what an array has beside its elements and enumerable named properties: the hidden `raw` of a tagged template, symbols. */
export function onlyShown(writer: ValueWriter, array: readonly unknown[], depth: number): void {
  if (Object.hasOwn(array, "raw") && !Object.prototype.propertyIsEnumerable.call(array, "raw")) {
    refuseOwn(writer, array, { depth, name: '"raw"' });
  }
  onlyStrings(writer, array, depth);
}

/** The bytes of a typed array that has nothing beside them. */
export function elementBytes(writer: ValueWriter, object: object, depth: number): Uint8Array {
  const { length } = object as ArrayLike<unknown>;
  if (hasNamedPropertiesBesideBytes(object, length)) {
    writer.refuse(
      depth,
      `its named properties on a ${className(object)} would be lost; an object that has both would work`,
    );
  }
  onlyStrings(writer, object, depth);
  return bytesOf(fixedView(object));
}

/** A view over memory of its own; shared memory would come back as something else. */
export function fixedView(object: object): ByteView {
  const view = object as ByteView;
  if (!(view.buffer instanceof ArrayBuffer)) {
    throw new TypeError("it is a view of shared memory; a copy of it would work");
  }
  return view;
}

/** The name of an object's class, for messages. */
export function className(object: object): string {
  const constructor: unknown = (object as { constructor?: unknown }).constructor;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "(anonymous)";
}
