/**
 * What a function's own source says about its parameters, and about what else of a call it can see: the receiver and
 * surplus arguments. Reads only; binding is in bind.ts.
 *
 * @module
 */

import { builtin } from "../_runtime.ts";
import { evaluateConstant } from "./_constant.ts";
import { type AnyFunction, type ParsedFunction, parseFunction } from "./_parse.ts";
import {
  below,
  child,
  isClass,
  isDirectEval,
  isFunction,
  list,
  type Node,
  optionalChild,
  text,
} from "./_tree.ts";

/** One parameter of a function. */
export interface Parameter {
  /**
   * Its name; its position (`"#0"`, which no number-like key of an object is, so that the order stays) where it is
   * destructured, or where a later parameter has the same name.
   */
  readonly name: string;
  /** Whether it takes all further arguments. */
  readonly rest: boolean;
  /** Its default where that is constant, wrapped since it may be `undefined`. Arrays and objects in it are frozen. */
  readonly constantDefault: { readonly value: unknown } | undefined;
}

/** What can be known about a function's calls from its source. */
export interface Signature {
  /** Whether the source could be read. Where not, there are positions only, and the function may see everything. */
  readonly readable: boolean;
  /** The parameters in order; empty where the source could not be read. */
  readonly parameters: readonly Parameter[];
  /** Whether its result may depend on `this`: it, or an arrow in it, says `this` or `super`, or calls `eval`. */
  readonly usesThis: boolean;
  /** Whether it can see arguments that no parameter takes: it says `arguments` or calls `eval`. */
  readonly usesArguments: boolean;
  /** Whether it is an arrow function, whose `this` is not the receiver but that of its surroundings. */
  readonly arrow: boolean;
}

const UNREADABLE: Signature = Object.freeze({
  readable: false,
  parameters: Object.freeze([]),
  usesThis: true,
  usesArguments: true,
  arrow: false,
});

const known = new WeakMap<AnyFunction, Signature>();

/**
 * Reads a function's signature from its source, once per function.
 *
 * Native, bound and proxied functions have no source; theirs is not `readable`. The first reading in a process loads
 * the parser and gives a promise; afterwards the signature itself is given. A function of 10 lines takes some 100 µs.
 *
 * @param fn The function, of any kind that can be called.
 * @returns The signature.
 * @throws {TypeError} When `fn` is a class.
 */
export function readSignature(fn: AnyFunction): Signature | Promise<Signature> {
  const found = known.get(fn);
  if (found !== undefined) return found;
  const parsed = parseFunction(fn);
  return parsed instanceof Promise ? parsed.then((tree) => keep(fn, tree)) : keep(fn, parsed);
}

/** Whether a function without a source is a bound one or a Proxy, which hold what nobody can see, and not a built-in one. */
export function isDisguised(fn: AnyFunction): boolean {
  return fn.name.startsWith("bound ") || builtin("node:util").types.isProxy(fn);
}

function keep(fn: AnyFunction, parsed: ParsedFunction | undefined): Signature {
  const signature = parsed === undefined ? UNREADABLE : Object.freeze(signatureOf(parsed.node));
  known.set(fn, signature);
  return signature;
}

function signatureOf(node: Node): Signature {
  const parameters = list(node, "params");
  const own = [...parameters, child(node, "body")];
  const evaluates = own.some((part) => mentions(part, isDirectEval));
  const arrow = node.type === "ArrowFunctionExpression";
  return {
    readable: true,
    parameters: Object.freeze(readParameters(parameters)),
    usesThis: evaluates || own.some((part) => mentions(part, isReceiver)),
    usesArguments: !arrow && (evaluates || own.some((part) => mentions(part, isArguments))),
    arrow,
  };
}

function readParameters(nodes: readonly Node[]): Parameter[] {
  const shadowed = new Set<string>();
  for (const node of nodes) collectNames(node, shadowed);
  const written = nodes.map((node) => {
    const target = patternOf(node);
    return target.type === "Identifier" ? text(target, "name") : undefined;
  });
  return nodes.map((node, index) => {
    const value = node.type === "AssignmentPattern"
      ? evaluateConstant(child(node, "right"), shadowed)
      : undefined;
    return Object.freeze({
      name: uniqueName(index, written) ?? `#${index}`,
      rest: node.type === "RestElement",
      constantDefault: value && Object.freeze(value),
    });
  });
}

/** The name under every runtime, unless it is a numbered one of several; of duplicates (sloppy code) the last, which the function sees. */
function uniqueName(index: number, written: readonly (string | undefined)[]): string | undefined {
  const name = written[index];
  if (name === undefined || written.lastIndexOf(name) !== index) return undefined;
  const plain = parameterName(name);
  const others = written.filter((other, position) =>
    position !== index && other?.replace(/\d+$/, "") === plain
  );
  return others.length === 0 ? plain : name;
}

function patternOf(parameter: Node): Node {
  if (parameter.type === "AssignmentPattern") return child(parameter, "left");
  return parameter.type === "RestElement" ? child(parameter, "argument") : parameter;
}

/** Every identifier in a parameter: more than it declares, which only makes fewer defaults constant. */
function collectNames(node: Node, names: Set<string>): void {
  const target = patternOf(node);
  if (target.type === "Identifier") {
    names.add(text(target, "name"));
    return;
  }
  const visit = (inner: Node): void => {
    if (inner.type === "Identifier") names.add(text(inner, "name"));
    for (const next of below(inner)) visit(next);
  };
  visit(target);
}

/**
 * The name that a parameter has under every runtime, given the one in the runtime's print of the source.
 *
 * Deno prints a parameter `fetch` of a TypeScript file as `fetch1` where the file also uses a global `fetch`, or has an
 * object literal with a setter `set x(fetch)`: swc keeps names apart so that it does not resolve. Taking the 1 off again
 * gives both runtimes one name; a parameter that was `fetch1` from the start becomes `fetch` too, which harms nobody.
 * Names with other digits (`base64`, `x2`), and those with a numbered sibling (`x1` beside `x2`), stay as they are.
 */
export function parameterName(printed: string): string {
  return /^.*[^\d]1$/u.test(printed) ? printed.slice(0, -1) : printed;
}

function isReceiver(node: Node): boolean {
  return node.type === "ThisExpression" || node.type === "Super";
}

/** `arguments` itself, or sloppy code's `f.arguments`. */
function isArguments(node: Node): boolean {
  return node.type === "Identifier" && node["name"] === "arguments";
}

/** Whether a node says something outside of nested functions that have a `this` and `arguments` of their own. */
function mentions(node: Node, wanted: (node: Node) => boolean): boolean {
  if (wanted(node)) return true;
  if (isFunction(node) && node.type !== "ArrowFunctionExpression") return false;
  if (isClass(node)) return classHeads(node).some((head) => mentions(head, wanted));
  for (const next of below(node)) if (mentions(next, wanted)) return true;
  return false;
}

/** What of a class is evaluated in its surroundings: the class that it extends, and computed keys. */
function classHeads(node: Node): Node[] {
  const heads: Node[] = [];
  const parent = optionalChild(node, "superClass");
  if (parent !== undefined) heads.push(parent);
  for (const member of list(child(node, "body"), "body")) {
    if (member["computed"] === true) heads.push(child(member, "key"));
  }
  return heads;
}
