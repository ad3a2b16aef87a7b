/**
 * Walks through what was read, without recursion: how deep it is, and putting one object in another's place.
 *
 * @module
 */

import { PickleObject } from "./pickle_object.ts";

/** The objects that stand directly in an object. */
function childrenOf(object: object): unknown[] {
  if (object instanceof Map) return [...object].flat();
  if (object instanceof Set) return [...object];
  if (ArrayBuffer.isView(object)) return [];
  if (object instanceof Error) {
    return Object.getOwnPropertyNames(object).map((name) => Reflect.get(object, name));
  }
  return Object.values(object);
}

/** How deep objects stand within each other at the most, each counted where it is met first. */
export function checkDepth(root: unknown): number {
  const seen = new Set<object>();
  const left: [value: unknown, depth: number][] = [[root, 1]];
  let deepest = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    deepest = Math.max(deepest, depth);
    for (const child of childrenOf(value)) left.push([child, depth + 1]);
  }
  return deepest;
}

/** Puts other objects in the place of some, wherever they stand, and gives the root. */
export function replaceAll(root: unknown, replaced: ReadonlyMap<object, object>): unknown {
  const other = (value: unknown): unknown => replaced.get(value as object) ?? value;
  const seen = new Set<object>();
  const left: unknown[] = [other(root)];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    replaceIn(value, other);
    for (const child of childrenOf(value)) left.push(child);
  }
  return other(root);
}

function replaceIn(object: object, other: (value: unknown) => unknown): void {
  if (object instanceof Map) {
    const entries = [...object];
    object.clear();
    for (const [key, value] of entries) object.set(other(key), other(value));
  } else if (object instanceof Set) {
    const members = [...object];
    object.clear();
    for (const member of members) object.add(other(member));
  } else if (object instanceof PickleObject && object.entries !== undefined) {
    object.entries = object.entries.map(([key, value]) => [other(key), other(value)]);
  }
  if (ArrayBuffer.isView(object) || Object.isFrozen(object)) return;
  for (const name of Object.getOwnPropertyNames(object)) {
    const property = Object.getOwnPropertyDescriptor(object, name);
    if (property === undefined || !property.writable) continue;
    const value = other(property.value);
    if (value !== property.value) Object.defineProperty(object, name, { ...property, value });
  }
}
