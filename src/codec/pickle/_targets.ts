/**
 * What elements and entries are put into: arrays, plain objects, Maps, Sets, errors, and Python's own lists and dicts.
 * Properties are defined where a setter could be met, and never assigned.
 *
 * @module
 */

// `as` here: keys whose type has just been compared; arrays that stand for pairs.

import { PickleObject } from "../pickle_object.ts";
import type { Unpickler } from "./_unpickler.ts";

/** Appends what stands on the stack from `from` on. */
export function appendTo(machine: Unpickler, target: unknown, from: number): void {
  const { stack } = machine;
  if (Array.isArray(target)) {
    for (let i = from; i < stack.length; i++) target.push(stack[i]);
  } else if (target instanceof Set) {
    for (let i = from; i < stack.length; i++) target.add(stack[i]);
  } else if (target instanceof Map) {
    for (let i = from; i < stack.length; i++) {
      const pair = stack[i];
      if (!Array.isArray(pair) || pair.length !== 2) machine.in.fail("an entry of a Map is no pair");
      target.set((pair as unknown[])[0], (pair as unknown[])[1]);
    }
  } else if (target instanceof PickleObject) {
    target.items ??= [];
    for (let i = from; i < stack.length; i++) target.items.push(stack[i]);
  } else {
    machine.in.fail("elements are appended to what is no list", machine.in.position - 1);
  }
}

/** Puts the keys and values that stand on the stack from `from` on. */
export function putInto(machine: Unpickler, target: unknown, from: number): void {
  const { stack } = machine;
  const end = stack.length;
  if ((end - from) % 2 === 1) machine.in.fail("a key has no value", machine.in.position - 1);
  if (isDict(target)) {
    putIntoDict(machine, target, from);
  } else if (target instanceof Map) {
    for (let i = from; i < end; i += 2) target.set(stack[i], stack[i + 1]);
  } else if (target instanceof PickleObject) {
    target.entries ??= [];
    for (let i = from; i < end; i += 2) target.entries.push([stack[i], stack[i + 1]]);
  } else if (Array.isArray(target)) {
    putIntoArray(machine, target, from);
  } else if (target instanceof Error) {
    const hidden = machine.options.hidden.get(target);
    for (let i = from; i < end; i += 2) {
      define(target, nameOf(machine, stack[i]), stack[i + 1], hidden?.has(stack[i]) !== true);
    }
  } else {
    machine.in.fail("entries are put into what is no dict", machine.in.position - 1);
  }
}

function isDict(target: unknown): target is Record<string, unknown> {
  if (typeof target !== "object" || target === null) return false;
  const prototype: unknown = Object.getPrototypeOf(target);
  return prototype === Object.prototype || prototype === null;
}

function putIntoDict(machine: Unpickler, target: Record<string, unknown>, from: number): void {
  const { stack } = machine;
  const end = stack.length;
  const current = machine.current(target);
  if (current !== target) return putInto(machine, current, from);
  for (let i = from; i < end; i += 2) {
    const key = stack[i];
    if (typeof key !== "string") {
      const map = machine.becomesMap(from - 1);
      for (let at = i; at < end; at += 2) map.set(stack[at], stack[at + 1]);
      return;
    }
    if (key === "__proto__") define(target, key, stack[i + 1], true);
    else target[key] = stack[i + 1];
  }
}

const MOST_ELEMENTS = 2 ** 32 - 1;

/** An array with holes or names: its length first, then what it has. */
function putIntoArray(machine: Unpickler, target: unknown[], from: number): void {
  const { stack } = machine;
  for (let i = from; i < stack.length; i += 2) {
    const name = nameOf(machine, stack[i]);
    const value = stack[i + 1];
    if (name !== "length") define(target, name, value, true);
    else {
      if (!(Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MOST_ELEMENTS)) {
        machine.in.fail("an array's length is not valid");
      }
      // An element far out makes an engine keep the array as a table; a length alone makes V8 allocate all of it.
      target[MOST_ELEMENTS - 1] = undefined;
      target.length = value as number;
    }
  }
}

function nameOf(machine: Unpickler, key: unknown): string {
  return typeof key === "string"
    ? key
    : machine.in.fail("a property's name is no text", machine.in.position - 1);
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
