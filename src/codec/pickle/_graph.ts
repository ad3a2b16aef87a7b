/**
 * Walks through what was read, without recursion: how deep it is, and putting one object in another's place.
 *
 * @module
 */

import { PickleObject } from "../pickle_object.ts";

/** The objects that stand directly in an object, in the order in which they are written. */
function childrenOf(object: object): unknown[] {
  if (object instanceof Map) return [...object].flat();
  if (object instanceof Set) return [...object];
  if (ArrayBuffer.isView(object)) return [];
  if (object instanceof Error) {
    return Object.getOwnPropertyNames(object).map((name) => Reflect.get(object, name));
  }
  return Object.values(object);
}

/** The same without what is only a part of it, and without what makes no difference to how deep it is. */
function contentsOf(object: object): unknown[] {
  if (object instanceof PickleObject) {
    const { callee, args, kwargs, items = [], entries = [], setter, state } = object;
    return [callee, ...args, kwargs, ...items, ...entries.flat(), setter, state];
  }
  if (object instanceof Map || object instanceof Set || object instanceof Error) return childrenOf(object);
  const prototype: unknown = Object.getPrototypeOf(object);
  const isPlain = prototype === null || prototype === Object.prototype || Array.isArray(object);
  // What is made of a state, such as an instance of a registered class, is as deep as it likes.
  return isPlain ? childrenOf(object) : [];
}

/**
 * How deep objects stand within each other at the most, each counted where it is met first: in the order in which a
 * writer goes through them, which counts in the same way.
 */
export function checkDepth(root: unknown): number {
  const seen = new Set<object>();
  const left: [value: unknown, depth: number][] = [[root, 1]];
  let deepest = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    deepest = Math.max(deepest, depth);
    const children = contentsOf(value);
    for (let i = children.length - 1; i >= 0; i--) left.push([children[i], depth + 1]);
  }
  return deepest;
}

/** Puts other objects in the place of some, wherever they stand, and gives the root. */
export function replaceAll(root: unknown, replaced: ReadonlyMap<unknown, object>): unknown {
  const other = (value: unknown): unknown => replaced.get(value) ?? value;
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
