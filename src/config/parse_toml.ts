/**
 * TOML text to a plain document, by `@std/toml`, with what that parser must be guarded from and its messages put right.
 *
 * Measured of `@std/toml` 1.0.11: the time it takes grows with the square of the keys in a section (13 s for 8,000), so
 * the number of keys is bounded; `[a.b]` followed by `[a.__proto__.x]` writes into `Object.prototype` (in Bun; Deno has
 * no such accessor), so a text in which a key could read `__proto__` is refused unread.
 *
 * @module
 */

import { parse } from "@std/toml";
import { ConfigError } from "../errors.ts";
import { quote, shown, type Source } from "./_fault.ts";

/** Over a hundred caches; read in half a second when all stand in one section. */
const MOST_KEYS = 1000;

/**
 * Reads TOML.
 *
 * @param text The document, of bounded size.
 * @param source Where it comes from, for messages.
 * @returns The document: tables are plain objects, whose own properties alone count.
 * @throws {ConfigError} When it is not TOML; `place` is the line and the column, in UTF-16 units from 1.
 */
export function parseToml(text: string, source: Source): Record<string, unknown> {
  const refused = refusal(text);
  if (refused !== undefined) throw syntaxFault(source, position(text, refused.at), refused.reason);
  try {
    return parse(text);
  } catch (error) {
    // Not kept as the cause: it shows the line, and a secret may stand in that.
    const { place, reason } = readFault(text, error);
    throw syntaxFault(source, place, reason);
  }
}

function syntaxFault(
  source: Source,
  place: string | undefined,
  reason: string,
): ConfigError {
  const where = place === undefined ? "" : ` at ${place}`;
  return new ConfigError("config-syntax", `syntax error${where}: ${reason}`, {
    file: source.file,
    place,
  });
}

/** What the parser must not see, and where in the text it is. */
function refusal(text: string): { at: number; reason: string } | undefined {
  // deno-lint-ignore no-control-regex -- TOML allows no control characters but tabs and line ends.
  const control = text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (control !== -1) {
    const code = text.charCodeAt(control).toString(16).padStart(4, "0");
    return { at: control, reason: `control character U+${code.toUpperCase()}` };
  }
  const keys = text.matchAll(/=/g).drop(MOST_KEYS).next().value;
  if (keys !== undefined) return { at: keys.index, reason: `more than ${MOST_KEYS} keys` };
  const prototype = text.indexOf("__proto__");
  if (prototype !== -1) return { at: prototype, reason: `"__proto__" cannot stand in a configuration` };
  for (const { index } of text.matchAll(/\\[uU]/g)) {
    // As the parser reads it: four or six digits, whatever follows the last valid one is ignored.
    const code = parseInt(text.slice(index + 2, index + (text[index + 1] === "u" ? 6 : 8)), 16);
    if (code > 0 && code < 0x80 && "_prot".includes(String.fromCharCode(code))) {
      return { at: index, reason: `the letter "${String.fromCharCode(code)}" written as an escape` };
    }
  }
  return undefined;
}

/** Line and column of an offset, both from 1. */
function position(text: string, offset: number): string {
  const lines = text.slice(0, offset).split("\n");
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** The parser's message in our words; it counts columns from 0, and the end of the text where it knows no better. */
function readFault(text: string, error: unknown): { place: string | undefined; reason: string } {
  const message = error instanceof Error ? error.message : String(error);
  const [, line, column] = /^Parse error on line (\d+), column (\d+): /.exec(message) ?? [];
  const place = line === undefined ? undefined : `line ${line}, column ${Number(column) + 1}`;
  const reason = message.replace(/^(?:Parse error on line \d+, column \d+: )+/, "").replace(
    /^Cannot parse the TOML: /,
    "",
  );
  // How far it came depends on the stack: the line says enough.
  if (/call stack|recursion/i.test(reason)) {
    return { place: place?.replace(/,.*/, ""), reason: "nested too deeply" };
  }
  if (/code point|Invalid escape/i.test(reason)) {
    const right = `write it twice, or put the text in single quotes, as in 'C:\\Users'`;
    return { place, reason: `a backslash begins an escape, and this is none; ${right}` };
  }
  if (/invalid whitespace/.test(reason)) {
    return { place, reason: "white space that is neither a space nor a tab" };
  }
  // The line itself is not shown: a secret may stand in it.
  if (/^Cannot parse value/.test(reason)) {
    return {
      place: lineWithoutValue(text, Number(line), Number(column)) ?? place,
      reason: "no value that TOML knows; text must be in quotes",
    };
  }
  // These two come when sections are put together, after the whole text was read: the place is not the parser's end.
  if (/key length|Unexpected assign/.test(reason)) return reopenedSection(text);
  const known = /^(?:Unexpected character|Invalid|Single-line|Multi-line|Not closed|Array is|key\/value)/;
  if (!known.test(reason)) return { place, reason: "the sections contradict each other" };
  const [first = "", ...rest] = reason.split("\n");
  const sentence = rest.length > 0 ? first.replace(/:$/, "") : first;
  return { place, reason: shown(sentence.charAt(0).toLowerCase() + sentence.slice(1, 120)) };
}

/** Where an equals sign ends its line: the parser looks for the value in the next one. `column` counts from 0. */
function lineWithoutValue(text: string, line: number, column: number): string | undefined {
  const lines = text.split("\n").slice(0, line);
  const before = [...lines.slice(0, -1), lines.at(-1)?.slice(0, column) ?? ""].join("\n");
  const written = before.trimEnd();
  const hasLineEnd = before.slice(written.length).includes("\n");
  return written.endsWith("=") && hasLineEnd ? position(text, written.length) : undefined;
}

/** The first section that stands twice, as far as a look at the lines can tell. */
function reopenedSection(text: string): { place: string | undefined; reason: string } {
  const first = new Map<string, number>();
  let number = 0;
  for (const line of text.split("\n")) {
    number++;
    const name = /^\s*\[\s*([^[\]]*?)\s*\]\s*(?:#.*)?$/.exec(line)?.[1];
    if (name === undefined) continue;
    const before = first.get(name);
    if (before !== undefined) {
      return {
        place: `line ${number}, column ${line.indexOf("[") + 1}`,
        reason: `section ${quote(name)} stands in line ${before} already, put its keys together`,
      };
    }
    first.set(name, number);
  }
  return { place: undefined, reason: "a section takes a name that has keys already, put its keys together" };
}
