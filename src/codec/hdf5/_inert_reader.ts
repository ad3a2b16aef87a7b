/**
 * What Python has and JavaScript has not: complex numbers, classes, functions and instances, all told as inert objects.
 *
 * @module
 */

// `as` here: an object that stands in its own arguments has to be there before these are read.

import { PickleObject } from "../pickle_object.ts";
import { readComplex, readTextOf } from "./_leaf_reader.ts";
import { malformed } from "./_malformed.ts";
import type { Hdf5Node } from "./_node.ts";
import type { ValueReader } from "./_value_reader.ts";

/** Where a node stands, and its number. */
interface Context {
  readonly content: string;
  readonly depth: number;
  readonly number: number;
}

/** Reads a node whose content is only Python's. */
export function readInert(reader: ValueReader, node: Hdf5Node, context: Context): object {
  const { content, depth, number } = context;
  switch (content) {
    case "Complex":
      return new PickleObject({ module: "builtins", name: "complex", kind: "call", args: readComplex(node) });
    case "Global":
      return reader.created(number, globalOf(readTextOf(node)));
    case "Union": {
      const inert: Draft = reader.created(
        number,
        new PickleObject({ module: "types", name: "UnionType", kind: "call" }),
      );
      inert.args = reader.elements(node, depth).map((number) => reader.value(number, depth + 1));
      return inert;
    }
    case "Reducible":
      return readReducible(reader, node, context);
    default:
      return malformed(`content of type "${content}" is not known`, node.offset);
  }
}

/** A Python object while its parts are read. */
type Draft = { -readonly [Key in keyof PickleObject]: PickleObject[Key] };

function globalOf(path: string): PickleObject {
  const dot = path.lastIndexOf(".");
  const [module, name] = dot < 0 ? ["builtins", path] : [path.slice(0, dot), path.slice(dot + 1)];
  return new PickleObject({ module, name, kind: "global" });
}

/** An instance, as Python's reduce protocol takes it apart: what would be called, with what, and what is put on it then. */
function readReducible(reader: ValueReader, node: Hdf5Node, { depth, number }: Context): object {
  const links = reader.children(node, depth);
  const inert = reader.created(
    number,
    new PickleObject({ module: "builtins", name: "object", kind: "call" }),
  ) as Draft;
  const part = (name: string): unknown => {
    const number = links.get(name);
    return number === undefined ? undefined : reader.value(number, depth + 1) ?? undefined;
  };
  const callee = reader.value(reader.link(node, links, "constructor"), depth + 1);
  if (!(callee instanceof PickleObject)) malformed("what would be called is no global", node.offset);
  const args = part("args");
  inert.args = Array.isArray(args) ? args : [];
  const [type] = inert.args;
  if (callee.module === "copyreg" && callee.name === "__newobj__" && type instanceof PickleObject) {
    // How pickles of protocol 2 and later make instances, by their class's own `__new__`.
    Object.assign(inert, { module: type.module, name: type.name, kind: "new", args: inert.args.slice(1) });
  } else if (callee.kind === "global") {
    Object.assign(inert, { module: callee.module, name: callee.name });
  } else {
    Object.assign(inert, { module: "", name: "", callee });
  }
  inert.state = part("state");
  const [items, entries] = [part("item_iterator"), part("kv_iterator")];
  if (Array.isArray(items)) inert.items = items;
  if (Array.isArray(entries)) {
    inert.entries = entries.map((pair): [unknown, unknown] =>
      Array.isArray(pair) ? [pair[0], pair[1]] : [pair, undefined]
    );
  }
  return inert;
}
