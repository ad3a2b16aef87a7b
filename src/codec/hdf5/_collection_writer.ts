/**
 * Maps and Sets into nodes: Python's dicts and sets where it can hold what is in them, else lists.
 *
 * @module
 */

// `as` here: an object is taken for what its prototype says; the methods used check that themselves and throw.

import { mapStep, Step } from "../../_value_path.ts";
import { onlyItself } from "../_own_properties.ts";
import { CONTENT, CONTENT_TYPE, KIND, KINDS } from "./_format.ts";
import { type Link, writeGroup } from "./_group_writer.ts";
import type { Place, ValueWriter } from "./_value_writer.ts";

type Entry = readonly [key: unknown, value: unknown];

/** Writes a Map: as a dict, or, where objects are keys, as a list of pairs. */
export function writeMap(writer: ValueWriter, object: object, place: Place): number {
  onlyItself(writer, object, place.depth);
  const entries = [...Map.prototype.entries.call(object as ReadonlyMap<unknown, unknown>)];
  return entries.some(([key]) => isObject(key))
    ? writePairs(writer, entries, place)
    : writeDict(writer, entries, place);
}

/** Writes a Set: as a set, or, where objects are members, as a list. */
export function writeSet(writer: ValueWriter, object: object, place: Place): number {
  onlyItself(writer, object, place.depth);
  const members = [...Set.prototype.values.call(object as ReadonlySet<unknown>)];
  const attributes = members.some(isObject)
    ? { [CONTENT_TYPE]: `${CONTENT}List`, [KIND]: KINDS.set }
    : { [CONTENT_TYPE]: `${CONTENT}Set` };
  return writer.elements(members, place, { attributes, step: memberStep });
}

/** Whether Python cannot have it as a key. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function memberStep(index: number): Step {
  return new Step(`.values()[${index}]`);
}

function keyStep(index: number): Step {
  return new Step(`.keys()[${index}]`);
}

function writeDict(writer: ValueWriter, entries: readonly Entry[], place: Place): number {
  const keyPlace = { above: place, name: "keys", depth: place.depth };
  const valuePlace = { above: place, name: "values", depth: place.depth };
  const keys: Link[] = [];
  const values: Link[] = [];
  for (let i = 0; i < entries.length; i++) {
    const [key, value] = entries[i] ?? [];
    keys.push(writer.child(key, childOf(keyPlace, i, place), keyStep(i)));
    values.push(writer.child(value, childOf(valuePlace, i, place), mapStep(key, i)));
  }
  return writer.dict(keys, values, { [KIND]: KINDS.map });
}

function writePairs(writer: ValueWriter, entries: readonly Entry[], place: Place): number {
  const links: Link[] = [];
  for (let i = 0; i < entries.length; i++) {
    const [key, value] = entries[i] ?? [];
    const pair = { above: place, name: `i${i}`, depth: place.depth };
    const first = writer.child(key, childOf(pair, 0, place), keyStep(i));
    const second = writer.child(value, childOf(pair, 1, place), mapStep(key, i));
    const address = writeGroup(writer.out, [first, second], { [CONTENT_TYPE]: `${CONTENT}Tuple` });
    links.push({ name: pair.name, address });
  }
  return writeGroup(writer.out, links, { [CONTENT_TYPE]: `${CONTENT}List`, [KIND]: KINDS.map });
}

/** The place of the i-th child of a node that belongs to the object at `object`. */
function childOf(above: Place, i: number, object: Place): Place {
  return { above, name: `i${i}`, depth: object.depth + 1 };
}
