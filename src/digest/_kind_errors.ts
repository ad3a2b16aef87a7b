/**
 * Errors: the built-in class, name, message, cause and the errors that they hold; not the stack, which says where the
 * error was made and is different on every runtime.
 *
 * @module
 */

// `as` here: see _kinds.ts.

import type { KindWriter } from "./_kinds.ts";
import { writeProperties } from "./_properties.ts";
import { TAG } from "./_tags.ts";
import { writeValue } from "./_value.ts";
import type { Walk } from "./_walk.ts";

const CLASS_NAMES = [
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "AggregateError",
  "SuppressedError",
] as const;

/** Own properties that are part of every error's form, present or not; they are not enumerable, in general. */
const FIELDS = ["message", "cause", "errors", "error", "suppressed"] as const;
const APART: ReadonlySet<string> = new Set([...FIELDS, "stack"]);

/** The kinds of this file. */
export function errorKinds(): [object, KindWriter][] {
  const kinds: [object, KindWriter][] = [];
  for (const name of CLASS_NAMES) {
    const constructor = (globalThis as unknown as Record<string, { prototype: object } | undefined>)[name];
    if (constructor !== undefined) {
      kinds.push([constructor.prototype, (walk, value) => writeError(walk, value as Error, name)]);
    }
  }
  return kinds;
}

function writeError(walk: Walk, value: Error, className: string): void {
  const { out } = walk;
  const fields: { readonly [key in (typeof FIELDS)[number]]?: unknown } = value;
  out.tag(TAG.error);
  out.string(className);
  walk.enter();
  walk.at("name");
  writeValue(walk, value.name);
  for (const field of FIELDS) {
    walk.at(field);
    if (Object.hasOwn(value, field)) writeValue(walk, fields[field]);
    else out.tag(TAG.absent);
  }
  walk.leave();
  writeProperties(walk, value, Object.keys(value).filter((key) => !APART.has(key)));
}
