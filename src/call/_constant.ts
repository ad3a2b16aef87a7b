/**
 * Constant expressions, evaluated here and not by the runtime: Deno keeps `60 * 60` in a function's source where Bun's
 * transpiler has already made it 3600, and both must come to the same value.
 *
 * @module
 */

// `as` here: operands are checked before they are narrowed; a literal's value is read by its kind.

import { child, children, list, type Node, optionalChild, text } from "./_tree.ts";

/** A value that has been found constant; a wrapper, since `undefined` is one. */
export interface Constant {
  /** The value; arrays and objects in it are frozen. */
  readonly value: unknown;
}

/** What no folding may exceed: digits of a big integer and length of a text, whoever wrote the expression. */
const MOST_BITS = 65_536n;

const GLOBAL_CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["undefined", undefined],
  ["Infinity", Infinity],
  ["NaN", NaN],
]);

/**
 * The value of an expression made of literals only; `undefined` when it is anything else.
 *
 * Numbers, texts, booleans, `null`, big integers, `undefined`, `Infinity`, `NaN`, operators over them, templates,
 * and arrays and plain objects of constants. No regular expressions, no holes, no spreads, no calls.
 *
 * @param node The expression.
 * @param shadowed Names that do not mean the global constants here.
 */
export function evaluateConstant(node: Node, shadowed: ReadonlySet<string>): Constant | undefined {
  const evaluate = (inner: Node): Constant | undefined => evaluateConstant(inner, shadowed);
  switch (node.type) {
    case "Literal":
      return literalValue(node);
    case "Identifier": {
      const name = text(node, "name");
      return GLOBAL_CONSTANTS.has(name) && !shadowed.has(name)
        ? { value: GLOBAL_CONSTANTS.get(name) }
        : undefined;
    }
    case "UnaryExpression": {
      const operand = evaluate(child(node, "argument"));
      return operand && applyUnary(text(node, "operator"), operand.value);
    }
    case "BinaryExpression": {
      const left = evaluate(child(node, "left"));
      const right = left && evaluate(child(node, "right"));
      return left && right && applyBinary(text(node, "operator"), left.value, right.value);
    }
    case "LogicalExpression": {
      const left = evaluate(child(node, "left"));
      if (left === undefined) return undefined;
      return takesRight(text(node, "operator"), left.value) ? evaluate(child(node, "right")) : left;
    }
    case "ConditionalExpression": {
      const test = evaluate(child(node, "test"));
      return test && evaluate(child(node, test.value ? "consequent" : "alternate"));
    }
    case "TemplateLiteral":
      return evaluateTemplate(node, evaluate);
    case "MemberExpression": {
      const object = evaluate(child(node, "object"));
      return object && stringMember(node, object.value);
    }
    case "ArrayExpression":
      return evaluateArray(node, evaluate);
    case "ObjectExpression":
      return evaluateObject(node, evaluate);
    default:
      return undefined;
  }
}

/** The value of a literal that is not a regular expression. */
export function literalValue(node: Node): Constant | undefined {
  if (node["regex"] !== undefined) return undefined;
  if (typeof node["bigint"] === "string") return { value: BigInt(node["bigint"]) };
  return { value: node["value"] };
}

/** A unary operator on a constant; objects are left alone but by `void`, `!` and `typeof`. */
export function applyUnary(operator: string, value: unknown): Constant | undefined {
  switch (operator) {
    case "void":
      return { value: undefined };
    case "!":
      return { value: !value };
    case "typeof":
      return { value: typeof value };
  }
  if (typeof value === "object" && value !== null) return undefined;
  switch (operator) {
    case "-":
      return { value: typeof value === "bigint" ? -value : -(value as number) };
    case "+":
      return typeof value === "bigint" ? undefined : { value: +(value as number) };
    case "~":
      return { value: typeof value === "bigint" ? ~value : ~(value as number) };
    default:
      return undefined;
  }
}

/** A binary operator on two constants that are not objects; `undefined` where it would throw or grow without bound. */
export function applyBinary(operator: string, left: unknown, right: unknown): Constant | undefined {
  if (typeof left === "object" && left !== null || typeof right === "object" && right !== null) {
    return undefined;
  }
  const both = typeof left === "bigint" && typeof right === "bigint";
  if (both && (operator === "**" && right > 1024n || operator === "<<" && right > MOST_BITS)) {
    return undefined;
  }
  // The operators are JavaScript's own; the casts only quiet the type checker about mixed operands.
  const [l, r] = [left as number, right as number];
  try {
    switch (operator) {
      case "+":
        return { value: l + r };
      case "-":
        return { value: l - r };
      case "*":
        return { value: l * r };
      case "/":
        return { value: l / r };
      case "%":
        return { value: l % r };
      case "**":
        return { value: l ** r };
      case "<<":
        return { value: l << r };
      case ">>":
        return { value: l >> r };
      case ">>>":
        return { value: l >>> r };
      case "&":
        return { value: l & r };
      case "|":
        return { value: l | r };
      case "^":
        return { value: l ^ r };
      case "==":
        return { value: l == r };
      case "!=":
        return { value: l != r };
      case "===":
        return { value: l === r };
      case "!==":
        return { value: l !== r };
      case "<":
        return { value: l < r };
      case "<=":
        return { value: l <= r };
      case ">":
        return { value: l > r };
      case ">=":
        return { value: l >= r };
      default:
        return undefined;
    }
  } catch {
    // Mixed big integers and numbers, division by 0n: the function would throw as well.
    return undefined;
  }
}

/** Whether a logical operator goes on to its right side. */
export function takesRight(operator: string, left: unknown): boolean {
  if (operator === "&&") return Boolean(left);
  return operator === "||" ? !left : left === undefined || left === null;
}

/** `"text".length` and `"text"[1]`, the members of a text that are as constant as itself. */
export function stringMember(node: Node, value: unknown): Constant | undefined {
  if (typeof value !== "string" || node["optional"] === true) return undefined;
  const property = child(node, "property");
  if (node["computed"] !== true) return property["name"] === "length" ? { value: value.length } : undefined;
  const index = property.type === "Literal" ? property["value"] : undefined;
  if (index === "length") return { value: value.length };
  return typeof index === "number" && Number.isInteger(index) && index >= 0 && index < value.length
    ? { value: value[index] }
    : undefined;
}

type Evaluate = (node: Node) => Constant | undefined;

function evaluateTemplate(node: Node, evaluate: Evaluate): Constant | undefined {
  const expressions = list(node, "expressions");
  let joined = "";
  for (const [index, quasi] of list(node, "quasis").entries()) {
    joined += (quasi["value"] as { cooked: string }).cooked;
    const expression = expressions[index];
    if (expression === undefined) continue;
    const part = evaluate(expression);
    if (part === undefined || typeof part.value === "object" && part.value !== null) return undefined;
    joined += String(part.value);
  }
  return { value: joined };
}

function evaluateArray(node: Node, evaluate: Evaluate): Constant | undefined {
  const elements: unknown[] = [];
  for (const element of children(node, "elements")) {
    const constant = element === null ? undefined : evaluate(element);
    if (constant === undefined) return undefined;
    elements.push(constant.value);
  }
  return { value: Object.freeze(elements) };
}

function evaluateObject(node: Node, evaluate: Evaluate): Constant | undefined {
  const object: Record<string, unknown> = {};
  for (const property of list(node, "properties")) {
    if (property.type !== "Property" || property["kind"] !== "init" || property["method"] === true) {
      return undefined;
    }
    const name = propertyName(property, evaluate);
    const constant = evaluate(child(property, "value"));
    if (name === undefined || name === "__proto__" || constant === undefined) return undefined;
    object[name] = constant.value;
  }
  return { value: Object.freeze(object) };
}

function propertyName(property: Node, evaluate: Evaluate): string | undefined {
  const key = optionalChild(property, "key");
  if (key === undefined) return undefined;
  if (property["computed"] !== true && key.type === "Identifier") return text(key, "name");
  const name = evaluate(key);
  return name === undefined || typeof name.value === "object" ? undefined : String(name.value);
}
