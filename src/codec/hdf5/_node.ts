/**
 * What a reader of values sees of a file: nodes with attributes, which are groups or datasets. Implementations read the
 * file's bytes.
 *
 * @module
 */

import type { AttributeValue } from "./_format.ts";

/** What the elements of a dataset are. */
export type ElementKind =
  | "integer"
  | "float"
  | "complex"
  | "boolean"
  | "opaque"
  | "fixed text"
  | "variable text";

/** Type of a dataset's elements. */
export interface ElementType {
  /** What they are. */
  readonly kind: ElementKind;
  /** Bytes of one. */
  readonly size: number;
  /** Of integers: whether they have a sign. */
  readonly signed: boolean;
  /** Whether the highest byte of a number stands first. */
  readonly bigEndian: boolean;
}

/** A dataset. */
export interface Dataset {
  /** Type of its elements. */
  readonly type: ElementType;
  /** Lengths of its dimensions; `undefined` when it has no elements at all (a null dataspace). */
  readonly shape: readonly number[] | undefined;
  /** Its elements in C order, in bytes that are nobody else's; of variable text only their places. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** The bytes of its one element, a text. */
  text(): Uint8Array;
}

/** A group or a dataset. */
export interface Hdf5Node {
  /** Where it stands in the file, for messages. */
  readonly offset: number;
  /** Its attributes, but for those that are no text, number or boolean. */
  readonly attributes: ReadonlyMap<string, AttributeValue>;
  /** Of a group: the children's numbers by name, in the order in which they were made where that is known. */
  readonly links: ReadonlyMap<string, number> | undefined;
  /** Of a dataset: its content. */
  readonly dataset: Dataset | undefined;
}

/** A file that was opened. */
export interface NodeSource {
  /** Number of the root group. */
  readonly root: number;
  /** The node of a number: one object of the file has one number, however many links lead to it. */
  node(number: number): Hdf5Node;
}
