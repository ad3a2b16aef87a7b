/**
 * The built-in classes whose instances have a digest, by prototype. Contents are read by the built-in methods
 * themselves, whatever a subclass overrides.
 *
 * @module
 */

// `as` here: the table has checked by prototype what the language can only check by brand; a wrong brand throws.

import { errorKinds } from "./_kind_errors.ts";
import { getterOf } from "./_getter.ts";
import { hasOnlyElements } from "./_introspection.ts";
import { binaryKinds } from "./_kind_binary.ts";
import { mapStep, Step } from "../_value_path.ts";
import { writeProperties } from "./_properties.ts";
import { TAG } from "./_tags.ts";
import { temporalKinds } from "./_kind_temporal.ts";
import { writeValue } from "./_value.ts";
import type { Walk } from "./_walk.ts";
import { webKinds } from "./_kind_web.ts";

/** Writes the tag, the content and the further properties of an object of one kind. */
export type KindWriter = (walk: Walk, value: object) => void;

let kinds: Map<object, KindWriter> | undefined;

/** How instances of a built-in prototype are written; `undefined` when it is none of the table's. */
export function kindOf(prototype: object): KindWriter | undefined {
  // Made on first use: touching Temporal and the web classes costs start-up time in both runtimes.
  kinds ??= new Map([
    ...collectionKinds(),
    ...binaryKinds(),
    ...errorKinds(),
    ...webKinds(),
    ...temporalKinds(),
  ]);
  return kinds.get(prototype);
}

function collectionKinds(): [object, KindWriter][] {
  return [
    [Map.prototype, writeMap],
    [Set.prototype, writeSet],
    [Date.prototype, writeDate],
    [RegExp.prototype, writeRegExp],
    [Boolean.prototype, boxed(Boolean.prototype.valueOf)],
    [Number.prototype, boxed(Number.prototype.valueOf)],
    [BigInt.prototype, boxed(BigInt.prototype.valueOf)],
    [Symbol.prototype, boxed(Symbol.prototype.valueOf)],
    [String.prototype, writeBoxedString],
  ];
}

/** Writes an array: its length, elements and runs of holes, then what other properties it has. */
export function writeArray(walk: Walk, value: object): void {
  if (!Array.isArray(value)) walk.refuse("it has the prototype of Array and is none; pass an array");
  const { out } = walk;
  const array: readonly unknown[] = value;
  const { length } = array;
  out.tag(TAG.array);
  out.length(length);
  walk.enter();
  let hasHoles = false;
  for (let i = 0; i < length; i++) {
    const element = array[i];
    if (element === undefined && !Object.hasOwn(array, i)) {
      hasHoles = true;
      const end = nextElement(array, i);
      out.tag(TAG.absent);
      out.length(end - i);
      i = end - 1;
    } else {
      walk.at(i);
      writeValue(walk, element);
    }
  }
  walk.leave();
  writeProperties(walk, array, furtherKeys(array, hasHoles));
}

/** The index after a run of holes. A sparse array can be long: its keys are asked, not its length. */
function nextElement(array: readonly unknown[], hole: number): number {
  const soon = Math.min(array.length, hole + 64);
  for (let i = hole + 1; i < soon; i++) if (Object.hasOwn(array, i)) return i;
  if (soon === array.length) return soon;
  for (const key of Object.getOwnPropertyNames(array)) {
    if (isIndex(key) && Number(key) > hole) return Number(key);
  }
  return array.length;
}

function furtherKeys(array: readonly unknown[], hasHoles: boolean): string[] {
  // The array of a tagged template has its raw text in a hidden property.
  const raw = Object.hasOwn(array, "raw") ? ["raw"] : [];
  const { length } = array;
  if (length === 0 || !hasHoles) {
    if (hasOnlyElements(array, length, false)) return raw;
    const keys = Object.keys(array);
    if (keys.length === length && (length === 0 || keys[length - 1] === String(length - 1))) return raw;
  }
  return [...new Set([...Object.keys(array).filter((key) => !isIndex(key)), ...raw])];
}

function isIndex(key: string): boolean {
  const index = Number(key) >>> 0;
  return index !== 0xffffffff && String(index) === key;
}

const mapForEach = Map.prototype.forEach;
const setForEach = Set.prototype.forEach;

function writeMap(walk: Walk, value: object): void {
  const { out } = walk;
  const map = value as Map<unknown, unknown>;
  const entries: [unknown, unknown][] = [];
  mapForEach.call(map, (entry, key) => entries.push([key, entry]));
  out.tag(TAG.map);
  out.length(entries.length);
  walk.enter();
  entries.forEach(([key, entry], i) => {
    walk.at(new Step(`.keys()[${i}]`));
    writeValue(walk, key);
    walk.at(mapStep(key, i));
    writeValue(walk, entry);
  });
  walk.leave();
  writeProperties(walk, map, Object.keys(map));
}

function writeSet(walk: Walk, value: object): void {
  const { out } = walk;
  const set = value as Set<unknown>;
  const members: unknown[] = [];
  setForEach.call(set, (member) => members.push(member));
  out.tag(TAG.set);
  out.length(members.length);
  walk.enter();
  members.forEach((member, i) => {
    walk.at(new Step(`.values()[${i}]`));
    writeValue(walk, member);
  });
  walk.leave();
  writeProperties(walk, set, Object.keys(set));
}

const dateTime = Date.prototype.getTime;

function writeDate(walk: Walk, value: object): void {
  const time = dateTime.call(value as Date);
  walk.out.tag(TAG.date);
  walk.out.number(time);
  writeProperties(walk, value, Object.keys(value));
}

const regExpSource = getterOf(RegExp.prototype, "source");
const regExpFlags = getterOf(RegExp.prototype, "flags");

function writeRegExp(walk: Walk, value: object): void {
  const source = String(regExpSource.call(value));
  walk.out.tag(TAG.regExp);
  walk.out.string(source);
  walk.out.string(String(regExpFlags.call(value)));
  walk.enter();
  walk.at("lastIndex");
  writeValue(walk, (value as RegExp).lastIndex);
  walk.leave();
  writeProperties(walk, value, Object.keys(value));
}

function boxed(valueOf: (this: never) => unknown): KindWriter {
  return (walk, value) => {
    const primitive = Reflect.apply(valueOf, value, []);
    walk.out.tag(TAG.boxed);
    writeValue(walk, primitive);
    writeProperties(walk, value, Object.keys(value));
  };
}

function writeBoxedString(walk: Walk, value: object): void {
  const text: string = Reflect.apply(String.prototype.valueOf, value, []);
  walk.out.tag(TAG.boxed);
  walk.out.string(text);
  writeProperties(walk, value, Object.keys(value).slice(text.length));
}
