/**
 * How a fault in a configuration is said: what was found, at which place, what would be right. Every
 * `ConfigError` of this folder is worded with these.
 *
 * @module
 */

import { ConfigError } from "../errors.ts";
import { isSecretKey } from "../storage/sealed/secret_key.ts";
import { nearestName } from "./_nearest.ts";

/** Where settings come from: a file, or code. */
export interface Source {
  /** The file's path; `undefined` for settings given in code. */
  readonly file: string | undefined;
}

/** Of hostile or merely long text only the beginning is shown. */
const LONGEST_SHOWN = 60;

/** A fault at a place: `<found> at <place>, expected <right>`. */
export function fault(source: Source, place: string, found: string, expected: string): ConfigError {
  const at = place === "" ? "" : ` at ${place}`;
  return new ConfigError("config-invalid", `${found}${at}, expected ${expected}`, {
    file: source.file,
    place: place === "" ? undefined : place,
  });
}

/** The place of a key inside another place, as TOML writes it: `mycache.values."odd key"`. */
export function placeOf(parent: string, key: string): string {
  const shown = /^[A-Za-z0-9_-]{1,60}$/.test(key) && !isSecretKey(key) ? key : quote(key);
  return parent === "" ? shown : `${parent}.${shown}`;
}

/**
 * Text in quotes, on one line, control characters escaped, cut when it is long. Whatever could be a secret key is not shown,
 * wherever it stands: it may have been put into the wrong place.
 */
export function quote(text: string): string {
  const isKey: boolean = isSecretKey(text);
  if (isKey) return `"(hexadecimal, not shown)"`;
  const cut = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return shown(JSON.stringify(cut.toWellFormed()));
}

/** Text that may stand in a message: of bounded length, without control characters and line ends. */
export function shown(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what it is about.
  return text.slice(0, 6 * LONGEST_SHOWN).replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** A value in words: `string "x"`, `integer 5`, `a list`, `a table`. */
export function describe(value: unknown): string {
  if (typeof value === "string") return `string ${quote(value)}`;
  if (typeof value === "boolean") return `boolean ${value}`;
  if (typeof value === "number") return `${Number.isInteger(value) ? "integer" : "number"} ${value}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Date) return "a date";
  if (isTable(value)) return "a table";
  return value === null ? "null" : `a value of type ${typeof value}`;
}

/** Names in a list that reads as a sentence: `"a", "b" or "c"`; `none` when there are none. */
export function listNames(names: Iterable<string>): string {
  const quoted = Array.from(names, quote);
  const last = quoted.pop();
  if (last === undefined) return "none";
  return quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`;
}

/** `one of …`, and which of them is nearest to what was found. */
export function oneOf(names: readonly string[], found?: string): string {
  const nearest = found === undefined ? undefined : nearestName(found, names);
  const list = names.length > 1 ? `one of ${listNames(names)}` : listNames(names);
  return nearest === undefined || names.length === 1 ? list : `${list} (the nearest is ${quote(nearest)})`;
}

/** Whether a value is a table: a plain object, made by a parser or written in code. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
