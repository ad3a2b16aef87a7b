/**
 * A function's own source as a syntax tree. The one place that loads acorn, which takes some 10 ms on first use and is
 * therefore imported when the first function is read; later functions are parsed synchronously.
 *
 * @module
 */

// `as` here: acorn's node types are narrowed to the open ones of _tree.ts.

import { loadCode } from "../_load.ts";
import { isFunction, type Node } from "./_tree.ts";

/** A function of whatever parameters. */
export type AnyFunction = (...args: never[]) => unknown;

/** A function that was parsed. */
export interface ParsedFunction {
  /** The function itself. */
  readonly node: Node;
  /** What `toString` printed: the function, or the method with its key and kind around it. */
  readonly printed: Node;
}

type Acorn = typeof import("acorn");

/**
 * What makes printed text an expression: nothing for functions and arrows, an object for methods, a class for
 * `#private` ones. (The line feed ends a line comment in the source.)
 */
const SURROUNDINGS = [["(", "\n)"], ["({", "\n})"], ["(class{", "\n})"]] as const;

let acorn: Acorn | undefined;
let loading: Promise<Acorn> | undefined;

/**
 * Parses a function's source; synchronously once the parser is there.
 *
 * @returns The tree, or `undefined` where there is no source to read: native, bound and proxied functions, and syntax
 * that the parser does not know.
 * @throws {TypeError} When it is a class: it cannot be called.
 */
export function parseFunction(
  fn: AnyFunction,
): ParsedFunction | undefined | Promise<ParsedFunction | undefined> {
  const source = Function.prototype.toString.call(fn);
  refuseClass(fn, source);
  if (acorn !== undefined) return parse(acorn, source);
  loading ??= loadCode(() => import("acorn"));
  return loading.then((loaded) => parse(acorn = loaded, source));
}

/** A class's `prototype` is fixed, a function's is not; a method that is called `class` has none. */
function refuseClass(fn: AnyFunction, source: string): void {
  if (!/^(class\b|@)/.test(source)) return;
  if (Object.getOwnPropertyDescriptor(fn, "prototype")?.writable !== false) return;
  throw new TypeError(
    `Cannot cache class "${fn.name}": it cannot be called without "new"; wrap a function that makes the instance`,
  );
}

function parse({ parse }: Acorn, source: string): ParsedFunction | undefined {
  // Strict code first: modules are.
  for (const sourceType of ["module", "script"] as const) {
    for (const [before, after] of SURROUNDINGS) {
      try {
        const program = parse(before + source + after, {
          ecmaVersion: "latest",
          sourceType,
          allowSuperOutsideMethod: true,
          checkPrivateFields: false,
        }) as unknown as Node;
        const found = printedFunction(program, before.length, before.length + source.length);
        if (found !== undefined) return found;
      } catch {
        // Not this way; acorn's SyntaxError.
      }
    }
  }
  return undefined;
}

/** The function that spans the whole of the source, as the expression itself or as the one method of an object or class. */
function printedFunction(program: Node, start: number, end: number): ParsedFunction | undefined {
  const [statement, another] = program["body"] as Node[];
  if (statement === undefined || another !== undefined) return undefined;
  const expression = statement["expression"] as Node | undefined;
  if (expression === undefined) return undefined;
  const printed = expression.type === "ObjectExpression"
    ? (expression["properties"] as Node[])[0]
    : expression.type === "ClassExpression"
    ? ((expression["body"] as Node)["body"] as Node[])[0]
    : expression;
  if (printed === undefined || printed.start !== start || printed.end !== end) return undefined;
  const node = isFunction(printed) ? printed : printed["value"] as Node | undefined;
  return node !== undefined && isFunction(node) ? { node, printed } : undefined;
}
