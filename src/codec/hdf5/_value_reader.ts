/**
 * Nodes into JavaScript values: collections and what leads to other nodes here, datasets by {@linkcode readLeaf}, what
 * Python has not by {@linkcode readExotic}. Nothing that is read is called, and no object gets a prototype or a
 * property but as an own one.
 *
 * @module
 */

import { CodecError } from "../../errors.ts";
import { readExotic } from "./_exotic_reader.ts";
import {
  ARRAY_CONTENT,
  CONTENT,
  CONTENT_TYPE,
  FORMAT_VERSION,
  KIND,
  MAX_DEPTH,
  ROOT_NAME,
} from "./_format.ts";
import { readInert } from "./_inert_reader.ts";
import { isLeafContent, readArray, readLeaf, readTextOf } from "./_leaf_reader.ts";
import { malformed } from "./_malformed.ts";
import type { Hdf5Node, NodeSource } from "./_node.ts";

/** Stands for an object that cannot be referred to before it is complete. */
const UNREAD: unique symbol = Symbol("unread");

/** A name in a dict, and the number of the value there. */
export type Entry = readonly [name: string, number: number];

/** Numbers of a dict's keys and of its values. */
export interface Pairs {
  readonly keys: readonly number[];
  readonly values: readonly number[];
}

/** Reads one value. */
export class ValueReader {
  readonly #source: NodeSource;
  /** What every node became, by its number. */
  readonly #values = new Map<number, unknown>();
  /** The groups that references lead through. */
  readonly #groups = new Map<number, ReadonlyMap<string, number> | undefined>();

  /** @param source The file. */
  constructor(source: NodeSource) {
    this.#source = source;
  }

  /**
   * Reads the value that the file is.
   *
   * @throws {CodecError} code `malformed`, when it holds none.
   */
  read(): unknown {
    try {
      const { attributes, links, offset } = this.#source.node(this.#source.root);
      const version = attributes.get(KIND) ?? FORMAT_VERSION;
      if (version !== FORMAT_VERSION) return malformed(`it is of format version ${version}`, offset);
      const object = links?.get(ROOT_NAME);
      if (object === undefined) return malformed(`it has no "/${ROOT_NAME}"`, offset);
      return this.value(object, 0);
    } catch (error) {
      if (error instanceof CodecError) throw error;
      return malformed(
        `what stands there cannot be restored (${error instanceof Error ? error.message : String(error)})`,
        0,
        error,
      );
    }
  }

  /**
   * Reads the value of a node.
   *
   * @param number The node's number.
   * @param depth How many objects it stands in.
   */
  value(number: number, depth: number): unknown {
    if (this.#values.has(number)) {
      const known = this.#values.get(number);
      return known === UNREAD ? malformed("an object leads to itself before it is there", number) : known;
    }
    const node = this.#source.node(number);
    this.#values.set(number, UNREAD);
    const value = this.#read(node, number, depth);
    this.#values.set(number, value);
    return value;
  }

  /** Announces the object that a node becomes before its contents are read, so that these can refer to it. */
  created<T extends object>(number: number, object: T): T {
    this.#values.set(number, object);
    return object;
  }

  /** A group's children; depth is checked, for they stand in one object more. */
  children(node: Hdf5Node, depth: number): ReadonlyMap<string, number> {
    if (depth >= MAX_DEPTH) malformed(`it is nested more than ${MAX_DEPTH} levels deep`, node.offset);
    return node.links ?? malformed("a group is missing", node.offset);
  }

  /** The numbers of the children `i0`, `i1` … of a group, which has no others. */
  elements(node: Hdf5Node, depth: number): number[] {
    const links = this.children(node, depth);
    const numbers: number[] = [];
    for (let i = 0; i < links.size; i++) numbers.push(this.link(node, links, `i${i}`));
    return numbers;
  }

  /** The number of the child of that name. */
  link(node: Hdf5Node, links: ReadonlyMap<string, number>, name: string): number {
    return links.get(name) ?? malformed(`a group has no ${JSON.stringify(name)}`, node.offset);
  }

  /** The node of a number. */
  node(number: number): Hdf5Node {
    return this.#source.node(number);
  }

  /** What a node is to Python: the last part of its content type. */
  content(node: Hdf5Node): string {
    const type = node.attributes.get(CONTENT_TYPE);
    if (type === ARRAY_CONTENT) return "Array";
    if (typeof type !== "string" || !type.startsWith(CONTENT)) {
      return malformed("a node has no content type of bagofholding's", node.offset);
    }
    return type.slice(CONTENT.length);
  }

  /** Names and numbers of the values of a dict with texts as keys; `undefined` when it has other keys. */
  entries(node: Hdf5Node, depth: number): readonly Entry[] | undefined {
    if (this.content(node) === "StrKeyDict") return [...this.children(node, depth)];
    const { keys, values } = this.pairs(node, depth);
    const names = keys.map((key) => this.value(key, depth + 1));
    if (!names.every((name) => typeof name === "string")) return undefined;
    return names.map((name, i) => [name, values[i] ?? 0]);
  }

  /** Numbers of the keys and of the values of a dict. */
  pairs(node: Hdf5Node, depth: number): Pairs {
    const links = this.children(node, depth);
    const [keys, values] = ["keys", "values"].map((name) =>
      this.elements(this.#source.node(this.link(node, links, name)), depth)
    );
    if (keys === undefined || keys.length !== values?.length) {
      return malformed("a dict has not as many values as keys", node.offset);
    }
    return { keys, values };
  }

  /**
   * Puts the values of a dict on an object: defined, never assigned, so that no setter is called.
   *
   * @param hidden How many of them, the first ones, are not enumerable.
   */
  define<T extends object>(object: T, entries: readonly Entry[], depth: number, hidden: number = 0): T {
    for (let i = 0; i < entries.length; i++) {
      const [name, number] = entries[i] ?? ["", 0];
      const value = this.value(number, depth + 1);
      if (i >= hidden && name !== "__proto__" && !Object.hasOwn(object, name)) {
        Reflect.set(object, name, value);
      } else {
        Object.defineProperty(object, name, {
          value,
          enumerable: i >= hidden,
          writable: true,
          configurable: true,
        });
      }
    }
    return object;
  }

  #read(node: Hdf5Node, number: number, depth: number): unknown {
    const content = this.content(node);
    const kind = node.attributes.get(KIND);
    if (kind !== undefined) return readExotic(this, node, { content, kind: String(kind), depth, number });
    switch (content) {
      case "List":
      case "Tuple":
        return this.#array(node, number, depth);
      case "Set":
      case "FrozenSet":
        return this.set(node, number, depth);
      case "StrKeyDict":
      case "Dict":
        return this.#dict(node, number, depth);
      case "Reference":
        return this.#follow(node, depth);
      case "Array":
        return readArray(node, undefined);
      default:
        return isLeafContent(content)
          ? readLeaf(node, content)
          : readInert(this, node, { content, depth, number });
    }
  }

  // Loops by index, and no callbacks, where values stand in values: a thousand levels must find room on the stack.

  #array(node: Hdf5Node, number: number, depth: number): unknown[] {
    const array: unknown[] = this.created(number, []);
    const elements = this.elements(node, depth);
    for (let i = 0; i < elements.length; i++) array.push(this.value(elements[i] ?? 0, depth + 1));
    return array;
  }

  /** The Set that a node is whose elements are its children. */
  set(node: Hdf5Node, number: number, depth: number): Set<unknown> {
    const set = this.created(number, new Set());
    const elements = this.elements(node, depth);
    for (let i = 0; i < elements.length; i++) set.add(this.value(elements[i] ?? 0, depth + 1));
    return set;
  }

  #dict(node: Hdf5Node, number: number, depth: number): object {
    const entries = this.entries(node, depth);
    return entries === undefined
      ? this.map(this.pairs(node, depth), number, depth)
      : this.define(this.created(number, {}), entries, depth);
  }

  /** The Map of keys and values that have these numbers. */
  map(pairs: Pairs, number: number, depth: number): Map<unknown, unknown> {
    const { keys, values } = pairs;
    const map = this.created(number, new Map());
    for (let i = 0; i < keys.length; i++) {
      const key = this.value(keys[i] ?? 0, depth + 1);
      map.set(key, this.value(values[i] ?? 0, depth + 1));
    }
    return map;
  }

  /** The value at the path that a reference says. */
  #follow(node: Hdf5Node, depth: number): unknown {
    let number = this.#source.root;
    for (const name of readTextOf(node).split("/")) {
      if (!this.#groups.has(number)) this.#groups.set(number, this.#source.node(number).links);
      number = this.#groups.get(number)?.get(name) ?? malformed("a reference leads nowhere", node.offset);
    }
    // One more: a reference that leads to a reference, and so on, must end.
    return this.value(number, depth + 1);
  }
}
