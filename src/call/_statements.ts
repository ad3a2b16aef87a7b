/**
 * What kinds of statements there are, and what they declare and hoist: the questions that simplifying asks.
 *
 * @module
 */

import { constantOf } from "./_literal.ts";
import {
  below,
  child,
  isClass,
  isFunction,
  list,
  type Node,
  optionalChild,
  patternNames,
  text,
} from "./_tree.ts";

export function constantDeclaration(
  statement: Node,
): { readonly name: Node; readonly value: unknown } | undefined {
  if (statement.type !== "VariableDeclaration" || text(statement, "kind") !== "const") return undefined;
  const [declarator] = list(statement, "declarations");
  const init = declarator && optionalChild(declarator, "init");
  const constant = init && constantOf(init);
  if (declarator === undefined || constant === undefined || child(declarator, "id").type !== "Identifier") {
    return undefined;
  }
  return { name: child(declarator, "id"), value: constant.value };
}

/** Whether a statement calls nothing: no function that was hoisted can run in it. */
export function isQuiet(statement: Node): boolean {
  if (statement.type === "FunctionDeclaration") return true;
  if (statement.type !== "VariableDeclaration") return false;
  return list(statement, "declarations").every((declarator) => {
    const init = optionalChild(declarator, "init");
    if (child(declarator, "id").type !== "Identifier") return false;
    return init === undefined || isFunction(init) || constantOf(init) !== undefined ||
      init.type === "Identifier";
  });
}

/** Declarations without values for what a statement that never runs hoists. */
export function hoistedFrom(dead: Node | undefined): Node[] {
  if (dead === undefined || isFunction(dead) || isClass(dead)) return [];
  const found: Node[] = [];
  if (dead.type === "VariableDeclaration" && text(dead, "kind") === "var") {
    for (const declarator of list(dead, "declarations")) {
      for (const id of patternNames(child(declarator, "id"))) {
        const empty = { type: "VariableDeclarator", start: id.start, end: id.end, id, init: null };
        found.push({
          type: "VariableDeclaration",
          start: id.start,
          end: id.end,
          kind: "var",
          declarations: [empty],
        });
      }
    }
  }
  for (const next of below(dead)) found.push(...hoistedFrom(next));
  return found;
}

export function declaresLexically(statement: Node): boolean {
  return statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration" ||
    statement.type === "VariableDeclaration" && text(statement, "kind") !== "var";
}

export function isStatementList(node: Node, field: string): boolean {
  return field === "body" && (node.type === "BlockStatement" || node.type === "StaticBlock") ||
    field === "consequent" && node.type === "SwitchCase";
}

export function isStatement(node: Node): boolean {
  return /(Statement|Declaration)$/.test(node.type);
}

export function isLoop(node: Node): boolean {
  return /^(For|ForIn|ForOf|While|DoWhile|Labeled)Statement$/.test(node.type);
}

/** Identifiers that are no variables. */
export function isName(node: Node, field: string): boolean {
  if (field === "label" || field === "meta") return true;
  if (node["computed"] === true) return false;
  return field === "property" || field === "key";
}

/** Whether a function or class in that field takes its name from what it is given to. */
export function isNamedBy(field: string): boolean {
  return field === "init" || field === "right" || field === "value";
}
