/**
 * What Python has and JavaScript has not: complex numbers, classes, functions and instances, all told as inert objects.
 *
 * @module
 */

import { inertObject } from "./_inert.ts";
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
      return Object.assign(inertObject("builtins", "complex"), { args: readComplex(node) });
    case "Global":
      return reader.created(number, globalOf(readTextOf(node)));
    case "Union": {
      const inert = reader.created(number, inertObject("types", "UnionType"));
      inert.args = reader.elements(node, depth).map((number) => reader.value(number, depth + 1));
      return inert;
    }
    case "Reducible":
      return readReducible(reader, node, context);
    default:
      return malformed(`content of type "${content}" is not known`, node.offset);
  }
}

function globalOf(path: string): ReturnType<typeof inertObject> {
  const dot = path.lastIndexOf(".");
  return dot < 0 ? inertObject("builtins", path) : inertObject(path.slice(0, dot), path.slice(dot + 1));
}

/** An instance: the node says the class's name, unless it is a built-in one; then the constructor says it. */
function readReducible(reader: ValueReader, node: Hdf5Node, { depth, number }: Context): object {
  const links = reader.children(node, depth);
  const { module, qualname } = Object.fromEntries(node.attributes);
  const constructor = reader.node(reader.link(node, links, "constructor"));
  const isNamed = typeof module === "string" && typeof qualname === "string";
  const inert = reader.created(
    number,
    isNamed
      ? inertObject(module, qualname)
      : reader.content(constructor) === "Global"
      ? globalOf(readTextOf(constructor))
      : inertObject("builtins", "object"),
  );
  const part = (name: string): unknown => {
    const number = links.get(name);
    return number === undefined ? undefined : reader.value(number, depth + 1) ?? undefined;
  };
  const args = part("args");
  inert.args = Array.isArray(args) ? args : [];
  const [state, items, entries] = [part("state"), part("item_iterator"), part("kv_iterator")];
  inert.state = items === undefined && entries === undefined ? state : { state, items, entries };
  return inert;
}
