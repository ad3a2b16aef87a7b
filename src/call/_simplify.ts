/**
 * One spelling for statements that mean the same: braces, empty and dead code, lists of declarations, constants in
 * variables. Bun's transpiler does all this before a function can be read; here it is done to every function.
 *
 * @module
 */

// `as` here: the last element of a list that is not empty.

import { condition, detached, foldExpression, unnamed, withoutValue } from "./_fold.ts";
import { moveIntoNext } from "./_inline.ts";
import { constantOf, literal } from "./_literal.ts";
import { type Resolution, resolveScopes } from "./_scope.ts";
import {
  constantDeclaration,
  declaresLexically,
  hoistedFrom,
  isLoop,
  isName,
  isNamedBy,
  isQuiet,
  isStatement,
  isStatementList,
} from "./_statements.ts";
import { child, isNode, list, type Node, optionalChild, patternNames, text } from "./_tree.ts";

/** Each round may make the next one possible; source that is still changing then stays as it is. */
const MOST_ROUNDS = 10;

/**
 * Rewrites a function until nothing changes, and prints it. The tree is the caller's to lose: nodes are changed in place.
 *
 * @param root The function, or the property or method that holds it.
 * @param strict Whether the function is known to be strict code, so that a directive says nothing.
 * @param print What writes a tree as text.
 * @returns The text of the rewritten tree.
 */
export function simplify(
  root: Node,
  strict: boolean,
  print: (root: Node, names: Resolution) => string,
): string {
  let before = "";
  for (let round = 0;; round++) {
    const names = resolveScopes(root);
    const now = print(root, names);
    if (now === before || round === MOST_ROUNDS || names.dynamic) return now;
    before = now;
    new Simplifier(names, strict).rewriteExpression(root);
  }
}

class Simplifier {
  readonly #names: Resolution;
  readonly #strict: boolean;
  /** Whether a variable is read more often by now than was found when names were resolved. */
  #expanded = false;

  constructor(names: Resolution, strict: boolean) {
    this.#names = names;
    this.#strict = strict;
  }

  /** An expression, a pattern, a function or a class: its parts first, then itself. */
  rewriteExpression(node: Node): Node {
    if (node.type === "TaggedTemplateExpression") {
      // The texts of a tagged template are seen as they are written.
      this.#rewriteField(node, "tag");
      const expressions = list(child(node, "quasi"), "expressions");
      for (const [index, one] of expressions.entries()) expressions[index] = this.rewriteExpression(one);
      return node;
    }
    this.#rewriteParts(node);
    return foldExpression(node, this.#names);
  }

  #rewriteParts(node: Node): void {
    for (const [field, value] of Object.entries(node)) {
      if (isNode(value)) this.#rewriteField(node, field);
      else if (Array.isArray(value) && value.some(isNode)) {
        if (isStatementList(node, field)) node[field] = this.#rewriteStatements(value.filter(isNode), node);
        else node[field] = value.map((one) => isNode(one) ? this.rewriteExpression(one) : one);
      }
    }
  }

  #rewriteField(node: Node, field: string): void {
    const value = child(node, field);
    if (isName(node, field)) return;
    if (value.type === "VariableDeclaration" && (field === "init" || field === "left")) {
      this.#rewriteParts(value);
      value["declarations"] = list(value, "declarations").flatMap((declarator) => this.#apart(declarator));
      return;
    }
    if (isStatement(value)) {
      node[field] = this.#asOne(value, isLoop(value) && node.type === "LabeledStatement");
      return;
    }
    const folded = this.rewriteExpression(value);
    if (field === "callee" && node.type === "CallExpression" || field === "tag") {
      node[field] = detached(value.type, folded, "callee");
    } else if (node.type === "UnaryExpression" && /^(typeof|delete)$/.test(text(node, "operator"))) {
      // `delete "a".length` fails, `delete 1` does not.
      const deletesMember = folded.type === "Literal" && value.type === "MemberExpression" &&
        text(node, "operator") === "delete";
      node[field] = deletesMember ? value : detached(value.type, folded, "operand");
    } else if (isNamedBy(field)) node[field] = unnamed(value, folded);
    else if (field === "test" && node.type !== "SwitchCase") node[field] = condition(folded);
    else node[field] = folded;
  }

  /** The body of a loop or a branch: always a block. */
  #asOne(statement: Node, bare: boolean): Node {
    const statements = statement.type === "BlockStatement"
      ? this.#rewriteStatements(list(statement, "body"), statement)
      : this.#rewriteStatements([statement], undefined);
    const [only, another] = statements;
    if (bare && only !== undefined && another === undefined) return only;
    return { type: "BlockStatement", start: statement.start, end: statement.end, body: statements };
  }

  #rewriteStatements(statements: readonly Node[], holder: Node | undefined): Node[] {
    const rewritten = this.#reachable(statements.flatMap((statement) => this.#rewriteStatement(statement)));
    // The counts of reads that the rest needs are for the next round to find.
    if (this.#expanded) return [...rewritten];
    const withoutConstants = holder === undefined || holder.type === "SwitchCase"
      ? rewritten
      : this.#inlineConstants(rewritten);
    const result: Node[] = [];
    for (const statement of withoutConstants) {
      while (result.length > 0 && moveIntoNext(result.at(-1) as Node, statement, this.#names)) result.pop();
      result.push(statement);
    }
    return result;
  }

  #rewriteStatement(statement: Node): Node[] {
    switch (statement.type) {
      case "EmptyStatement":
        return [];
      case "BlockStatement": {
        const body = this.#rewriteStatements(list(statement, "body"), statement);
        return body.some(declaresLexically) ? [{ ...statement, body }] : body;
      }
      case "ExpressionStatement":
        return this.#rewriteExpressionStatement(statement);
      case "VariableDeclaration":
        this.#rewriteParts(statement);
        return list(statement, "declarations").flatMap((declarator) => this.#apart(declarator)).map((
          declarator,
        ) => ({
          ...statement,
          start: declarator.start,
          end: declarator.end,
          declarations: [declarator],
        }));
      case "IfStatement":
        return this.#rewriteIf(statement);
      case "ReturnStatement": {
        this.#rewriteParts(statement);
        const argument = optionalChild(statement, "argument");
        const nothing = argument !== undefined && constantOf(argument)?.value === undefined &&
          constantOf(argument) !== undefined;
        return [nothing ? { ...statement, argument: null } : statement];
      }
      default:
        this.#rewriteParts(statement);
        return [statement];
    }
  }

  /**
   * `{ a: x, b: y } = o` as `x = o.a, y = o.b`, which Bun makes of each other where nothing assigns to `o`. (Names from
   * outside count as such: only a getter that assigns to the very variable could tell.)
   */
  #apart(declarator: Node): Node[] {
    const [pattern, source] = [child(declarator, "id"), optionalChild(declarator, "init")];
    if (pattern.type !== "ObjectPattern" || source?.type !== "Identifier") return [declarator];
    const binding = this.#names.bindingOf(source);
    if (binding === undefined ? !this.#names.isFree(source) : binding.writes > 0) return [declarator];
    const properties = list(pattern, "properties");
    const plain = properties.every((property) =>
      property.type === "Property" && property["computed"] !== true &&
      child(property, "value").type === "Identifier" &&
      this.#names.bindingOf(child(property, "value")) !== binding
    );
    if (!plain || properties.length === 0) return [declarator];
    this.#expanded = true;
    return properties.map((property) => {
      const { start, end } = property;
      const object = { ...source };
      const member = { type: "MemberExpression", start, end, object, property: child(property, "key") };
      const init = { ...member, computed: true, optional: false };
      return { type: "VariableDeclarator", start, end, id: child(property, "value"), init };
    });
  }

  #rewriteExpressionStatement(statement: Node): Node[] {
    if (typeof statement["directive"] === "string") {
      return statement["directive"] === "use strict" && !this.#strict ? [statement] : [];
    }
    const expression = withoutValue(this.rewriteExpression(child(statement, "expression")), this.#names);
    return expression === undefined ? [] : [{ ...statement, expression }];
  }

  #rewriteIf(statement: Node): Node[] {
    this.#rewriteParts(statement);
    const [consequent, alternate] = [child(statement, "consequent"), optionalChild(statement, "alternate")];
    if (alternate !== undefined && list(alternate, "body").length === 0) statement["alternate"] = null;
    const test = constantOf(child(statement, "test"));
    if (test === undefined) return [statement];
    const [taken, dead] = test.value ? [consequent, alternate] : [alternate, consequent];
    const kept = taken === undefined ? [] : [taken];
    return [...hoistedFrom(dead), ...kept.flatMap((block) => this.#rewriteStatement(block))];
  }

  /** What can be reached: after a jump only what is hoisted out of there. */
  #reachable(statements: readonly Node[]): readonly Node[] {
    const jump = statements.findIndex(({ type }) => /^(Return|Throw|Break|Continue)Statement$/.test(type));
    if (jump < 0) return statements;
    const dead = statements.slice(jump + 1);
    const functions = dead.filter(({ type }) => type === "FunctionDeclaration");
    const others = dead.filter(({ type }) => type !== "FunctionDeclaration");
    // A lexical name still hides an outer one, from hoisted functions and from what comes before.
    if (!others.every((statement) => this.#isOwnOnly(statement, others))) return statements;
    return [...statements.slice(0, jump + 1), ...others.flatMap(hoistedFrom), ...functions];
  }

  /** Whether what a statement declares for its block is read in these statements only. */
  #isOwnOnly(statement: Node, readers: readonly Node[]): boolean {
    if (!declaresLexically(statement)) return true;
    const ids = statement.type === "VariableDeclaration"
      ? list(statement, "declarations").flatMap((declarator) => patternNames(child(declarator, "id")))
      : [child(statement, "id")];
    return ids.every((id) => {
      const binding = this.#names.bindingOf(id);
      return binding !== undefined && binding.writes === 0 &&
        binding.reads.every(({ node }) =>
          readers.some(({ start, end }) => start <= node.start && node.end <= end)
        );
    });
  }

  /** `const` of a number, text, boolean, `null` or `undefined`: the value is put wherever it is read. */
  #inlineConstants(statements: readonly Node[]): Node[] {
    return statements.filter((statement, index) => {
      const constant = constantDeclaration(statement);
      const binding = constant && this.#names.bindingOf(constant.name);
      if (constant === undefined || binding === undefined || binding.writes > 0) return true;
      // Before its declaration a constant cannot be read; a hoisted function might do that when it is called early.
      const quiet = statements.slice(0, index).every(isQuiet);
      const reads = binding.reads;
      if (!reads.every(({ node, hoisted }) => node.start > statement.end && (!hoisted || quiet))) return true;
      for (const { node } of reads) {
        delete node["name"];
        Object.assign(node, literal(constant.value, node));
      }
      return false;
    });
  }
}
