/**
 * Literals as nodes: made of constants, and read as such.
 *
 * @module
 */

import { type Constant, literalValue } from "./_constant.ts";
import type { Node } from "./_tree.ts";

/** A literal of a constant's value, at the place of another node. */
export function literal(value: unknown, at: Node): Node {
  return { type: "Literal", start: at.start, end: at.end, value };
}

/** The constant that a node is, when it is a literal but no regular expression. */
export function constantOf(node: Node): Constant | undefined {
  return node.type === "Literal" ? literalValue(node) : undefined;
}
