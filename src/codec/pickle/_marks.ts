/**
 * What marks say on reading; README.md specifies them. A mark that is not known is of a later version, and refused: better a
 * miss than a value that only looks like the one that was written.
 *
 * @module
 */

// `as` here: parts of tuples, checked by what makes an object of them.

import { emptyError } from "../_errors.ts";
import { objectOf } from "../_forms.ts";
import { viewConstructor } from "../_byte_view.ts";
import { type Shaped, shaped } from "../_nd_array.ts";
import {
  BLOB,
  ERROR,
  FILE,
  FORM1,
  FORMS,
  FUNCTION,
  INSTANCE,
  MAP,
  NULL_PROTOTYPE,
  SET,
  SPARSE_ARRAY,
  SYMBOL,
  TEMPORAL_TEXT,
  TYPED_ARRAY,
  UNDEFINED,
} from "./_format.ts";
import { EMPTY_DICT, EMPTY_LIST, NONE } from "./_opcodes.ts";
import { instanceOf } from "./register_class.ts";
import { reviveFunction, StoredFunction } from "./stored_function.ts";
import type { Unpickler } from "./_unpickler.ts";

/** What reading marks needs to know and to keep. */
export interface Marks {
  /** Whether functions are made of their source. */
  readonly trustCode: boolean;
  /** Which properties of an error that is being read are hidden. */
  readonly hidden: WeakMap<object, ReadonlySet<unknown>>;
}

/** The object that an opcode makes after a mark in front of it. */
export function objectOfMark(machine: Unpickler, mark: string, opcode: number): unknown {
  const isDict = opcode === EMPTY_DICT;
  const isList = opcode === EMPTY_LIST;
  if (mark === UNDEFINED && opcode === NONE) return undefined;
  if (mark === MAP && (isDict || isList)) return new Map();
  if (mark === SET && isList) return new Set();
  if (mark === NULL_PROTOTYPE && isDict) return Object.create(null) as object;
  if (mark === SPARSE_ARRAY && isDict) return [];
  if (mark.startsWith(ERROR) && isDict) {
    const [name = "", hidden = ""] = mark.slice(ERROR.length).split(" ");
    const error = emptyError(name) ??
      machine.in.fail(`errors of class "${name}" are not known to this version`);
    machine.options.hidden.set(error, new Set(hidden.split(",")));
    return error;
  }
  return machine.in.fail(`the mark ${JSON.stringify(mark)} is not known to this version`);
}

/** What the value on top is, by a mark behind it. */
export function valueAfterMark(machine: Unpickler, mark: string): unknown {
  const value = machine.top();
  if (mark.startsWith(TEMPORAL_TEXT)) return temporalOf(mark.slice(TEMPORAL_TEXT.length).split(" "));
  if (mark.startsWith(TYPED_ARRAY)) return typedArrayOf(machine, mark.slice(TYPED_ARRAY.length), value);
  if (mark.startsWith(FORM1)) return objectOf(mark.slice(FORM1.length), [value]);
  if (mark.startsWith(FORMS)) return objectOf(mark.slice(FORMS.length), tupleOf(machine, value));
  if (mark.startsWith(INSTANCE)) return instanceOf(mark.slice(INSTANCE.length), value);
  if (mark === SYMBOL && typeof value === "string") return Symbol.for(value);
  if (mark === FUNCTION) {
    const [name, source] = tupleOf(machine, value);
    if (typeof name !== "string" || typeof source !== "string") machine.in.fail("a function has no source");
    const stored = new StoredFunction(name as string, source as string);
    return machine.options.trustCode ? reviveFunction(stored) : stored;
  }
  if (mark === BLOB || mark === FILE) return blobOf(machine, tupleOf(machine, value));
  return machine.in.fail(`the mark ${JSON.stringify(mark)} is not known to this version`);
}

function tupleOf(machine: Unpickler, value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : machine.in.fail("a tuple is missing");
}

function temporalOf([name = "", ...args]: readonly string[]): object {
  switch (name) {
    case "Temporal.Duration":
      return objectOf(name, args.map(Number));
    case "Temporal.ZonedDateTime":
      // Longer ones are no instant, and take time to read.
      if (!/^-?\d{1,24}$/.test(args[0] ?? "")) throw new TypeError("an instant is not valid");
      return objectOf(name, [BigInt(args[0] ?? ""), ...args.slice(1)]);
    default:
      return objectOf(name, args);
  }
}

function typedArrayOf(machine: Unpickler, text: string, value: unknown): object {
  const [name = "", isShaped] = text.split(" ");
  const View = /^\w+Array$/.test(name) ? viewConstructor(name) : undefined;
  if (View === undefined || !ArrayBuffer.isView(value) || !(value.buffer instanceof ArrayBuffer)) {
    return machine.in.fail(`typed arrays of class ${JSON.stringify(name)} are not known to this version`);
  }
  const view = new View(value.buffer);
  return isShaped === undefined ? view : shaped(view, value as unknown as Shaped);
}

function blobOf(machine: Unpickler, parts: readonly unknown[]): Blob {
  const [content, type, name, lastModified] = parts;
  if (!(content instanceof Uint8Array) || typeof type !== "string") {
    return machine.in.fail("a Blob is not valid");
  }
  const part = content as Uint8Array<ArrayBuffer>;
  if (typeof name !== "string") return new Blob([part], { type });
  return new File([part], name, { type, lastModified: Number(lastModified) });
}
