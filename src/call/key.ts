/**
 * The key of a call: one digest of what the function is and of the digests of its arguments. It is made of nothing but
 * what a call record holds, so that a record can be checked against its own key, and a digest can stand for an
 * argument that is not there.
 *
 * @module
 */
import { Writer } from "../digest/_writer.ts";
import { TAG } from "../digest/_tags.ts";

/** What a key is made of. */
export interface CallIdentity {
  /** Name of the function. */
  readonly name: string;
  /** Module that it is of; `undefined` when that is left out of the key. */
  readonly module: string | undefined;
  /** Version that the user gave it; the number `1` and the text `"1"` differ. */
  readonly version: string | number | undefined;
  /** Digest of the function's source; `undefined` unless asked for. */
  readonly code: string | undefined;
  /** Bound arguments in the order of the function's parameters: name and digest of the value. */
  readonly arguments: readonly (readonly [name: string, digest: string])[];
}

/** What a call's form begins with, see `../digest/README.md`. */
const DOMAIN = "fleche-1/call\0";

let writer: Writer | undefined;

/**
 * The key of a call: 64 lower-case hexadecimal digits.
 *
 * @param call Identity of the function and digests of its arguments.
 * @throws {TypeError} When `loadSha256()` returned a promise that was not awaited.
 */
export function callKey(call: CallIdentity): string {
  const out = writer ??= new Writer();
  out.begin(DOMAIN);
  out.string(call.name);
  writeOptional(out, call.module);
  writeOptional(out, call.version);
  writeOptional(out, call.code);
  out.length(call.arguments.length);
  for (const [name, digest] of call.arguments) {
    out.string(name);
    out.string(digest);
  }
  return out.finish();
}

function writeOptional(out: Writer, value: string | number | undefined): void {
  if (value === undefined) out.tag(TAG.undefined);
  else if (typeof value === "number") out.number(value);
  else out.string(value);
}
