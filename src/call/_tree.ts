/**
 * The syntax tree as this folder walks it: ESTree nodes with their fields open, since every pass here is generic.
 * What the nodes mean is said where they are used.
 *
 * @module
 */

// `as` here: acorn types a tree as a union of some eighty interfaces; the passes read fields by name.

/** A node of an ESTree, as acorn makes it. Passes may rewrite its fields. */
export interface Node {
  /** The ESTree type, as `CallExpression`. */
  type: string;
  /** Where it starts in the source that was parsed; 0 for a node that a pass has made. */
  start: number;
  /** Where it ends. */
  end: number;
  [field: string]: unknown;
}

/** Whether a field's value is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null &&
    typeof (value as { type?: unknown }).type === "string";
}

/** The node in a field. */
export function child(node: Node, field: string): Node {
  return node[field] as Node;
}

/** The node in a field, or `undefined` where the field is null. */
export function optionalChild(node: Node, field: string): Node | undefined {
  const value = node[field];
  return isNode(value) ? value : undefined;
}

/** The nodes in a list field; a hole or an absent element is `null`. */
export function children(node: Node, field: string): (Node | null)[] {
  return node[field] as (Node | null)[];
}

/** The nodes of a list field that has no holes. */
export function list(node: Node, field: string): Node[] {
  return node[field] as Node[];
}

/** An identifier's name, or a field that holds text. */
export function text(node: Node, field: "name" | "operator" | "kind"): string {
  return node[field] as string;
}

/** Every node directly below, in the order of the tree's fields. */
export function* below(node: Node): Generator<Node> {
  for (const value of Object.values(node)) {
    if (isNode(value)) yield value;
    else if (Array.isArray(value)) { for (const element of value) if (isNode(element)) yield element; }
  }
}

/** Whether a node is a function with parameters and a body of its own, arrows included. */
export function isFunction(node: Node): boolean {
  return node.type === "FunctionDeclaration" || node.type === "FunctionExpression" ||
    node.type === "ArrowFunctionExpression";
}

/** Whether a node is a class. */
export function isClass(node: Node): boolean {
  return node.type === "ClassDeclaration" || node.type === "ClassExpression";
}

/** Whether a function or class has no name but that of the variable that it is given to. */
export function takesName(node: Node): boolean {
  return node.type === "ArrowFunctionExpression" ||
    (node.type === "FunctionExpression" || node.type === "ClassExpression") &&
      optionalChild(node, "id") === undefined;
}

/** Whether a node calls `eval` directly, which sees every name around it. */
export function isDirectEval(node: Node): boolean {
  return node.type === "CallExpression" && child(node, "callee").type === "Identifier" &&
    child(node, "callee")["name"] === "eval";
}

/** The identifiers that a pattern declares. */
export function patternNames(pattern: Node): Node[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "AssignmentPattern":
      return patternNames(child(pattern, "left"));
    case "RestElement":
      return patternNames(child(pattern, "argument"));
    case "ArrayPattern":
      return children(pattern, "elements").flatMap((element) =>
        element === null ? [] : patternNames(element)
      );
    case "ObjectPattern":
      return list(pattern, "properties").flatMap((property) =>
        patternNames(property.type === "RestElement" ? property : child(property, "value"))
      );
    default:
      return [];
  }
}
