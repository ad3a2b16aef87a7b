/**
 * Python objects that were read as {@linkcode PickleObject} back into the opcodes that they came from.
 *
 * @module
 */

import { Step } from "../../_value_path.ts";
import { writeGlobal } from "./_global_writer.ts";
import { APPENDS, BUILD, MARK, NEWOBJ, NEWOBJ_EX, POP, REDUCE, SETITEMS, TUPLE, TUPLE2 } from "./_opcodes.ts";
import type { PickleObject } from "../pickle_object.ts";
import type { ValueWriter } from "./_value_writer.ts";

/** Writes one; `true`, as it is written without a stop. */
export function writePickleObject(writer: ValueWriter, object: PickleObject, depth: number): true {
  return writer.whole(() => {
    const { out } = writer;
    if (object.kind === "global") {
      writeGlobal(writer, object.module, object.name);
      return writer.remember(object);
    }
    if (object.kind === "call" && object.kwargs !== undefined) {
      writer.refuse(depth, "pickles have no call with arguments by name; functools.partial would work");
    }
    if (object.callee !== undefined) writer.child(object.callee, depth + 1, "callee");
    else writeGlobal(writer, object.module, object.name);
    out.byte(MARK);
    object.args.forEach((arg, i) => writer.child(arg, depth + 1, new Step(`.args[${i}]`)));
    out.byte(TUPLE);
    if (object.kwargs !== undefined) writer.child(object.kwargs, depth + 1, "kwargs");
    out.byte(object.kind === "call" ? REDUCE : object.kwargs === undefined ? NEWOBJ : NEWOBJ_EX);
    writer.remember(object);
    const { items, entries } = object;
    if (items !== undefined) {
      writer.elements(items.map((item, i) => [item, new Step(`.items[${i}]`)]), depth, { opcode: APPENDS });
    }
    if (entries !== undefined) writeEntries(writer, entries, depth);
    if (object.setter !== undefined) {
      writer.child(object.setter, depth + 1, "setter");
      writer.value(object, depth);
      writer.child(object.state, depth + 1, "state");
      for (const opcode of [TUPLE2, REDUCE, POP]) out.byte(opcode);
    } else if (object.state !== undefined) {
      writer.child(object.state, depth + 1, "state");
      out.byte(BUILD);
    }
  });
}

/** An array that was a tuple of Python; one that holds itself cannot be made in one go. */
export function writeTuple(writer: ValueWriter, array: readonly unknown[], depth: number): boolean {
  writer.unfinished(array);
  writer.out.byte(MARK);
  // Holes of a tuple that was changed since are written as what they read as.
  for (let i = 0; i < array.length; i++) writer.child(array[i], depth + 1, i);
  writer.out.byte(TUPLE);
  writer.remember(array);
  return true;
}

function writeEntries(
  writer: ValueWriter,
  entries: readonly (readonly [unknown, unknown])[],
  depth: number,
): void {
  if (entries.length === 0) return;
  writer.out.byte(MARK);
  for (const [i, [key, value]] of entries.entries()) {
    writer.child(key, depth + 1, new Step(`.entries[${i}][0]`));
    writer.child(value, depth + 1, new Step(`.entries[${i}][1]`));
  }
  writer.out.byte(SETITEMS);
}
