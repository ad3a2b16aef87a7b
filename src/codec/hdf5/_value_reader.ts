/**
 * Nodes into JavaScript values: collections and what leads to other nodes here, datasets by {@linkcode readLeaf}, what
 * Python has not by {@linkcode readExotic}. Nothing that is read is called, and no object gets a prototype or a
 * property but as an own one.
 *
 * @module
 */

import { CodecError } from "../../errors.ts";
import { readExotic } from "./_exotic_reader.ts";
import { ARRAY_CONTENT, CONTENT, CONTENT_TYPE, KIND, MAX_DEPTH, ROOT_NAME } from "./_format.ts";
import { readInert } from "./_inert_reader.ts";
import { isLeafContent, readArray, readLeaf, readTextOf } from "./_leaf_reader.ts";
import { malformed, UnknownFeature } from "./_malformed.ts";
import type { Hdf5Node, NodeSource } from "./_node.ts";

/** Stands for an object that cannot be referred to before it is complete. */
const UNREAD: unique symbol = Symbol("unread");

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
   * @throws {UnknownFeature} When it is written in a way that the source does not know.
   */
  read(): unknown {
    try {
      const { links, offset } = this.#source.node(this.#source.root);
      const object = links?.get(ROOT_NAME);
      if (object === undefined) return malformed(`it has no "/${ROOT_NAME}"`, offset);
      return this.value(object, 0);
    } catch (error) {
      if (error instanceof CodecError || error instanceof UnknownFeature) throw error;
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
    const created = <T>(value: T): T => {
      this.#values.set(number, value);
      return value;
    };
    this.#values.set(number, UNREAD);
    const value = this.#read(node, depth, created);
    this.#values.set(number, value);
    return value;
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
  entries(node: Hdf5Node, depth: number): (readonly [key: string, number: number])[] | undefined {
    if (this.content(node) === "StrKeyDict") return [...this.children(node, depth)];
    const { keys, values } = this.pairs(node, depth);
    const names = keys.map((key) => this.value(key, depth + 1));
    if (!names.every((name) => typeof name === "string")) return undefined;
    return names.map((name, i) => [name, values[i] ?? 0]);
  }

  /** Numbers of the keys and of the values of a dict. */
  pairs(node: Hdf5Node, depth: number): { readonly keys: number[]; readonly values: number[] } {
    const links = this.children(node, depth);
    const [keys, values] = ["keys", "values"].map((name) =>
      this.elements(this.#source.node(this.link(node, links, name)), depth)
    );
    if (keys === undefined || keys.length !== values?.length) {
      return malformed("a dict has not as many values as keys", node.offset);
    }
    return { keys, values };
  }

  /** Puts the values of a dict on an object: defined, never assigned, so that no setter is called. */
  define(
    object: object,
    entries: readonly (readonly [string, number])[],
    depth: number,
    hidden: number = 0,
  ): void {
    entries.forEach(([name, number], i) => {
      const value = this.value(number, depth + 1);
      const enumerable = i >= hidden;
      if (enumerable && name !== "__proto__" && name !== "length") {
        (object as Record<string, unknown>)[name] = value;
      } else Object.defineProperty(object, name, { value, enumerable, writable: true, configurable: true });
    });
  }

  #read(node: Hdf5Node, depth: number, created: <T>(value: T) => T): unknown {
    const content = this.content(node);
    const kind = node.attributes.get(KIND);
    if (kind !== undefined) return readExotic(this, node, { content, kind: String(kind), depth, created });
    switch (content) {
      case "List":
      case "Tuple": {
        const array: unknown[] = created([]);
        for (const number of this.elements(node, depth)) array.push(this.value(number, depth + 1));
        return array;
      }
      case "Set":
      case "FrozenSet": {
        const set = created(new Set());
        for (const number of this.elements(node, depth)) set.add(this.value(number, depth + 1));
        return set;
      }
      case "StrKeyDict":
      case "Dict":
        return this.#dict(node, depth, created);
      case "Reference":
        return this.#follow(node, depth);
      case "Array":
        return readArray(node, undefined);
      default:
        return isLeafContent(content)
          ? readLeaf(node, content)
          : readInert(this, node, { content, depth, created });
    }
  }

  #dict(node: Hdf5Node, depth: number, created: <T>(value: T) => T): unknown {
    const entries = this.entries(node, depth);
    if (entries !== undefined) {
      const object = created({});
      this.define(object, entries, depth);
      return object;
    }
    const map = created(new Map());
    const { keys, values } = this.pairs(node, depth);
    keys.forEach((key, i) => map.set(this.value(key, depth + 1), this.value(values[i] ?? 0, depth + 1)));
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
