/**
 * The arguments that protocol 0 writes as text, and the byte strings of Python 2.
 *
 * @module
 */

import { readLongText } from "../_text_reader.ts";
import type { ByteSource } from "./_byte_source.ts";

/** Python reads no longer decimal integers either, as that takes quadratic time. */
const MOST_DIGITS = 4300;

/** `INT`'s and `LONG`'s: a number, `00` and `01` for booleans, `L` at the end of Python 2's long integers. */
export function integerOfText(source: ByteSource, text: string): number | bigint | boolean {
  if (text === "00" || text === "01") return text === "01";
  const digits = text.endsWith("L") ? text.slice(0, -1) : text;
  if (!/^[+-]?\d+$/.test(digits)) source.fail(`${JSON.stringify(text.slice(0, 40))} is no integer`);
  if (digits.length > MOST_DIGITS) source.fail(`an integer has more than ${MOST_DIGITS} decimal digits`);
  const number = Number(digits);
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  return BigInt(digits.startsWith("+") ? digits.slice(1) : digits);
}

/** `FLOAT`'s: what Python's `repr` gives. */
export function floatOfText(source: ByteSource, text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const [, sign, name] = /^([+-]?)(inf|nan)$/.exec(text) ?? [];
  if (name === undefined) return source.fail(`${JSON.stringify(text.slice(0, 40))} is no float`);
  return name === "nan" ? NaN : sign === "-" ? -Infinity : Infinity;
}

/** The number of a memo's entry. */
export function numberOfText(source: ByteSource, text: string): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  return number < 2 ** 32 - 1
    ? number
    : source.fail(`${JSON.stringify(text.slice(0, 40))} is no number of a memo`);
}

/** A str of Python 2: text where it is UTF-8 (as all ASCII is), bytes otherwise. */
export function oldText(content: Uint8Array): string | Uint8Array {
  try {
    return readLongText(content);
  } catch {
    return new Uint8Array(content);
  }
}

const ESCAPES: Readonly<Record<string, number>> = {
  "\\": 0x5c,
  "'": 0x27,
  '"': 0x22,
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** The bytes of a Python string literal, `'…'` or `"…"`. */
export function unquoted(source: ByteSource, line: Uint8Array): Uint8Array {
  const text = latin1(line).trimEnd();
  const [, quote, body = ""] = /^(['"])(.*)\1$/s.exec(text) ?? [];
  if (quote === undefined) source.fail("a string has no quotes");
  const bytes: number[] = [];
  const pattern = /\\x([0-9a-fA-F]{2})|\\([0-7]{1,3})|\\([\\'"abfnrtv])|([^])/g;
  for (const [, hex, octal, escape, other] of body.matchAll(pattern)) {
    if (hex !== undefined) bytes.push(parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(parseInt(octal, 8) & 0xff);
    else if (escape !== undefined) bytes.push(ESCAPES[escape] ?? 0);
    else bytes.push(other?.charCodeAt(0) ?? 0);
  }
  return Uint8Array.from(bytes);
}

/** Text in Python's `raw-unicode-escape`: Latin-1, and `\uXXXX` and `\UXXXXXXXX`. */
export function rawUnicode(line: Uint8Array): string {
  return latin1(line).replace(/\\u([0-9a-fA-F]{4})|\\U(00[01][0-9a-fA-F]{5})/g, (whole, short, long) => {
    const point = parseInt(short ?? long, 16);
    return point > 0x10ffff ? whole : String.fromCodePoint(point);
  });
}

/** A character for each byte. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}
