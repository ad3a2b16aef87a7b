/**
 * What Python would call while it unpickles: the few classes that JavaScript has something for are made here, in a fixed
 * table; everything else is told as a {@linkcode PickleObject}.
 *
 * @module
 */

import { arrayFromBuffer, arrayFromState, scalarOf } from "./_numpy_reader.ts";
import { latin1 } from "./_text_opcodes.ts";
import { dateOf, datetimeOf, timedeltaOf, timeOf } from "./_time_reader.ts";
import type { Unpickler } from "./_unpickler.ts";
import { PickleObject } from "../pickle_object.ts";

/** Makes what a call gives; `undefined` when its arguments are not those that pickles have, or would lose something. */
type Maker = (args: readonly unknown[]) => unknown;

const MAKERS: ReadonlyMap<string, Maker> = new Map<string, Maker>([
  ["builtins.set", setOf],
  ["builtins.frozenset", setOf],
  ["builtins.bytearray", bytesOf],
  ["builtins.bytes", bytesOf],
  ["_codecs.encode", encodedOf],
  ["collections.OrderedDict", orderedDictOf],
  ["datetime.datetime", datetimeOf],
  ["datetime.date", dateOf],
  ["datetime.time", timeOf],
  ["datetime.timedelta", timedeltaOf],
  ["numpy.core.multiarray.scalar", scalarOf],
  ["numpy.core.numeric._frombuffer", arrayFromBuffer],
]);

/** What calling a global gives. */
export function callOf(machine: Unpickler, callee: PickleObject, args: unknown[]): unknown {
  machine.nest();
  const { module, name, kind } = callee;
  const made = kind === "global" ? MAKERS.get(`${module}.${name}`)?.(args) : undefined;
  if (made !== undefined) return made;
  machine.hasTold = true;
  if (kind !== "global") return new PickleObject({ module: "", name: "", kind: "call", callee, args });
  if (module === "copyreg" && name === "_reconstructor" && args[0] instanceof PickleObject) {
    const [type, base, state] = args;
    // How protocols 0 and 1 make instances of classes that are based on nothing but object.
    if (base instanceof PickleObject && base.name === "object" && state === null) {
      return newOf(machine, type, []);
    }
  }
  return new PickleObject({ module, name, kind: "call", args });
}

/** What a class's `__new__` gives. */
export function newOf(
  machine: Unpickler,
  type: PickleObject,
  args: unknown[],
  kwargs?: unknown,
): PickleObject {
  machine.nest();
  machine.hasTold = true;
  const { module, name, kind } = type;
  const hasNames = typeof kwargs === "object" && kwargs !== null && Object.keys(kwargs).length > 0;
  return new PickleObject({
    ...kind === "global" ? { module, name } : { module: "", name: "", callee: type },
    kind: "new",
    args,
    ...hasNames ? { kwargs } : {},
  });
}

/** What an object is once it has got its state: itself, or the array that it was to become. */
export function withState(machine: Unpickler, target: unknown, state: unknown): object {
  if (!(target instanceof PickleObject)) return machine.in.fail("a state is put on what has none");
  target.state = state;
  return arrayFromState(target) ?? target;
}

/**
 * What is called for what it does to its first argument alone, its result being dropped: cloudpickle gives functions and
 * classes their state in this way (`state_setter` of `object.__reduce__`).
 */
export function keepSetter({ kind, module, name, callee, args }: PickleObject): void {
  const [target, state] = args;
  if (kind !== "call" || args.length !== 2 || !(target instanceof PickleObject)) return;
  if (target.state !== undefined) return;
  target.setter = callee ?? new PickleObject({ module, name, kind: "global" });
  target.state = state;
}

function setOf(args: readonly unknown[]): unknown {
  const [items] = args;
  return args.length === 1 && Array.isArray(items)
    ? new Set(items)
    : args.length === 0
    ? new Set()
    : undefined;
}

function bytesOf(args: readonly unknown[]): unknown {
  const [content, encoding] = args;
  if (args.length === 0) return new Uint8Array();
  if (args.length === 1 && content instanceof Uint8Array) return content;
  return encoding === undefined ? undefined : encodedOf(args);
}

/** How protocols 0 to 2 write bytes: as text in Latin-1. */
function encodedOf(args: readonly unknown[]): unknown {
  const [text, encoding] = args;
  if (typeof text !== "string" || (encoding !== "latin1" && encoding !== "latin-1")) return undefined;
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return latin1(bytes) === text ? bytes : undefined;
}

/** An ordered dict is a Map: its entries follow, or are its argument. */
function orderedDictOf(args: readonly unknown[]): unknown {
  const [entries] = args;
  if (args.length === 0) return new Map();
  const arePairs = Array.isArray(entries) &&
    entries.every((each) => Array.isArray(each) && each.length === 2);
  return args.length === 1 && arePairs ? new Map(entries as [unknown, unknown][]) : undefined;
}
