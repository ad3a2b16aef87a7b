/**
 * One spelling for texts: templates and sums of texts, as far as their parts are constant.
 *
 * @module
 */

// `as` here: a template element's value is known by its node type.

import { constantOf, literal } from "./_literal.ts";
import { child, list, type Node, text } from "./_tree.ts";

/** `a + "b" + "c"` is `a + "bc"`; a text beside a template becomes part of it. */
export function joined(left: Node, right: Node): Node | undefined {
  const whole = isText(left) || isText(right) ? joinTexts(left, right) : undefined;
  if (whole !== undefined) return whole;
  if (left.type !== "BinaryExpression" || text(left, "operator") !== "+") return undefined;
  // Only what is a text already can be taken from `a`, and only a constant leaves the order of evaluation as it is.
  const middle = child(left, "right");
  if (!isText(middle) || constantOf(right) === undefined) return undefined;
  const tail = joinTexts(middle, right);
  return tail && { ...left, right: tail, end: right.end };
}

function isText(node: Node): boolean {
  return node.type === "TemplateLiteral" || typeof constantOf(node)?.value === "string";
}

/** Two neighbours of which one is a text, when both are constants or templates. */
function joinTexts(left: Node, right: Node): Node | undefined {
  const [first, second] = [templateParts(left), templateParts(right)];
  if (first === undefined || second === undefined) return undefined;
  const texts = [
    ...first.texts.slice(0, -1),
    `${first.texts.at(-1)}${second.texts[0]}`,
    ...second.texts.slice(1),
  ];
  return template(texts, [...first.expressions, ...second.expressions], left);
}

interface TemplateParts {
  readonly texts: readonly string[];
  readonly expressions: readonly Node[];
}

function templateParts(node: Node): TemplateParts | undefined {
  const constant = constantOf(node);
  if (constant !== undefined) return { texts: [String(constant.value)], expressions: [] };
  if (node.type !== "TemplateLiteral") return undefined;
  const texts = list(node, "quasis").map((quasi) => (quasi["value"] as { cooked: string }).cooked);
  return { texts, expressions: list(node, "expressions") };
}

function template(texts: readonly string[], expressions: readonly Node[], at: Node): Node {
  if (expressions.length === 0) return literal(texts.join(""), at);
  const quasis = texts.map((cooked) => ({
    type: "TemplateElement",
    start: at.start,
    end: at.end,
    value: { cooked },
  }));
  return { type: "TemplateLiteral", start: at.start, end: at.end, quasis, expressions: [...expressions] };
}

/** Constants and templates inside of a template become part of it. */
export function foldTemplate(node: Node): Node {
  const own = templateParts(node);
  if (own === undefined) return node;
  const texts: string[] = [own.texts[0] ?? ""];
  const expressions: Node[] = [];
  for (const [index, expression] of own.expressions.entries()) {
    const parts = templateParts(expression);
    const after = own.texts[index + 1] ?? "";
    if (parts === undefined) {
      expressions.push(expression);
      texts.push(after);
      continue;
    }
    texts[texts.length - 1] += parts.texts[0] ?? "";
    expressions.push(...parts.expressions);
    texts.push(...parts.texts.slice(1));
    texts[texts.length - 1] += after;
  }
  return template(texts, expressions, node);
}
