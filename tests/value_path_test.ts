import assert from "node:assert/strict";
import test from "node:test";
import { formatPath, mapStep, Step } from "../src/_value_path.ts";

test("formatPath prints steps as they would be written", () => {
  assert.equal(formatPath([]), "$");
  assert.equal(formatPath(["rows", 3, "a b", "é", ""]), '$.rows[3]["a b"].é[""]');
  assert.equal(formatPath([Symbol.for("s"), new Step(".keys()[0]")]), '$[Symbol.for("s")].keys()[0]');
});

test("formatPath prints the ends of a long path", () => {
  const names = Array.from({ length: 25 }, (_, at) => `n${at}`);
  assert.equal(formatPath(names.slice(1)), `$.${names.slice(1).join(".")}`);
  assert.equal(formatPath(names), `$.${names.slice(0, 12).join(".")} … .${names.slice(13).join(".")}`);
});

test("mapStep names a key that can be shown, else the position", () => {
  const steps = ["k", 1, 2n, true, {}, null].map((key, at) => formatPath([mapStep(key, at)]));
  assert.deepEqual(steps, [
    '$.get("k")',
    "$.get(1)",
    "$.get(2n)",
    "$.get(true)",
    "$.values()[4]",
    "$.values()[5]",
  ]);
});
