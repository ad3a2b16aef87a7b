/**
 * A variable that is read once, right after its declaration, is put where it is read: `const z = f(); return z` and
 * `return f()` are one. Bun's transpiler does so; done here wherever the order of evaluation stays as it is.
 *
 * @module
 */

import { child, children, list, type Node, optionalChild, takesName, text } from "./_tree.ts";
import type { Resolution } from "./_scope.ts";

/** What a look at a part of an expression found. */
type Outcome =
  /** The variable: it has been replaced. */
  | "found"
  /** Nothing that minds being evaluated before instead of after. */
  | "clear"
  /** Something that the value must not be moved over. */
  | "blocked";

/** What is moved, and where to. */
interface Move {
  readonly names: Resolution;
  /** The identifier that is read. */
  readonly target: Node;
  /** The value of the variable. */
  readonly value: Node;
  /** Whether the value does nothing and is always the same, so that it may be moved over anything. */
  readonly stable: boolean;
}

type Put = (node: Node) => void;

/**
 * Moves the value of a declaration into the statement after it, if that reads it once, and first of all.
 *
 * @returns Whether it was moved; the declaration is to be dropped then.
 */
export function moveIntoNext(declaration: Node, next: Node, names: Resolution): boolean {
  const value = movableValue(declaration, names);
  if (value === undefined) return false;
  const [target] = names.bindingOf(declaredName(declaration))?.reads ?? [];
  if (target === undefined) return false;
  const field = headOf(next);
  const holder = next.type === "VariableDeclaration" ? list(next, "declarations")[0] : next;
  const head = field === undefined || holder === undefined ? undefined : optionalChild(holder, field);
  if (head === undefined || field === undefined || holder === undefined) return false;
  const move = { names, target: target.node, value, stable: isStable(value, names) };
  return look(head, (node) => holder[field] = node, move) === "found";
}

function declaredName(declaration: Node): Node {
  return child(list(declaration, "declarations")[0] as Node, "id");
}

/** The value of `const x = …` or `let x = …`, where `x` is read once, by the same function, and never assigned to. */
function movableValue(declaration: Node, names: Resolution): Node | undefined {
  if (declaration.type !== "VariableDeclaration") return undefined;
  const [declarator, another] = list(declaration, "declarations");
  const kind = text(declaration, "kind");
  if (declarator === undefined || another !== undefined || kind !== "const" && kind !== "let") {
    return undefined;
  }
  const [id, init] = [child(declarator, "id"), optionalChild(declarator, "init")];
  if (id.type !== "Identifier" || init === undefined || takesName(init)) return undefined;
  const binding = names.bindingOf(id);
  if (binding === undefined || binding.writes > 0 || binding.reads.length !== 1) return undefined;
  return binding.reads[0]?.captured === false ? init : undefined;
}

/** The expression that a statement evaluates first, and once. */
function headOf(statement: Node): string | undefined {
  switch (statement.type) {
    case "ExpressionStatement":
      return statement["directive"] === undefined ? "expression" : undefined;
    case "ReturnStatement":
    case "ThrowStatement":
      return "argument";
    case "IfStatement":
      return "test";
    case "SwitchStatement":
      return "discriminant";
    case "VariableDeclaration":
      return list(statement, "declarations").length === 1 && /^(var|let|const)$/.test(text(statement, "kind"))
        ? "init"
        : undefined;
    default:
      return undefined;
  }
}

/** Whether an expression does nothing and gives the same whenever it is evaluated in this call of the function. */
function isStable(node: Node, names: Resolution): boolean {
  switch (node.type) {
    case "Literal":
      return node["regex"] === undefined;
    case "Identifier": {
      const binding = names.bindingOf(node);
      if (binding === undefined || binding.writes > 0) return false;
      if (binding.kind === "param") return !names.usesArguments;
      return binding.kind !== "var";
    }
    case "ArrayExpression":
      return children(node, "elements").every((element) => element !== null && isStable(element, names));
    case "ObjectExpression":
      return list(node, "properties").every((property) =>
        property.type === "Property" && property["computed"] !== true && property["prototype"] !== true &&
        property["kind"] === "init" && isStable(child(property, "value"), names)
      );
    default:
      return false;
  }
}

/** Looks for the target in the order of evaluation. */
function look(node: Node, put: Put, move: Move): Outcome {
  const into = (field: string) => (): Outcome =>
    look(child(node, field), (value) => node[field] = value, move);
  const effect = () => effectOf(move);

  switch (node.type) {
    case "Identifier":
      if (node === move.target) {
        put(move.value);
        return "found";
      }
      return isStable(node, move.names) ? "clear" : effect();
    case "Literal":
    case "ThisExpression":
    case "Super":
    case "MetaProperty":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return "clear";
    case "ChainExpression":
      return lookAtChain(node, move);
    case "MemberExpression":
      return inOrder([into("object"), node["computed"] === true ? into("property") : clear, effect]);
    case "NewExpression":
    case "CallExpression":
      return inOrder([() => lookAtCallee(node, move), () => lookAtList(node, "arguments", move), effect]);
    case "ArrayExpression":
      return lookAtList(node, "elements", move);
    case "SequenceExpression":
      return lookAtList(node, "expressions", move);
    case "ObjectExpression":
      return lookAtProperties(node, move);
    case "TemplateLiteral":
      return lookAtTemplate(node, move);
    case "UnaryExpression": {
      const operator = text(node, "operator");
      // `typeof` forgives an unknown name, which the declaration would not have.
      if (operator === "delete" || operator === "typeof" && move.value.type === "Identifier") {
        return "blocked";
      }
      return inOrder([into("argument"), /^(!|void|typeof)$/.test(operator) ? clear : effect]);
    }
    case "BinaryExpression": {
      const left = child(node, "left").type === "PrivateIdentifier" ? clear : into("left");
      return inOrder([left, into("right"), /^[!=]==$/.test(text(node, "operator")) ? clear : effect]);
    }
    case "LogicalExpression":
      return inOrder([into("left"), blocked]);
    case "ConditionalExpression":
      return inOrder([into("test"), blocked]);
    case "AssignmentExpression": {
      const left = child(node, "left");
      const plain = text(node, "operator") === "=" && left.type === "Identifier" && !move.names.isFree(left);
      return plain ? inOrder([into("right"), blocked]) : "blocked";
    }
    case "AwaitExpression":
    case "YieldExpression":
      return optionalChild(node, "argument") === undefined ? "blocked" : inOrder([into("argument"), blocked]);
    case "ImportExpression":
      return inOrder([into("source"), blocked]);
    default:
      return "blocked";
  }
}

const clear = (): Outcome => "clear";
const blocked = (): Outcome => "blocked";

/** What it means to come past something that acts, or that others' acts change. */
function effectOf(move: Move): Outcome {
  return move.stable ? "clear" : "blocked";
}

function inOrder(steps: readonly (() => Outcome)[]): Outcome {
  for (const step of steps) {
    const outcome = step();
    if (outcome !== "clear") return outcome;
  }
  return "clear";
}

/** A chain is evaluated to its end or not at all: only what it starts with is certain. */
function lookAtChain(chain: Node, move: Move): Outcome {
  let holder = chain;
  let field = "expression";
  for (;;) {
    const node = child(holder, field);
    if (node.type === "MemberExpression") [holder, field] = [node, "object"];
    else if (node.type !== "CallExpression") break;
    else if (child(node, "callee").type === "MemberExpression") [holder, field] = [node, "callee"];
    else return inOrder([() => lookAtCallee(node, move), blocked]);
  }
  return inOrder([() => look(child(holder, field), (value) => holder[field] = value, move), blocked]);
}

/** A value that is called must not become a member or a name that is called: it would get a receiver. */
function lookAtCallee(node: Node, move: Move): Outcome {
  const callee = child(node, "callee");
  if (callee === move.target && node.type === "CallExpression") {
    const { type } = move.value;
    if (type === "MemberExpression" || type === "ChainExpression" || type === "Identifier") return "blocked";
  }
  return look(callee, (value) => node["callee"] = value, move);
}

function lookAtList(node: Node, field: string, move: Move): Outcome {
  const nodes = children(node, field);
  return inOrder(nodes.map((element, index) => () => {
    if (element === null) return "clear";
    if (element.type !== "SpreadElement") return look(element, (value) => nodes[index] = value, move);
    return inOrder([
      () => look(child(element, "argument"), (value) => element["argument"] = value, move),
      () => effectOf(move),
    ]);
  }));
}

function lookAtProperties(node: Node, move: Move): Outcome {
  return inOrder(
    list(node, "properties").flatMap((property) => {
      const into = (field: string) => (): Outcome =>
        look(child(property, field), (value) => property[field] = value, move);
      if (property.type === "SpreadElement") return [into("argument"), () => effectOf(move)];
      // A computed key is made a text before the value is evaluated.
      const key = property["computed"] === true ? [into("key"), () => effectOf(move)] : [];
      return [...key, into("value")];
    }),
  );
}

/** Each expression is made a text before the next one is evaluated. */
function lookAtTemplate(node: Node, move: Move): Outcome {
  const expressions = list(node, "expressions");
  return inOrder(expressions.flatMap((expression, index) => [
    () => look(expression, (value) => expressions[index] = value, move),
    () => effectOf(move),
  ]));
}
