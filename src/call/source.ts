/**
 * A function's source as part of its identity, so written that formatting, comments and the runtimes' own transpilers
 * make no difference. What is not in the source, such as variables from outside, is not in it.
 *
 * @module
 */

import { loadSha256, sha256Hex } from "../digest/sha256.ts";
import { type AnyFunction, type ParsedFunction, parseFunction } from "./_parse.ts";
import { printTree } from "./_print.ts";
import { simplify } from "./_simplify.ts";
import type { Node } from "./_tree.ts";

/** Version of the text below; another one makes other digests. */
const SOURCE_SCHEME = "fleche-source-1";

const sources = new WeakMap<AnyFunction, string>();
const digests = new WeakMap<AnyFunction, string>();

/**
 * A function's source in a canonical form: a print of its syntax tree after what the transpilers of Deno and Bun do
 * has been done to it.
 *
 * Equal for functions that differ in white space, comments, types, quotes, braces around single statements, names of
 * variables, `a["b"]` for `a.b`, `{ b: b }` for `{ b }`, constant expressions, `const`s of constants, variables that are
 * read once and at once, or dead code. Different when anything else differs, also where it could be shown to make no
 * difference. Names of functions and classes count, since the program can see them; the key of a method does not.
 *
 * What the two runtimes' transpilers do apart cannot always be undone. The same TypeScript gives two sources, which is a
 * miss for the other runtime and nothing worse, where it
 *
 * - reads a `const` of the module (or of a function around it) that is a number, a text or an `enum` member: Bun puts
 *   the value in its place, Deno's print has the name;
 * - declares an `enum` or a `namespace`, a class with parameter properties, or writes JSX inside of it, or declares a
 *   class in a file that has decorators, all of whose classes Deno rewrites;
 * - gives an anonymous function to a variable that is read once and at once, or declares a function in a block to
 *   call it there: Bun takes the name away;
 * - names a function or class in it like a global, or calls `eval`: Deno renames the one, and nothing can be known of
 *   names with the other.
 *
 * Costs some 1 ms for a function of 10 lines, once per function; the first one in a process loads the parser.
 *
 * @param fn The function.
 * @returns The text, which begins with the scheme's name; `undefined` where the source cannot be read: native, bound
 * and proxied functions.
 * @throws {TypeError} When `fn` is a class.
 */
export function normalisedSource(fn: AnyFunction): string | undefined | Promise<string | undefined> {
  const known = sources.get(fn);
  if (known !== undefined) return known;
  const parsed = parseFunction(fn);
  return parsed instanceof Promise ? parsed.then((tree) => keep(fn, tree)) : keep(fn, parsed);
}

/**
 * The SHA-256 of {@linkcode normalisedSource}, as 64 lower-case hexadecimal digits.
 *
 * @param fn The function.
 * @returns The digest; `undefined` where the source cannot be read.
 * @throws {TypeError} When `fn` is a class.
 */
export async function codeDigest(fn: AnyFunction): Promise<string | undefined> {
  const known = digests.get(fn);
  if (known !== undefined) return known;
  const source = await normalisedSource(fn);
  if (source === undefined) return undefined;
  await loadSha256();
  const digest = sha256Hex(new TextEncoder().encode(source));
  digests.set(fn, digest);
  return digest;
}

function keep(fn: AnyFunction, parsed: ParsedFunction | undefined): string | undefined {
  if (parsed === undefined) return undefined;
  const mode = modeOf(fn, parsed);
  if (parsed.printed !== parsed.node) forgetKey(parsed.printed);
  const source = `${SOURCE_SCHEME} ${mode} ${simplify(parsed.printed, mode === "strict", printTree)}`;
  sources.set(fn, source);
  return source;
}

/**
 * A method cannot see under which key it stands, and the name is part of a call's identity anyway. Bun prints the
 * decorators of a method into its key.
 */
function forgetKey(method: Node): void {
  method["key"] = { type: "Literal", start: method.start, end: method.start, value: "" };
  method["computed"] = false;
}

/**
 * Whether a function is strict code. Only plain functions tell: a strict one refuses to say who called it. For the
 * others a directive in the source counts as what it is.
 */
function modeOf(fn: AnyFunction, { node }: ParsedFunction): "strict" | "sloppy" | "either" {
  if (node.type !== "FunctionExpression" || node["async"] === true || node["generator"] === true) {
    return "either";
  }
  if (!Object.hasOwn(fn, "prototype")) return "either"; // A method.
  try {
    Reflect.get(Function.prototype, "caller", fn);
    return "sloppy";
  } catch {
    return "strict";
  }
}
