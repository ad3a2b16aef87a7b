/**
 * Objects of plain data other than dense arrays and plain objects into opcodes: what Python has next to each, with a mark where
 * that alone would not lead back.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says; every method used checks that itself and throws.

import { mapStep, type PathStep, Step } from "../../_value_path.ts";
import { formOf } from "../_forms.ts";
import { onlyItself } from "../_own_properties.ts";
import { refusalOf } from "../_refusal.ts";
import { FORM1, MAP, NULL_PROTOTYPE, SET, SPARSE_ARRAY, TEMPORAL_TEXT } from "./_format.ts";
import { writeTypedArray } from "./_numpy_writer.ts";
import { ADDITEMS, EMPTY_DICT, EMPTY_LIST, EMPTY_SET } from "./_opcodes.ts";
import { writePickleObject } from "./_object_writer.ts";
import { PickleObject } from "../pickle_object.ts";
import { writeDate, writeNearest } from "./_time_writer.ts";
import type { Entry, ValueWriter } from "./_value_writer.ts";

/** Forms that are plain data: bytes in some dress, and times. */
const PLAIN_FORMS: ReadonlySet<string> = new Set(["ArrayBuffer", "DataView", "Buffer"]);

/**
 * Writes an object of plain data.
 *
 * @returns `undefined` when it is none that is known; `false` when it stopped on the way.
 */
export function writeExotic(writer: ValueWriter, object: object, depth: number): boolean | undefined {
  if (typeof object === "function") return undefined;
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null) return writeNullPrototype(writer, object, depth);
  if (prototype === Array.prototype) return writeSparseArray(writer, object as readonly unknown[], depth);
  if (prototype === Map.prototype) return writeMap(writer, object, depth);
  if (prototype === Set.prototype) return writeSet(writer, object, depth);
  if (prototype === PickleObject.prototype) return writePickleObject(writer, object as PickleObject, depth);
  return writeTypedArray(writer, object, depth) ?? writePlainForm(writer, object, depth);
}

function writeNullPrototype(writer: ValueWriter, object: object, depth: number): boolean {
  if (Object.getOwnPropertySymbols(object).length > 0) writer.refuse(depth, refusalOf(object));
  begin(writer, object, NULL_PROTOTYPE, EMPTY_DICT);
  return writer.properties(object as Record<string, unknown>, Object.keys(object), depth);
}

/** As `{ length: …, 0: …, name: … }`: Python's lists have neither holes nor names. */
function writeSparseArray(writer: ValueWriter, array: readonly unknown[], depth: number): boolean {
  const keys = Object.keys(array);
  if (Object.getOwnPropertyNames(array).length !== keys.length + 1) {
    writer.refuse(depth, "it has elements or properties that are not enumerable; a copy of it would work");
  }
  begin(writer, array, SPARSE_ARRAY, EMPTY_DICT);
  const entries: Entry[] = keys.map((key) => ({
    key,
    value: (array as unknown as Record<string, unknown>)[key],
    step: key,
  }));
  return writer.entries([{ key: "length", value: array.length, step: "length" }, ...entries], depth);
}

function writeMap(writer: ValueWriter, object: object, depth: number): boolean {
  onlyItself(writer, object, depth);
  const entries = [...Map.prototype.entries.call(object as ReadonlyMap<unknown, unknown>)];
  if (areDistinctInPython(entries.map(([key]) => key))) {
    begin(writer, object, MAP, EMPTY_DICT);
    return writer.entries(entries.map(([key, value], i) => ({ key, value, step: mapStep(key, i) })), depth);
  }
  begin(writer, object, MAP, EMPTY_LIST);
  const flat = entries.flatMap(([key, value], i): [unknown, PathStep][] => [
    [key, new Step(`.keys()[${i}]`)],
    [value, mapStep(key, i)],
  ]);
  return writer.elements(flat, depth, { isPaired: true });
}

function writeSet(writer: ValueWriter, object: object, depth: number): boolean {
  onlyItself(writer, object, depth);
  const members = [...Set.prototype.values.call(object as ReadonlySet<unknown>)];
  const steps = members.map((member, i): [unknown, PathStep] => [member, new Step(`.values()[${i}]`)]);
  if (areDistinctInPython(members)) {
    writer.out.byte(EMPTY_SET);
    writer.remember(object);
    return writer.elements(steps, depth, { opcode: ADDITEMS });
  }
  begin(writer, object, SET, EMPTY_LIST);
  return writer.elements(steps, depth);
}

function begin(writer: ValueWriter, object: object, mark: string, opcode: number): void {
  writer.out.mark(mark);
  writer.out.byte(opcode);
  writer.remember(object);
}

/** Whether Python can hash all of these and tells them apart: it takes `1`, `1n`, `1.0` and `true` for one. */
function areDistinctInPython(keys: readonly unknown[]): boolean {
  const seen = new Set<unknown>();
  for (const key of keys) {
    if (typeof key === "symbol" || typeof key === "function" || (typeof key === "object" && key !== null)) {
      return false;
    }
    if (typeof key === "boolean") seen.add(Number(key));
    else if (typeof key === "bigint") seen.add(asFloat(key) ?? key);
    else seen.add(key ?? null);
  }
  return seen.size === keys.length;
}

/** The float that Python takes for the same key. */
function asFloat(key: bigint): number | undefined {
  const number = Number(key);
  return Number.isFinite(number) && BigInt(number) === key ? number : undefined;
}

function writePlainForm(writer: ValueWriter, object: object, depth: number): boolean | undefined {
  const form = formOf(object, writer, depth);
  if (form === undefined) return undefined;
  const { name, args } = form;
  const [first] = args;
  if (name === "Date") {
    if (!writeDate(writer, first as number)) {
      writer.out.number(first as number);
      writer.out.mark(`${FORM1}Date`);
    }
  } else if (name.startsWith("Temporal.")) {
    writeNearest(writer, name, object);
    writer.out.mark(`${TEMPORAL_TEXT}${name} ${args.join(" ")}`);
  } else if (PLAIN_FORMS.has(name)) {
    writer.out.bytes(first as Uint8Array);
    writer.out.mark(`${FORM1}${name}`);
  } else {
    return undefined;
  }
  writer.remember(object);
  return true;
}
