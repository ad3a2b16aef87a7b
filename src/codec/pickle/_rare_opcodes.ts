/**
 * The opcodes that do not matter for speed: the older protocols' text, tuples and sets, globals and what is made of them,
 * persistent ids and extensions.
 *
 * @module
 */

import { callOf, newOf, withState } from "./_calls.ts";
import {
  ADDITEMS,
  BINBYTES8,
  BINPERSID,
  BINPUT,
  BINSTRING,
  BINUNICODE8,
  BUILD,
  BYTEARRAY8,
  DICT,
  DUP,
  EMPTY_SET,
  EMPTY_TUPLE,
  EXT1,
  EXT2,
  EXT4,
  FLOAT,
  FROZENSET,
  GET,
  GLOBAL,
  INST,
  INT,
  LIST,
  LONG,
  LONG4,
  LONG_BINPUT,
  NEWOBJ,
  NEWOBJ_EX,
  NEXT_BUFFER,
  OBJ,
  PERSID,
  POP_MARK,
  PROTO,
  PUT,
  READONLY_BUFFER,
  REDUCE,
  SHORT_BINSTRING,
  STACK_GLOBAL,
  STRING,
  TUPLE,
  TUPLE1,
  TUPLE2,
  TUPLE3,
  UNICODE,
} from "./_opcodes.ts";
import { NEWEST_PROTOCOL } from "./_format.ts";
import { appendTo, putInto } from "./_targets.ts";
import { floatOfText, integerOfText, numberOfText, oldText, rawUnicode, unquoted } from "./_text_opcodes.ts";
import { bigintOf, type Unpickler } from "./_unpickler.ts";
import { presentName } from "./_old_names.ts";
import { PickleObject } from "../pickle_object.ts";

/** Does what one opcode says. */
export function rareOpcode(machine: Unpickler, opcode: number): void {
  const { stack, in: source } = machine;
  switch (opcode) {
    case PROTO: {
      const protocol = source.uint8();
      if (protocol > NEWEST_PROTOCOL) source.fail(`protocol ${protocol} is not known to this version`);
      machine.protocol = protocol;
      return;
    }
    case PUT:
      return machine.remember(numberOfText(source, source.lineText()));
    case BINPUT:
      return machine.remember(source.uint8());
    case LONG_BINPUT:
      return machine.remember(source.uint32());
    case GET:
      stack.push(machine.fetch(numberOfText(source, source.lineText())));
      return;
    case INT:
    case LONG:
      stack.push(integerOfText(source, source.lineText()));
      return;
    case FLOAT:
      stack.push(floatOfText(source, source.lineText()));
      return;
    case LONG4:
      stack.push(bigintOf(source.content(source.uint32())));
      return;
    case STRING:
      stack.push(oldText(unquoted(source, source.line())));
      return;
    case BINSTRING:
      stack.push(oldText(source.content(source.uint32())));
      return;
    case SHORT_BINSTRING:
      stack.push(oldText(source.content(source.uint8())));
      return;
    case UNICODE:
      stack.push(rawUnicode(source.line()));
      return;
    case BINUNICODE8:
      return machine.text(source.uint64());
    case BINBYTES8:
    case BYTEARRAY8:
      return machine.bytes(source.uint64());
    case EMPTY_TUPLE:
      pushTuple(machine, []);
      return;
    case TUPLE1:
      return tuple(machine, 1);
    case TUPLE2:
      return tuple(machine, 2);
    case TUPLE3:
      return tuple(machine, 3);
    case TUPLE:
      return pushTuple(machine, machine.popMarked());
    case LIST: {
      const items = machine.popMarked();
      countNested(machine, items);
      stack.push(items);
      return;
    }
    case DICT: {
      const from = machine.popMark(0);
      countNested(machine, stack.slice(from));
      stack.splice(from, 0, {});
      putInto(machine, stack[from], from + 1);
      stack.length = from + 1;
      return;
    }
    case EMPTY_SET:
      stack.push(new Set());
      return;
    case ADDITEMS: {
      const from = machine.popMark(1);
      appendTo(machine, stack[from - 1], from);
      stack.length = from;
      return;
    }
    case FROZENSET:
      stack.push(new Set(machine.popMarked()));
      machine.nest();
      return;
    case DUP:
      stack.push(machine.top());
      machine.refer();
      return;
    case POP_MARK:
      stack.length = machine.popMark(0);
      return;
    default:
      return globalOpcode(machine, opcode);
  }
}

function globalOpcode(machine: Unpickler, opcode: number): void {
  const { stack, in: source } = machine;
  switch (opcode) {
    case GLOBAL:
      stack.push(globalOf(machine, source.lineText(), source.lineText()));
      return;
    case STACK_GLOBAL: {
      const name = machine.pop();
      const module = machine.pop();
      if (typeof name !== "string" || typeof module !== "string") source.fail("a global has no name");
      stack.push(globalOf(machine, String(module), String(name)));
      return;
    }
    case REDUCE: {
      const args = argumentsOf(machine, machine.pop());
      stack.push(callOf(machine, calleeOf(machine, machine.pop()), args));
      return;
    }
    case NEWOBJ: {
      const args = argumentsOf(machine, machine.pop());
      stack.push(newOf(machine, calleeOf(machine, machine.pop()), args));
      return;
    }
    case NEWOBJ_EX: {
      const kwargs = machine.pop();
      const args = argumentsOf(machine, machine.pop());
      stack.push(newOf(machine, calleeOf(machine, machine.pop()), args, kwargs));
      return;
    }
    case OBJ: {
      const [callee, ...args] = machine.popMarked();
      countNested(machine, args);
      stack.push(callOf(machine, calleeOf(machine, callee), args));
      return;
    }
    case INST: {
      const callee = globalOf(machine, source.lineText(), source.lineText());
      const args = machine.popMarked();
      countNested(machine, args);
      stack.push(callOf(machine, callee, args));
      return;
    }
    case BUILD: {
      machine.nest();
      const state = machine.pop();
      const target = machine.top();
      const made = withState(machine, target, state);
      if (made !== target) machine.replace(stack.length - 1, made);
      return;
    }
    case PERSID:
      stack.push(persistent(source.lineText()));
      return;
    case BINPERSID:
      stack.push(persistent(machine.pop()));
      return;
    case EXT1:
      stack.push(extension(source.uint8()));
      return;
    case EXT2:
      stack.push(extension(source.uint16()));
      return;
    case EXT4:
      stack.push(extension(source.uint32()));
      return;
    case NEXT_BUFFER:
    case READONLY_BUFFER:
      return source.fail("it refers to buffers that are not in it", source.position - 1);
    default:
      return source.fail(`opcode 0x${opcode.toString(16).padStart(2, "0")} is none`, source.position - 1);
  }
}

function tuple(machine: Unpickler, count: number): void {
  const items: unknown[] = [];
  for (let i = 0; i < count; i++) items.unshift(machine.pop());
  pushTuple(machine, items);
}

function pushTuple(machine: Unpickler, items: unknown[]): void {
  countNested(machine, items);
  machine.tuples.push(items);
  machine.stack.push(items);
}

/** Tuples take what stands before them, so marks do not show how deep they are. */
function countNested(machine: Unpickler, items: readonly unknown[]): void {
  if (items.some((item) => typeof item === "object" && item !== null)) machine.nest();
}

function globalOf(machine: Unpickler, module: string, name: string): PickleObject {
  return new PickleObject({ ...presentName(module, name, machine.protocol), kind: "global" });
}

function calleeOf(machine: Unpickler, callee: unknown): PickleObject {
  return callee instanceof PickleObject ? callee : machine.in.fail("what would be called is no global");
}

function argumentsOf(machine: Unpickler, args: unknown): unknown[] {
  return Array.isArray(args) ? args : machine.in.fail("the arguments of a call are no tuple");
}

/** What Python would ask its `persistent_load` for. */
function persistent(id: unknown): PickleObject {
  return new PickleObject({ module: "pickle", name: "persistent_load", kind: "call", args: [id] });
}

/** What Python would look up in its `copyreg` registry. */
function extension(code: number): PickleObject {
  return new PickleObject({ module: "copyreg", name: "_inverted_registry", kind: "call", args: [code] });
}
