/**
 * What plain pickles say of values that they do not hold, and which storage would hold them.
 *
 * @module
 */

import { errorContent } from "../_errors.ts";
import { formOf } from "../_forms.ts";
import { className, refusalOf, type Refuser } from "../_refusal.ts";

/** Why something has no place in a plain pickle. */
export function notPlain(what: string): string {
  return `${what} no plain data; CloudpickleFile or CborFile would work`;
}

/** Why an object has no place in a plain pickle, and what would work. */
export function plainRefusal(refuser: Refuser, object: object, depth: number): string {
  const reason = refusalOf(object);
  if (typeof object === "function") return `${reason}; so would CloudpickleFile, which keeps its source`;
  if (!reason.startsWith("an instance of class")) return reason;
  const isBuiltIn = formOf(object, refuser, depth) !== undefined ||
    errorContent(object, refuser, depth) !== undefined;
  if (isBuiltIn) return notPlain(`${className(object)} is`);
  return `${reason}; so would CloudpickleFile, with registerClass(…)`;
}
