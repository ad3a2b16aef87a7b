import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { Tags } from "../../src/metadata/tags.ts";
import type { JsonObject } from "../../src/metadata/types.ts";

/** Makes tags of what the type would not allow. */
function make(value: unknown): Tags {
  return new Tags(value as JsonObject);
}

test("Tags gives any plain JSON back", () => {
  const json = fc.jsonValue({ noUnicodeString: false }).filter((value) =>
    !JSON.stringify(value).includes("-0")
  );
  fc.assert(fc.property(fc.dictionary(fc.string(), json, { noNullPrototype: true }), (tags) => {
    const entry = make(tags).before();
    assert.equal(JSON.stringify(entry), JSON.stringify(tags));
  }));
});

test("Tags keeps what it was given when the object changes later", () => {
  const given = { runs: [1, 2], project: "x" };
  const tags = new Tags(given);
  given.runs.push(3);
  given.project = "y";
  assert.deepEqual(tags.before(), { runs: [1, 2], project: "x" });
});

test("Tags keeps a key __proto__ a key", () => {
  const entry = make(JSON.parse('{"__proto__": {"polluted": true}}')).before();
  assert.deepEqual(Object.keys(entry), ["__proto__"]);
  assert.equal(entry["polluted"], undefined);
  assert.equal(Object.getPrototypeOf(entry), Object.prototype);
});

test("Tags takes objects without a prototype", () => {
  const given = Object.assign(Object.create(null), { a: 1 });
  assert.deepEqual(new Tags(given).before(), { a: 1 });
});

test("Tags refuses what is not plain JSON and names its path", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = { again: [cycle] };
  let deep: unknown = 1;
  for (let level = 0; level < 10_000; level++) deep = [deep];
  const cases: [unknown, string][] = [
    [{ when: new Date(0) }, '$.when is an instance of "Date", expected plain JSON'],
    [{ a: [1, { b: undefined }] }, "$.a[1].b is undefined, expected plain JSON"],
    [{ a: NaN }, "$.a is NaN, expected plain JSON"],
    [{ a: -Infinity }, "$.a is -Infinity, expected plain JSON"],
    [{ "a b": 1n }, '$["a b"] is a bigint, expected plain JSON'],
    [{ f() {} }, "$.f is a function, expected plain JSON"],
    [{ a: Symbol("s") }, "$.a is a symbol, expected plain JSON"],
    [{ a: { [Symbol("s")]: 1 } }, "$.a has the key Symbol(s), use strings as keys"],
    [{ a: new Map() }, '$.a is an instance of "Map", expected plain JSON'],
    [{ a: Object.create({}) }, '$.a is an instance of "Object", expected plain JSON'],
    // deno-lint-ignore no-sparse-arrays
    [{ a: [1, , 3] }, "$.a[1] is undefined, expected plain JSON"],
    [cycle, "$.self.again[0] contains itself, which JSON cannot say"],
    [undefined, "$ is undefined, expected a plain object"],
    [null, "$ is null, expected a plain object"],
    [["a"], "$ is an array, expected a plain object"],
    ["a", "$ is a string, expected a plain object"],
  ];
  for (const [given, message] of cases) {
    assert.throws(() => make(given), { name: "TypeError", message: `Cannot use tags: ${message}` });
  }
  assert.throws(() => make({ deep }), /is nested deeper than 100 levels/);
});

test("Tags takes one object in two places", () => {
  const shared = { a: 1 };
  assert.deepEqual(new Tags({ x: shared, y: [shared] }).before(), { x: { a: 1 }, y: [{ a: 1 }] });
});
