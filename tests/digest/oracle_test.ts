import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { digestNow } from "../../src/digest/digest_now.ts";
import { oracleDigest } from "./_oracle.ts";

class Point {
  constructor(public x: unknown, public y: unknown) {}
}
class Track extends Array<unknown> {}
class Bag extends Map<unknown, unknown> {
  label = "bag";
}

const binary = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.int16Array({ maxLength: 20 }),
  fc.float32Array({ maxLength: 20, noNaN: true }),
  fc.float64Array({ maxLength: 20, noNaN: true }),
  fc.bigInt64Array({ maxLength: 10 }),
  fc.uint8ClampedArray({ maxLength: 10 }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.slice().buffer),
  fc.tuple(fc.uint8Array({ minLength: 9, maxLength: 20 }), fc.nat(8))
    .map(([bytes, offset]) => new DataView(bytes.slice().buffer, offset)),
  fc.tuple(fc.uint8Array({ minLength: 9, maxLength: 20 }), fc.nat(8))
    .map(([bytes, offset]) => bytes.subarray(offset)),
);

const primitive = fc.oneof(
  fc.constantFrom(null, undefined, true, false, NaN, 0, -0, Infinity, -Infinity, "", "\ud800", "a\udc00b"),
  fc.integer(),
  fc.double(),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  fc.string({ unit: "grapheme", maxLength: 90 }),
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    maxLength: 90,
  }),
  fc.string({ maxLength: 5 }).map((key) => Symbol.for(key)),
);

const key = fc.oneof(
  fc.constantFrom("a", "b", "c", "__proto__", "10", "9", "length", "é", "\ud800"),
  fc.string(),
);

/** Random values: trees, into which `tangle` then puts shared references and cycles. */
const value = fc.letrec<{ any: unknown }>((tie) => {
  const any = tie("any");
  const list = fc.array(any, { maxLength: 5 });
  const entries = fc.array(fc.tuple(key, any), { maxLength: 5 });
  const define = (target: object, pairs: [string, unknown][]): object => {
    for (const [name, entry] of pairs) {
      Object.defineProperty(target, name, {
        value: entry,
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return target;
  };
  return {
    any: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      primitive,
      binary,
      fc.date({ noInvalidDate: false }),
      entries.map((pairs) => define({}, pairs)),
      entries.map((pairs) => define(Object.create(null), pairs)),
      list,
      fc.tuple(list, fc.array(fc.nat(5))).map(([items, holes]) => {
        for (const hole of holes) if (hole < items.length) delete items[hole];
        return items;
      }),
      fc.tuple(list, any).map(([items, extra]) => Object.assign(items, { extra })),
      fc.array(fc.tuple(any, any), { maxLength: 4 }).map((pairs) => new Map(pairs)),
      fc.array(fc.tuple(any, any), { maxLength: 4 }).map((pairs) => new Bag(pairs)),
      list.map((items) => new Set(items)),
      list.map((items) => Track.from(items)),
      fc.tuple(any, any).map(([x, y]) => new Point(x, y)),
      fc.tuple(fc.string(), any).map(([message, cause]) => new TypeError(message, { cause })),
      fc.tuple(fc.string(), list).map(([message, errors]) => new AggregateError(errors, message)),
      fc.constantFrom(/a/, /a/g, /[/]\n/u).map((pattern) => new RegExp(pattern)),
      fc.webUrl({ withQueryParameters: true }).map((text) => new URL(text)),
      fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 3 }).map((pairs) =>
        new URLSearchParams(pairs)
      ),
      fc.tuple(fc.string(), any).map(([name, entry]) => ({ [Symbol.for(name)]: entry, plain: 1 })),
    ),
  };
}).any;

function objectsIn(root: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  const queue = [root];
  for (let v = queue.shift(); queue.length > 0 || v !== undefined; v = queue.shift()) {
    if (typeof v !== "object" || v === null || found.includes(v as Record<string, unknown>)) continue;
    const prototype = Object.getPrototypeOf(v);
    if (prototype !== Object.prototype && !Array.isArray(v) && !(v instanceof Point)) continue;
    found.push(v as Record<string, unknown>);
    queue.push(...Object.values(v));
  }
  return found;
}

/** Puts references between the objects of a value, cycles among them. */
function tangle(root: unknown, links: readonly [number, number][]): unknown {
  const objects = objectsIn(root);
  if (objects.length === 0) return root;
  for (const [from, to] of links) {
    const source = objects[from % objects.length];
    const target = objects[to % objects.length];
    if (source !== undefined && !Object.isFrozen(source)) source[`link${to}`] = target;
  }
  return root;
}

const tangled = fc.tuple(value, fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { maxLength: 4 }));

test("digestNow agrees with an implementation from the specification", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(tangled, ([root, links]) => {
      const subject = tangle(root, links);
      assert.equal(digestNow(subject), oracleDigest(subject));
    }),
    { numRuns: 3000 },
  );
});

test("digestNow agrees with the specification on strings of every length and kind around its limits", () => {
  for (const unit of ["a", "é", "€", "𝄞", "\ud800"]) {
    for (
      const count of [
        0,
        1,
        31,
        32,
        42,
        43,
        63,
        64,
        65,
        127,
        128,
        5461,
        5462,
        8192,
        16383,
        16384,
        16385,
        40000,
      ]
    ) {
      const text = unit.repeat(count);
      assert.equal(digestNow(text), oracleDigest(text), `${JSON.stringify(unit)} x ${count}`);
    }
  }
});

test(
  "digestNow agrees with the specification wherever a value crosses its buffer",
  { timeout: 60_000 },
  () => {
    for (let shift = 0; shift < 40; shift++) {
      const subject = ["x".repeat(65_536 - 200 + 5 * shift), 1.5, "é".repeat(20), 2n ** 90n, "\ud800", [1, {
        a: "bc",
      }]];
      assert.equal(digestNow(subject), oracleDigest(subject), `shift ${shift}`);
    }
    const rows = Array.from({ length: 4000 }, (_, i) => ({ id: i, text: "row".repeat(i % 9), half: i / 2 }));
    assert.equal(digestNow(rows), oracleDigest(rows));
  },
);

test("digestNow agrees with the specification on more objects than its list holds", () => {
  const objects = Array.from({ length: 60 }, (_, i) => ({ i }));
  const subject = [...objects, ...objects.toReversed()];
  assert.equal(digestNow(subject), oracleDigest(subject));
});

/** Whether two values are the same value: an independent walk over both at once. */
function isSame(a: unknown, b: unknown, pairs: Map<object, object> = new Map()): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (pairs.has(a)) return pairs.get(a) === b;
  if ([...pairs.values()].includes(b)) return false;
  pairs.set(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof Map && b instanceof Map) return isSame([...a].flat(), [...b].flat(), pairs);
  if (a instanceof Set && b instanceof Set) return isSame([...a], [...b], pairs);
  const keys = Object.keys(a).sort();
  if (keys.join("\0") !== Object.keys(b).sort().join("\0")) return false;
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return false;
  return keys.every((name) =>
    isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name], pairs)
  );
}

const small = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, undefined, 0, -0, 1, NaN, true, "", "1", "a", 1n),
    fc.array(tie("any"), { maxLength: 2 }),
    fc.array(tie("any"), { maxLength: 2 }).map((items) => items.length > 0 ? [items[0], ...items] : items),
    fc.dictionary(fc.constantFrom("a", "b"), tie("any"), { maxKeys: 2, noNullPrototype: true }),
    fc.dictionary(fc.constantFrom("a", "b"), tie("any"), { maxKeys: 1 }),
    fc.array(tie("any"), { maxLength: 2 }).map((items) => new Set(items)),
    fc.array(fc.tuple(tie("any"), tie("any")), { maxLength: 1 }).map((items) => new Map(items)),
    fc.constantFrom(0, 1, NaN).map((time) => new Date(time)),
    fc.integer({ min: 0, max: 2 }).map((length) => new Array(length)),
  ),
})).any;

test(
  "digestNow is equal for two values when and only when they are the same value",
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(small, small, (a, b) => {
        assert.equal(digestNow(a) === digestNow(b), isSame(a, b));
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.clone(tangled, 2), ([[a, links], [b]]) => {
        assert.equal(digestNow(tangle(a, links)), digestNow(tangle(b, links)));
      }),
      { numRuns: 1000 },
    );
  },
);

test("digestNow changes with any one leaf of a value", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 3, withBigInt: true, withDate: true }), fc.nat(), (subject, pick) => {
      const before = digestNow(subject);
      const objects = objectsIn(subject);
      const chosen = objects[pick % objects.length] ?? {};
      chosen["a new property"] = 1;
      const added = digestNow(subject);
      assert.notEqual(added, before);
      chosen["a new property"] = "1";
      assert.notEqual(digestNow(subject), added);
      delete chosen["a new property"];
      assert.equal(digestNow(subject), before);
    }),
  );
});
