/**
 * Properties that built-in objects carry beside what they are: a reader could not give them back, so they are refused.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says.

import { bytesOf, type ByteView } from "./_byte_view.ts";
import { hasNamedProperties, hasNamedPropertiesBesideBytes } from "./_named_properties.ts";
import { className, type Refuser } from "./_refusal.ts";

/** Refuses properties of one's own on a built-in: they would be lost. */
export function onlyItself(refuser: Refuser, object: object, depth: number): void {
  const [name] = Object.keys(object);
  if (name !== undefined) refuseOwn(refuser, object, { depth, name: JSON.stringify(name) });
  onlyStrings(refuser, object, depth);
}

/** Refuses properties of one's own under symbols. (Deno keeps what belongs to its objects under unregistered ones.) */
export function onlyStrings(refuser: Refuser, object: object, depth: number): void {
  const symbols = Object.getOwnPropertySymbols(object);
  // Hardly ever any; and asking an empty list for its iterator costs as much as making the list.
  if (symbols.length === 0) return;
  for (const symbol of symbols) {
    if (Symbol.keyFor(symbol) !== undefined) refuseOwn(refuser, object, { depth, name: String(symbol) });
  }
}

function refuseOwn(refuser: Refuser, object: object, own: { depth: number; name: string }): never {
  refuser.refuse(
    own.depth,
    `its own property ${own.name} on a ${
      className(object)
    } would be lost; an object that has both would work`,
  );
}

/** Refuses what an array has beside its elements and enumerable named properties: the hidden `raw` of a tagged template, symbols. */
export function onlyShown(refuser: Refuser, array: readonly unknown[], depth: number): void {
  if (Object.hasOwn(array, "raw") && !Object.prototype.propertyIsEnumerable.call(array, "raw")) {
    refuseOwn(refuser, array, { depth, name: '"raw"' });
  }
  onlyStrings(refuser, array, depth);
}

/** The bytes of a typed array that has nothing beside them. */
export function elementBytes(refuser: Refuser, object: object, depth: number): Uint8Array {
  const { length } = object as ArrayLike<unknown>;
  if (hasNamedPropertiesBesideBytes(object, length)) {
    refuser.refuse(
      depth,
      `its named properties on a ${className(object)} would be lost; an object that has both would work`,
    );
  }
  onlyStrings(refuser, object, depth);
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

/** Whether an array is its elements and nothing else: no holes, and no named properties. */
export function isDense(array: readonly unknown[]): boolean {
  for (let i = 0; i < array.length; i++) {
    if (array[i] === undefined && !Object.hasOwn(array, i)) return false;
  }
  return !hasNamedProperties(array);
}
