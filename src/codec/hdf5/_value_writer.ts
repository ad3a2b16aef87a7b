/**
 * JavaScript values into nodes: primitives, arrays and plain objects here, all other objects by
 * {@linkcode writeExotic}. What is met again is written as the path of the first.
 *
 * @module
 */

// `as` here: property reads of objects whose prototype has just been compared.

import { formatPath, type PathStep } from "../../_value_path.ts";
import { CodecError } from "../../errors.ts";
import type { Encoded } from "../types.ts";
import { isDense, onlyShown } from "../_own_properties.ts";
import { refusalOf, type Refuser } from "../_refusal.ts";
import { writeMap, writeSet } from "./_collection_writer.ts";
import { writeExotic } from "./_exotic_writer.ts";
import { CONTENT, CONTENT_TYPE, KIND, KINDS, LENGTH, MAX_DEPTH, ROOT_NAME } from "./_format.ts";
import { type Link, LONGEST_NAME, writeGroup } from "./_group_writer.ts";
import { isLeaf, writeLeaf } from "./_leaf_writer.ts";
import { type Attributes, ObjectWriter } from "./_object_writer.ts";

/** Where a node lies in the file. */
export interface Place {
  /** The group that it lies in; `undefined` for the root group. */
  readonly above: Place | undefined;
  /** Its name in that group. */
  readonly name: string;
  /** How many objects the value stands in. */
  readonly depth: number;
}

/** What can be the name of a child in place of a dict's key: bagofholding's rule, and HDF5's own. */
const SIMPLE = /^(?!\.{1,2}$)[ -.0-~]+$/;

/** Writes one value. */
export class ValueWriter implements Refuser {
  /** Where the nodes go. */
  readonly out: ObjectWriter = new ObjectWriter();
  /** The step taken at each depth. */
  readonly #steps: PathStep[] = [];
  readonly #places = new Map<object, Place>();
  /** Where the object stands that is being looked at, for what is thrown out of it. */
  #depth = 0;

  /**
   * Writes a value as a file.
   *
   * @param attributes What the root says.
   * @throws {CodecError} code `unencodable`, naming the path.
   */
  write(value: unknown, attributes: Attributes): Encoded {
    try {
      const address = this.value(value, { above: undefined, name: ROOT_NAME, depth: 0 });
      return this.out.finish(writeGroup(this.out, [{ name: ROOT_NAME, address }], attributes));
    } catch (error) {
      throw error instanceof CodecError ? error : this.#explained(error);
    }
  }

  /**
   * Writes a value.
   *
   * @returns The node's address.
   */
  value(value: unknown, place: Place): number {
    const isObject = typeof value === "object" && value !== null;
    return isObject ? this.#object(value, place) : this.#primitive(value, place);
  }

  /**
   * Writes what stands in an object, remembering the step to it for messages.
   *
   * @param value What stands there.
   * @param place Its place; the depth is one more than the object's.
   * @param step The last step to it.
   */
  child(value: unknown, place: Place, step: PathStep): Link {
    this.#steps[place.depth - 1] = step;
    const isObject = typeof value === "object" && value !== null;
    return {
      name: place.name,
      address: isObject ? this.#object(value, place) : this.#primitive(value, place),
    };
  }

  /** Writes elements as a list, tuple or set, which `attributes` say. */
  elements(
    elements: readonly unknown[],
    place: Place,
    options: { readonly attributes: Attributes; readonly step: (index: number) => PathStep },
  ): number {
    const links: Link[] = [];
    for (let i = 0; i < elements.length; i++) {
      const at = { above: place, name: `i${i}`, depth: place.depth + 1 };
      links.push(this.child(elements[i], at, options.step(i)));
    }
    return writeGroup(this.out, links, options.attributes);
  }

  /** Writes properties of an object as a dict, in the order given. */
  properties(
    object: object,
    place: Place,
    options: { keys: readonly string[]; attributes?: Attributes },
  ): number {
    const { keys, attributes } = options;
    const isSimple = keys.every((key) => key.length <= LONGEST_NAME && SIMPLE.test(key));
    const above = isSimple ? place : { above: place, name: "values", depth: place.depth };
    const links: Link[] = [];
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] ?? "";
      const at = { above, name: isSimple ? key : `i${i}`, depth: place.depth + 1 };
      links.push(this.child((object as Record<string, unknown>)[key], at, key));
    }
    if (isSimple) {
      return writeGroup(this.out, links, { [CONTENT_TYPE]: `${CONTENT}StrKeyDict`, ...attributes });
    }
    const names = keys.map((key, i) => ({ name: `i${i}`, address: writeLeaf(this.out, key) }));
    return this.dict(names, links, attributes);
  }

  /** Writes a dict by its keys and values, which are nodes already. */
  dict(keys: readonly Link[], values: readonly Link[], attributes?: Attributes): number {
    const tuple = { [CONTENT_TYPE]: `${CONTENT}Tuple` };
    const links = [
      { name: "keys", address: writeGroup(this.out, keys, tuple) },
      { name: "values", address: writeGroup(this.out, values, tuple) },
    ];
    return writeGroup(this.out, links, { [CONTENT_TYPE]: `${CONTENT}Dict`, ...attributes });
  }

  /** Gives up on the value that stands in `depth` objects. */
  refuse(depth: number, reason: string, cause?: unknown): never {
    const path = formatPath(this.#steps.slice(0, depth));
    throw new CodecError("unencodable", `Cannot write ${path} as HDF5: ${reason}`, {
      path,
      ...cause === undefined ? {} : { cause },
    });
  }

  #primitive(value: unknown, place: Place): number {
    const isUnique = typeof value === "symbol" && Symbol.keyFor(value) === undefined;
    if (isUnique || !isLeaf(value)) this.refuse(place.depth, refusalOf(value));
    return writeLeaf(this.out, value);
  }

  // Few and small functions, and loops by index, from here to the next object: a thousand must find room on the stack.

  #object(object: object, place: Place): number {
    const { depth } = place;
    if (depth >= MAX_DEPTH) {
      this.refuse(
        depth,
        `it stands in ${MAX_DEPTH} objects, the most that can be written; a flatter value would work`,
      );
    }
    this.#depth = depth;
    const first = this.#places.get(object);
    if (first !== undefined) return this.#reference(first);
    this.#places.set(object, place);
    const prototype = Object.getPrototypeOf(object);
    if (prototype === Object.prototype) {
      if (Object.getOwnPropertySymbols(object).length > 0) this.refuse(depth, refusalOf(object));
      return this.properties(object, place, { keys: Object.keys(object) });
    }
    if (prototype === Array.prototype && Array.isArray(object)) return this.#array(object, place);
    if (prototype === Map.prototype) return writeMap(this, object, place);
    if (prototype === Set.prototype) return writeSet(this, object, place);
    return writeExotic(this, object, place);
  }

  #array(array: readonly unknown[], place: Place): number {
    onlyShown(this, array, place.depth);
    if (isDense(array)) {
      return this.elements(array, place, {
        attributes: { [CONTENT_TYPE]: `${CONTENT}List` },
        step: (index) => index,
      });
    }
    const keys = Object.keys(array);
    if (Object.getOwnPropertyNames(array).length !== keys.length + 1) {
      this.refuse(
        place.depth,
        "it has elements or properties that are not enumerable; a copy of it would work",
      );
    }
    // As a dict of what it has: a list of Python's has no holes and no names.
    return this.properties(array, place, {
      keys,
      attributes: { [KIND]: KINDS.array, [LENGTH]: array.length },
    });
  }

  #reference(place: Place): number {
    const names: string[] = [];
    for (let at: Place | undefined = place; at !== undefined; at = at.above) names.push(at.name);
    return this.out.reference(names.reverse().join("/"));
  }

  /** What was thrown while writing: by a getter, by a Proxy, by an object that is not what its prototype says. */
  #explained(error: unknown): CodecError {
    const overflow = error instanceof RangeError && /call stack/i.test(error.message);
    const reason = overflow
      ? "it is nested more deeply than the stack allows"
      : `reading it failed: ${error instanceof Error ? error.message : String(error)}`;
    const path = formatPath(this.#steps.slice(0, this.#depth));
    return new CodecError("unencodable", `Cannot write ${path} as HDF5: ${reason}`, { path, cause: error });
  }
}
