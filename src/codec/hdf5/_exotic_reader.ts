/**
 * Nodes that say what they are to JavaScript. A name that is not in this version's tables is refused: better a miss
 * than a value that only looks like the one that was written.
 *
 * @module
 */

import { emptyError } from "../_errors.ts";
import { objectOf } from "../_forms.ts";
import { HIDDEN, KINDS, LENGTH } from "./_format.ts";
import { isLeafContent, readArray, readBigInteger, readLeaf, readTextOf } from "./_leaf_reader.ts";
import { malformed } from "./_malformed.ts";
import type { Hdf5Node } from "./_node.ts";
import type { Pairs, ValueReader } from "./_value_reader.ts";

/** Where a node stands, what it says, and its number. */
interface Context {
  readonly content: string;
  readonly kind: string;
  readonly depth: number;
  readonly number: number;
}

/** The most elements that an array can have. */
const MOST_ELEMENTS = 2 ** 32 - 1;

/** Reads a node that has a kind. */
export function readExotic(reader: ValueReader, node: Hdf5Node, context: Context): unknown {
  const { content, kind, depth, number } = context;
  if (content === "Array") return readArray(node, kind);
  switch (kind) {
    case KINDS.undefined:
      return undefined;
    case KINDS.bigint:
      return readBigInteger(node);
    case KINDS.symbol:
      return Symbol.for(readTextOf(node));
    case KINDS.array:
      return readSparse(reader, node, context);
    case KINDS.nullPrototype:
      return readProperties(reader, node, depth, reader.created(number, Object.create(null)));
    case KINDS.map:
      return reader.map(
        content === "Dict" ? reader.pairs(node, depth) : pairsOf(reader, node, depth),
        number,
        depth,
      );
    case KINDS.set:
      return reader.set(node, number, depth);
  }
  const error = emptyError(kind);
  return error === undefined
    ? readForm(reader, node, context)
    : readError(reader, node, { ...context, error });
}

function readProperties(
  reader: ValueReader,
  node: Hdf5Node,
  depth: number,
  object: object,
  hidden: number = 0,
): object {
  const entries = reader.entries(node, depth) ?? malformed("a property's name is no text", node.offset);
  return reader.define(object, entries, depth, hidden);
}

/**
 * An array of nothing but holes, then its own properties, in memory that does not grow with its length: an element far
 * out makes an engine keep the array as a table, whereas a length alone makes V8 allocate all of it.
 */
function readSparse(reader: ValueReader, node: Hdf5Node, { depth, number }: Context): object {
  const length = node.attributes.get(LENGTH);
  if (typeof length !== "number" || length > MOST_ELEMENTS) {
    malformed("an array's length is not valid", node.offset);
  }
  const array: unknown[] = reader.created(number, []);
  array[MOST_ELEMENTS - 1] = undefined;
  array.length = length;
  readProperties(reader, node, depth, array);
  return array.length === length ? array : malformed("an array is longer than it says", node.offset);
}

/** Numbers of the keys and of the values of a list of pairs. */
function pairsOf(reader: ValueReader, node: Hdf5Node, depth: number): Pairs {
  const pairs = reader.elements(node, depth).map((pair) => reader.elements(reader.node(pair), depth));
  if (pairs.some((pair) => pair.length !== 2)) malformed("a Map's entry is not a pair", node.offset);
  return { keys: pairs.map(([key]) => key ?? 0), values: pairs.map(([, value]) => value ?? 0) };
}

function readError(
  reader: ValueReader,
  node: Hdf5Node,
  context: Context & { readonly error: Error },
): object {
  const { error, depth, number } = context;
  reader.created(number, error);
  return readProperties(reader, node, depth, error, Number(node.attributes.get(HIDDEN) ?? 0));
}

/** A built-in object by its name and what it is made of. */
function readForm(reader: ValueReader, node: Hdf5Node, { content, kind, depth }: Context): object {
  const part = (number: number): unknown => {
    const child = reader.node(number);
    return reader.content(child) === "Tuple"
      ? reader.elements(child, depth).map((each) => reader.value(each, depth + 1))
      : reader.value(number, depth + 1);
  };
  const args = content === "Tuple"
    ? reader.elements(node, depth).map(part)
    : isLeafContent(content)
    ? [readLeaf(node, content)]
    : malformed(`content of type "${content}" cannot be a ${kind}`, node.offset);
  try {
    return objectOf(kind, args);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return malformed(`what stands there cannot be restored (${reason})`, node.offset, cause);
  }
}
