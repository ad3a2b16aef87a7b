/**
 * The canonical text of a syntax tree: every field that says something, in a fixed order, with bindings by number.
 * Nothing is left out by name only because it seems not to matter: what is not known to be said elsewhere is printed.
 *
 * @module
 */

// `as` here: a literal's regular expression and a template element's texts are known by their node types.

import type { Resolution } from "./_scope.ts";
import { child, isClass, isFunction, isNode, type Node, optionalChild, text } from "./_tree.ts";

/** Fields that say where a node stands, or what other fields say as well. */
const UNSAID = new Set(["type", "start", "end", "raw", "shorthand", "expression"]);

/**
 * Writes a tree as text.
 *
 * Variables are numbered in the order in which they appear, since their names make no difference (and are changed by
 * Deno's transpiler); names of functions and classes are kept, since the program can see them. Where names are looked
 * up at run time all are kept.
 *
 * @param root The tree.
 * @param names What its identifiers mean.
 */
export function printTree(root: Node, names: Resolution): string {
  const numbers = new Map<object, number>();

  function variable(node: Node): string | undefined {
    const binding = names.dynamic ? undefined : names.bindingOf(node);
    if (binding === undefined) return undefined;
    let number = numbers.get(binding);
    if (number === undefined) numbers.set(binding, number = numbers.size);
    return `%${number}`;
  }

  function print(value: unknown): string {
    if (isNode(value)) return printNode(value);
    if (Array.isArray(value)) return `[${value.map(print).join(" ")}]`;
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (Object.is(value, -0)) return "-0";
    if (typeof value === "object" && value !== null) return printFields(value as Record<string, unknown>);
    return String(value);
  }

  function printFields(fields: Record<string, unknown>): string {
    const said = Object.keys(fields).filter((field) => fields[field] !== undefined).sort();
    return `{${said.map((field) => `${field}:${print(fields[field])}`).join(" ")}}`;
  }

  function printNode(node: Node): string {
    if (node.type === "Identifier") return variable(node) ?? `(name ${JSON.stringify(text(node, "name"))})`;
    if (node.type === "Literal") return printLiteral(node);
    // `(a) => a` has no body statement, which its body says; only a chain's and a statement's expression are said here.
    const keepsExpression = !isFunction(node);
    const fields = Object.keys(node)
      .filter((field) => !UNSAID.has(field) || field === "expression" && keepsExpression)
      .filter((field) => node[field] !== undefined)
      .sort();
    const name = ownName(node);
    const said = fields.map((field) => ` ${field}:${print(node[field])}`).join("");
    return `(${node.type}${name === undefined ? "" : ` named:${JSON.stringify(name)}`}${said})`;
  }

  function printLiteral(node: Node): string {
    if (node["regex"] !== undefined) {
      return `(regex ${printFields(node["regex"] as Record<string, unknown>)})`;
    }
    // Where nothing stands (no argument of a `return`, a hole) fields and lists have a null of their own.
    if (node["value"] === null && node["bigint"] === undefined) return "(null)";
    return print(typeof node["bigint"] === "string" ? BigInt(node["bigint"]) : node["value"]);
  }

  return print(root);
}

/** The name that a program can see: a function's or class's own, or the one that it takes from a variable. */
function ownName(node: Node): string | undefined {
  if (isFunction(node) || isClass(node)) {
    const id = optionalChild(node, "id");
    return id && text(id, "name");
  }
  const [target, value] = node.type === "VariableDeclarator"
    ? ["id", "init"]
    : node.type === "AssignmentPattern" || node.type === "AssignmentExpression"
    ? ["left", "right"]
    : [];
  if (target === undefined || value === undefined) return undefined;
  const given = optionalChild(node, value);
  if (
    given === undefined || !isFunction(given) && !isClass(given) || optionalChild(given, "id") !== undefined
  ) {
    return undefined;
  }
  const name = child(node, target);
  return name.type === "Identifier" ? text(name, "name") : undefined;
}
