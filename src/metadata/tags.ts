/**
 * What the user wants to say about results: free, plain JSON, the same for every call under it.
 *
 * @module
 */

import type { Json, JsonObject, Metadata } from "./types.ts";

const DEEPEST = 100;

/**
 * Records the tags it was made with, in the namespace `tags`.
 *
 * The tags are copied when it is made, so later changes to the object do not show. It needs arguments and can therefore
 * not be named in `cache.toml`; `tags({ … })` puts one into the active chain. Needs no permission.
 *
 * @example Tag results with the project that they belong to
 * ```ts
 * import { Tags } from "@fleche/fleche";
 *
 * const entry = new Tags({ project: "weather", runs: [1, 2] }).before();
 * console.assert(entry.project === "weather");
 * ```
 */
export class Tags implements Metadata {
  /** Always `"tags"`. */
  readonly name: "tags" = "tags";
  readonly #tags: JsonObject;

  /**
   * Copies and checks the tags.
   *
   * @param tags Plain JSON: strings, finite numbers, booleans, `null`, and plain objects and arrays of these.
   * @throws {TypeError} When something in it is not plain JSON; the message names its path, as `$.runs[1]`.
   */
  constructor(tags: JsonObject) {
    if (!isPlainObject(tags)) throw notJson("$", tags, "a plain object");
    this.#tags = copyObject(tags, "$", []);
  }

  /**
   * Gives the tags.
   *
   * @returns The entry.
   */
  before(): JsonObject {
    return this.#tags;
  }
}

function copyJson(value: unknown, path: string, above: readonly object[]): Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  // JSON has no NaN and no infinities (they would silently come back as null) and no -0.
  if (typeof value === "number" && Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
  if (typeof value !== "object") throw notJson(path, value, "plain JSON");
  if (above.includes(value)) {
    throw new TypeError(`Cannot use tags: ${path} contains itself, which JSON cannot say`);
  }
  if (above.length >= DEEPEST) {
    throw new TypeError(`Cannot use tags: ${path} is nested deeper than ${DEEPEST} levels`);
  }
  if (Array.isArray(value)) {
    // By Array.from, because `map` would leave holes as they are.
    const items: readonly unknown[] = value;
    return Object.freeze(
      Array.from(items, (item, index) => copyJson(item, `${path}[${index}]`, [...above, value])),
    );
  }
  if (!isPlainObject(value)) throw notJson(path, value, "plain JSON");
  return copyObject(value, path, above);
}

function copyObject(
  value: Readonly<Record<string, unknown>>,
  path: string,
  above: readonly object[],
): JsonObject {
  const [symbol] = Object.getOwnPropertySymbols(value);
  if (symbol !== undefined) {
    throw new TypeError(`Cannot use tags: ${path} has the key ${String(symbol)}, use strings as keys`);
  }
  // By fromEntries and not by assignment: a key "__proto__" stays a key.
  return Object.freeze(Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, copyJson(item, pathTo(path, key), [...above, value])]),
  ));
}

function pathTo(path: string, key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `${path}.${key}`
    : `${path}[${JSON.stringify(key)}]`;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function notJson(path: string, value: unknown, expected: string): TypeError {
  return new TypeError(`Cannot use tags: ${path} is ${describe(value)}, expected ${expected}`);
}

function describe(value: unknown): string {
  if (typeof value === "number" || typeof value === "undefined" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value !== "object") return `a ${typeof value}`;
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== ""
    ? `an instance of "${name}"`
    : "an object with a prototype of its own";
}
