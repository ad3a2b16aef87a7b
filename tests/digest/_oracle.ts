/**
 * A second implementation of scheme `fleche-1`, written from src/digest/README.md alone: slow, plain, without any of
 * the source's short cuts. No refusals, no Blobs.
 */
import { createHash } from "node:crypto";

type Bytes = number[];

function len(n: number): Bytes {
  let rest = BigInt(n);
  const bytes: Bytes = [];
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest > 0n);
  return bytes;
}

function tag(letter: string): Bytes {
  return [letter.charCodeAt(0)];
}

function num(x: number): Bytes {
  if (Number.isNaN(x)) return [...tag("d"), 0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, x, true);
  return [...tag("d"), ...bytes];
}

function raw(bytes: Iterable<number>): Bytes {
  const all = [...bytes];
  return [...len(all.length), ...all];
}

function str(text: string): Bytes {
  if (text.isWellFormed()) return [...tag("s"), ...raw(Buffer.from(text, "utf8"))];
  return [...tag("w"), ...raw(Buffer.from(text, "utf16le"))];
}

const TYPED = [
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "DataView",
];

function isIndex(key: string): boolean {
  return /^(0|[1-9][0-9]*)$/.test(key) && Number(key) < 2 ** 32 - 1;
}

function content(
  // deno-lint-ignore no-explicit-any -- an oracle reads whatever it is given.
  value: any,
  base: string,
  val: (v: unknown) => Bytes,
): [bytes: Bytes, held: (key: string) => boolean] {
  const none = (): boolean => false;
  switch (base) {
    case "Object":
      return [tag("O"), none];
    case "null":
      return [tag("Z"), none];
    case "Array": {
      const bytes = [...tag("A"), ...len(value.length)];
      for (let i = 0; i < value.length;) {
        if (i in value) {
          bytes.push(...val(value[i++]));
          continue;
        }
        const start = i;
        while (i < value.length && !(i in value)) i++;
        bytes.push(...tag("h"), ...len(i - start));
      }
      return [bytes, isIndex];
    }
    case "Map":
      return [[
        ...tag("M"),
        ...len(value.size),
        ...[...value].flatMap(([key, entry]: [unknown, unknown]) => {
          const first = val(key);
          return [...first, ...val(entry)];
        }),
      ], none];
    case "Set":
      return [
        [...tag("S"), ...len(value.size), ...[...value].flatMap((member: unknown) => val(member))],
        none,
      ];
    case "Date":
      return [[...tag("D"), ...num(value.getTime())], none];
    case "RegExp":
      return [[...tag("R"), ...str(value.source), ...str(value.flags), ...val(value.lastIndex)], none];
    case "URL":
      return [[...tag("U"), ...str(value.href)], none];
    case "URLSearchParams":
    case "Headers": {
      const pairs: [string, string][] = [...value];
      const bytes = pairs.flatMap(([name, text]) => [...str(name), ...str(text)]);
      return [[...tag(base === "Headers" ? "H" : "Q"), ...len(pairs.length), ...bytes], none];
    }
    case "ArrayBuffer":
      return [[
        ...tag("X"),
        ...raw(new Uint8Array(value)),
        ...len(value.resizable ? value.maxByteLength + 1 : 0),
      ], none];
    case "Boolean":
    case "Number":
    case "BigInt":
    case "String":
      return [[...tag("B"), ...val(value.valueOf())], (key) => base === "String" && isIndex(key)];
    case "Error":
    case "TypeError":
    case "RangeError":
    case "AggregateError": {
      const fields = ["message", "cause", "errors", "error", "suppressed"];
      const bytes = [...tag("E"), ...str(base), ...val(value.name)];
      for (const field of fields) bytes.push(...(Object.hasOwn(value, field) ? val(value[field]) : tag("h")));
      return [bytes, (key) => fields.includes(key) || key === "stack"];
    }
    default:
      if (!TYPED.includes(base)) throw new Error(`no oracle for ${base}`);
      return [[
        ...tag("V"),
        ...str(base),
        ...raw(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)),
      ], isIndex];
  }
}

/** The built-in class of an object, and the name of a class of the user's in front of it. */
function classes(value: object): { own: string | undefined; base: string } {
  let own: string | undefined;
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    const { constructor } = at;
    const { name } = constructor;
    if ((globalThis as Record<string, unknown>)[name] === constructor) return { own, base: name };
    own ??= name;
  }
  return { own, base: "null" };
}

/** The form of a value, its prefix included. */
export function oracleForm(value: unknown): Uint8Array {
  const visited: object[] = [];

  function props(object: object, held: (key: string) => boolean): Bytes {
    const record = object as Record<PropertyKey, unknown>;
    const keys = Object.keys(object).filter((key) => !held(key));
    if (Array.isArray(object) && Object.hasOwn(object, "raw") && !keys.includes("raw")) keys.push("raw");
    keys.sort((a, b) => a < b ? -1 : 1);
    // Deno keeps the state of web objects under symbols of its own.
    const symbols = Object.getOwnPropertySymbols(object).filter((symbol) =>
      Symbol.keyFor(symbol) !== undefined
    )
      .sort((a, b) => (Symbol.keyFor(a) ?? "") < (Symbol.keyFor(b) ?? "") ? -1 : 1);
    return [
      ...len(keys.length + symbols.length),
      ...keys.flatMap((key) => [...str(key), ...val(record[key])]),
      ...symbols.flatMap((symbol) => [...val(symbol), ...val(record[symbol])]),
    ];
  }

  function val(v: unknown): Bytes {
    if (v === null) return tag("n");
    if (v === undefined) return tag("u");
    if (v === true) return tag("t");
    if (v === false) return tag("f");
    if (typeof v === "number") return num(v);
    if (typeof v === "bigint") return [...tag("i"), ...str(v.toString(16))];
    if (typeof v === "string") return str(v);
    if (typeof v === "symbol") return [...tag("y"), ...str(Symbol.keyFor(v) ?? "")];
    if (typeof v !== "object") throw new Error("no oracle for functions");
    const index = visited.indexOf(v);
    if (index >= 0) return [...tag("@"), ...len(index)];
    visited.push(v);
    const { own, base } = classes(v);
    const hook = (v as Record<PropertyKey, unknown>)[Symbol.for("fleche.digest")];
    if (typeof hook === "function") return [...tag("K"), ...str(own ?? ""), ...val(hook.call(v))];
    const prefix = own === undefined ? [] : [...tag("C"), ...str(own)];
    const [bytes, held] = content(v, base, val);
    return [...prefix, ...bytes, ...props(v, held)];
  }

  return Uint8Array.from([...Buffer.from("fleche-1/value\0"), ...val(value)]);
}

/** The digest of a value. */
export function oracleDigest(value: unknown): string {
  return createHash("sha256").update(oracleForm(value)).digest("hex");
}

/** The key of a call. */
export function oracleKey(
  name: string,
  rest: readonly [module: unknown, version: unknown, code: unknown],
  args: readonly (readonly [string, string])[],
): string {
  const bytes = [...Buffer.from("fleche-1/call\0"), ...str(name)];
  for (const part of rest) {
    bytes.push(...(part === undefined ? tag("u") : typeof part === "number" ? num(part) : str(String(part))));
  }
  bytes.push(
    ...len(args.length),
    ...args.flatMap(([parameter, digest]) => [...str(parameter), ...str(digest)]),
  );
  return createHash("sha256").update(Uint8Array.from(bytes)).digest("hex");
}
