/**
 * Whether two values are the same in everything that the codec promises to keep: types, prototypes, holes, −0, key
 * order, own properties, and which objects are one object. Apart from the codec, so that it can judge it.
 */
import assert from "node:assert/strict";

const HIDDEN = ["message", "name", "stack", "cause", "errors", "error", "suppressed"];

/** Fails with the path of the first difference. */
export function assertSame(actual: unknown, expected: unknown): void {
  compare(actual, expected, "$", { there: new Map(), back: new Map() });
}

interface Pairs {
  readonly there: Map<object, object>;
  readonly back: Map<object, object>;
}

function compare(actual: unknown, expected: unknown, path: string, pairs: Pairs): void {
  if (typeof expected !== "object" || expected === null) {
    assert.ok(Object.is(actual, expected), `${path}: ${String(actual)} is not ${String(expected)}`);
    return;
  }
  assert.ok(typeof actual === "object" && actual !== null, `${path}: no object`);
  if (pairs.there.has(expected) || pairs.back.has(actual)) {
    assert.ok(pairs.there.get(expected) === actual, `${path}: another identity`);
    assert.ok(pairs.back.get(actual) === expected, `${path}: another identity`);
    return;
  }
  pairs.there.set(expected, actual);
  pairs.back.set(actual, expected);
  assert.ok(Object.getPrototypeOf(actual) === Object.getPrototypeOf(expected), `${path}: another prototype`);
  assert.equal(contentOf(actual), contentOf(expected), path);
  if (expected instanceof Map && actual instanceof Map) {
    lists([...actual].flat(), [...expected].flat(), `${path}.entries()`, pairs);
  }
  if (expected instanceof Set && actual instanceof Set) {
    lists([...actual], [...expected], `${path}.values()`, pairs);
  }
  if (expected instanceof Error) {
    assert.ok(Error.isError(actual), `${path}: no error`);
    for (const key of HIDDEN) {
      assert.equal(Object.hasOwn(actual, key), Object.hasOwn(expected, key), `${path}.${key}`);
      compare(Reflect.get(actual, key), Reflect.get(expected, key), `${path}.${key}`, pairs);
    }
  }
  // Of a typed array, every element is a key; the bytes have been compared.
  if (ArrayBuffer.isView(expected)) return;
  const keys = Object.keys(expected);
  assert.deepEqual(Object.keys(actual), keys, `${path}: other keys`);
  for (const key of keys) {
    compare(Reflect.get(actual, key), Reflect.get(expected, key), `${path}.${key}`, pairs);
  }
}

function lists(actual: unknown[], expected: unknown[], path: string, pairs: Pairs): void {
  assert.equal(actual.length, expected.length, path);
  expected.forEach((each, i) => compare(actual[i], each, `${path}[${i}]`, pairs));
}

/** What an object holds out of sight, as text. */
function contentOf(object: object): string {
  if (Array.isArray(object)) return `length ${object.length}`;
  if (object instanceof Date) return `date ${object.getTime()}`;
  if (object instanceof RegExp) return `${object} at ${object.lastIndex}`;
  if (object instanceof URL) return object.href;
  if (object instanceof Headers) return JSON.stringify([...object]);
  if (object instanceof URLSearchParams) return JSON.stringify([...object]);
  if (object instanceof ArrayBuffer) return new Uint8Array(object).toHex();
  if (ArrayBuffer.isView(object)) {
    return new Uint8Array(object.buffer, object.byteOffset, object.byteLength).toHex();
  }
  if (object instanceof Map || object instanceof Set) return `size ${object.size}`;
  const boxed = [Boolean, Number, String, BigInt, Symbol].some((each) => object instanceof each);
  if (boxed) {
    return `${typeof object.valueOf()} ${String(object.valueOf())} ${Object.is(object.valueOf(), -0)}`;
  }
  if (Object.prototype.toString.call(object).startsWith("[object Temporal.")) {
    if (object instanceof Temporal.Duration) return JSON.stringify({ ...fieldsOf(object) });
    return String(object);
  }
  return "";
}

function fieldsOf(duration: Temporal.Duration): object {
  const { years, months, weeks, days, hours, minutes, seconds, milliseconds, microseconds, nanoseconds } =
    duration;
  return { years, months, weeks, days, hours, minutes, seconds, milliseconds, microseconds, nanoseconds };
}
