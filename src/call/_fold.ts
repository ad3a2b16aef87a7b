/**
 * One spelling for expressions that mean the same: what Bun's transpiler folds and rewrites is done here to every
 * function, so that it makes no difference. Each rule keeps the meaning; where a rule of the transpiler's cannot be
 * followed safely, there is none here.
 *
 * @module
 */

import { applyBinary, applyUnary, literalValue, stringMember, takesRight } from "./_constant.ts";
import { foldTemplate, joined } from "./_fold_text.ts";
import { constantOf, literal } from "./_literal.ts";
import type { Resolution } from "./_scope.ts";
import { child, children, isFunction, list, type Node, optionalChild, takesName, text } from "./_tree.ts";

/** Globals that make the same object with `new` and without. */
const CALLABLE_CONSTRUCTORS = new Set([
  "AggregateError",
  "Array",
  "Error",
  "EvalError",
  "Function",
  "Object",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

const FLIPPED = new Map([["==", "!="], ["!=", "=="], ["===", "!=="], ["!==", "==="]]);

/** The one spelling of an expression whose parts have theirs already. May change the node, or give another. */
export function foldExpression(node: Node, names: Resolution): Node {
  switch (node.type) {
    case "Identifier":
      return foldIdentifier(node, names);
    case "Literal":
      return node["regex"] === undefined ? literal(literalValue(node)?.value, node) : node;
    case "UnaryExpression":
      return foldUnary(node);
    case "BinaryExpression":
      return foldBinary(node);
    case "LogicalExpression":
      return foldLogical(node);
    case "ConditionalExpression": {
      const test = constantOf(node["test"] = condition(child(node, "test")));
      return test === undefined ? node : child(node, test.value ? "consequent" : "alternate");
    }
    case "SequenceExpression":
      return foldSequence(node, names);
    case "TemplateLiteral":
      return foldTemplate(node);
    case "MemberExpression":
      return foldMember(node);
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
      return foldKey(node);
    case "NewExpression":
    case "CallExpression":
      return foldCall(node, names);
    default:
      return node;
  }
}

/** An expression of which only the truth is asked: `!!a` is `a`. */
export function condition(node: Node): Node {
  let inner = node;
  while (isNot(inner) && isNot(child(inner, "argument"))) inner = child(child(inner, "argument"), "argument");
  return inner;
}

function isNot(node: Node): boolean {
  return node.type === "UnaryExpression" && text(node, "operator") === "!";
}

/** Whether an expression neither does anything nor can fail, so that it may be left out where its value is not used. */
export function isIdle(node: Node, names: Resolution): boolean {
  if (node.type === "Literal") return true;
  if (node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression") return true;
  if (node.type !== "Identifier") return false;
  // `let`, `const` and classes fail before their declaration.
  const kind = names.bindingOf(node)?.kind;
  return kind === "param" || kind === "var" || kind === "function" || kind === "catch";
}

/** What is left of an expression whose value nobody uses; `undefined` when that is nothing. */
export function withoutValue(node: Node, names: Resolution): Node | undefined {
  if (isIdle(node, names)) return undefined;
  switch (node.type) {
    case "UnaryExpression":
      return /^(!|void)$/.test(text(node, "operator")) ? withoutValue(child(node, "argument"), names) : node;
    case "LogicalExpression": {
      const right = withoutValue(child(node, "right"), names);
      return right === undefined ? withoutValue(child(node, "left"), names) : { ...node, right };
    }
    case "ConditionalExpression": {
      const consequent = withoutValue(child(node, "consequent"), names);
      const alternate = withoutValue(child(node, "alternate"), names);
      if (consequent !== undefined && alternate !== undefined) return { ...node, consequent, alternate };
      if (consequent === undefined && alternate === undefined) {
        return withoutValue(child(node, "test"), names);
      }
      const [operator, right] = alternate === undefined ? ["&&", consequent] : ["||", alternate];
      const { start, end, test } = node;
      return { type: "LogicalExpression", start, end, operator, left: test, right };
    }
    default:
      return node;
  }
}

/**
 * Keeps what a place makes of a name or a member: `(0, a.b)()` has no receiver, `(0, eval)("")` is not direct, and
 * `typeof` forgives an unknown name.
 *
 * @param before Type of the expression before it was folded.
 * @param node What became of it.
 * @param place What stands around it.
 */
export function detached(before: string, node: Node, place: "callee" | "operand"): Node {
  if (before === node.type || before === "MemberExpression" || before === "ChainExpression") return node;
  const matters = node.type === "MemberExpression" || node.type === "ChainExpression" ||
    node.type === "Identifier" && (place === "operand" || text(node, "name") === "eval");
  if (!matters) return node;
  return {
    type: "SequenceExpression",
    start: node.start,
    end: node.end,
    expressions: [literal(0, node), node],
  };
}

/**
 * Keeps a function or class from taking a name that it had not: `a = (0, () => {})` and `a = true && (() => {})` leave
 * it without one.
 *
 * @param before The expression before it was folded.
 * @param node What became of it.
 */
export function unnamed(before: Node, node: Node): Node {
  if (before.type === node.type || !takesName(node)) return node;
  return {
    type: "SequenceExpression",
    start: node.start,
    end: node.end,
    expressions: [literal(0, node), node],
  };
}

function foldIdentifier(node: Node, names: Resolution): Node {
  if (!names.isFree(node)) return node;
  const name = text(node, "name");
  if (name === "undefined") return literal(undefined, node);
  if (name === "NaN") return literal(NaN, node);
  return name === "Infinity" ? literal(Infinity, node) : node;
}

function foldUnary(node: Node): Node {
  const operator = text(node, "operator");
  let argument = child(node, "argument");
  if (operator === "!") {
    argument = node["argument"] = condition(argument);
    const flipped = argument.type === "BinaryExpression"
      ? FLIPPED.get(text(argument, "operator"))
      : undefined;
    if (flipped !== undefined) return { ...argument, operator: flipped };
  }
  if (operator === "typeof") {
    if (isFunction(argument)) return literal("function", node);
    if (argument.type === "Literal" && argument["regex"] !== undefined) return literal("object", node);
  }
  const constant = constantOf(argument);
  const folded = constant && applyUnary(operator, constant.value);
  return folded === undefined ? node : literal(folded.value, node);
}

function foldBinary(node: Node): Node {
  const operator = text(node, "operator");
  const [left, right] = [child(node, "left"), child(node, "right")];
  const [first, second] = [constantOf(left), constantOf(right)];
  if (first !== undefined && second !== undefined) {
    const folded = applyBinary(operator, first.value, second.value);
    return folded === undefined ? node : literal(folded.value, node);
  }
  if (operator === "+") return joined(left, right) ?? node;
  if (FLIPPED.has(operator) && first !== undefined) {
    node["left"] = right;
    node["right"] = left;
  }
  if ((operator === "==" || operator === "!=") && second !== undefined && second.value === undefined) {
    node["right"] = literal(null, right);
  }
  return foldTypeTest(node);
}

/** `typeof a > "u"`, which is Bun's for `typeof a === "undefined"`; and `==` of two texts is `===`. */
function foldTypeTest(node: Node): Node {
  const left = child(node, "left");
  const right = constantOf(child(node, "right"));
  if (left.type !== "UnaryExpression" || text(left, "operator") !== "typeof" || right === undefined) {
    return node;
  }
  if (typeof right.value !== "string") return node;
  const operator = text(node, "operator");
  if (right.value === "u" && (operator === ">" || operator === "<")) {
    node["operator"] = operator === ">" ? "===" : "!==";
    node["right"] = literal("undefined", child(node, "right"));
  } else if (operator === "==" || operator === "!=") {
    node["operator"] = `${operator}=`;
  }
  return node;
}

/** A constant on the left decides; `a || (b || c)` is `(a || b) || c`. */
function foldLogical(node: Node): Node {
  const operator = text(node, "operator");
  const [left, right] = [child(node, "left"), child(node, "right")];
  const constant = constantOf(left);
  if (constant !== undefined) return takesRight(operator, constant.value) ? right : left;
  if (right.type !== "LogicalExpression" || text(right, "operator") !== operator) return node;
  const first = foldLogical({ ...node, left, right: child(right, "left") });
  return { ...node, left: first, right: child(right, "right") };
}

function foldSequence(node: Node, names: Resolution): Node {
  const all = list(node, "expressions");
  const kept = all.filter((expression, index) => index === all.length - 1 || !isIdle(expression, names));
  const [only] = kept;
  if (kept.length === 1 && only !== undefined) return only;
  node["expressions"] = kept;
  return node;
}

/** `a.b` is `a["b"]`, and `a[1]` is `a["1"]`. */
function foldMember(node: Node): Node {
  const property = child(node, "property");
  const object = constantOf(child(node, "object"));
  const member = object && stringMember(node, object.value);
  if (member !== undefined) return literal(member.value, node);
  if (node["computed"] !== true) {
    if (property.type !== "Identifier") return node;
    node["computed"] = true;
    node["property"] = literal(text(property, "name"), property);
  } else {
    const key = constantOf(property);
    if (key !== undefined) node["property"] = literal(String(key.value), property);
  }
  return node;
}

/** Keys are texts, however they are written; but `__proto__: a` sets the prototype in one spelling only. */
function foldKey(node: Node): Node {
  const key = child(node, "key");
  const computed = node["computed"] === true;
  const constant = constantOf(key);
  const name = !computed && key.type === "Identifier"
    ? text(key, "name")
    : constant === undefined
    ? undefined
    : String(constant.value);
  if (name === undefined) return node;
  if (name === "__proto__" && node["kind"] === "init" && node["prototype"] === undefined) {
    node["prototype"] = !computed && node["shorthand"] !== true && node["method"] !== true;
  }
  // A class's `constructor` is told apart by its kind.
  node["key"] = literal(name, key);
  node["computed"] = false;
  node["shorthand"] = false;
  return node;
}

function foldCall(node: Node, names: Resolution): Node {
  const callee = child(node, "callee");
  const passed = children(node, "arguments");
  if (callee.type === "MemberExpression" && node.type === "CallExpression") return foldCharacterCode(node);
  if (callee.type !== "Identifier" || !names.isFree(callee) || node["optional"] === true) return node;
  const name = text(callee, "name");
  if (!CALLABLE_CONSTRUCTORS.has(name)) return node;
  const { start, end } = node;
  if (name === "Object" && passed.length === 0) {
    return { type: "ObjectExpression", start, end, properties: [] };
  }
  const spreads = passed.some((one) => one?.type === "SpreadElement");
  if (name === "Array" && passed.length !== 1 && !spreads) {
    return { type: "ArrayExpression", start, end, elements: passed };
  }
  return { type: "CallExpression", start, end, callee, arguments: passed, optional: false };
}

/** `"a".charCodeAt(0)`. */
function foldCharacterCode(node: Node): Node {
  const callee = child(node, "callee");
  const object = constantOf(child(callee, "object"));
  const property = optionalChild(callee, "property");
  const [index, another] = list(node, "arguments");
  if (typeof object?.value !== "string" || another !== undefined || index === undefined) return node;
  if (property === undefined || constantOf(property)?.value !== "charCodeAt") return node;
  if (node["optional"] === true || callee["optional"] === true) return node;
  const position = constantOf(index)?.value;
  if (typeof position !== "number" || !Number.isInteger(position)) return node;
  const code = object.value.charCodeAt(position);
  return Number.isNaN(code) ? node : literal(code, node);
}
