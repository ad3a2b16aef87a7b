import assert from "node:assert/strict";
import test from "node:test";
import { CallInfo } from "../../src/metadata/call_info.ts";

test("CallInfo gives name, module and version, and not the key", () => {
  const entry = new CallInfo().before({ name: "area", module: "shapes.ts", version: "1.2", key: "0" });
  assert.deepEqual(entry, { name: "area", module: "shapes.ts", version: "1.2" });
});

test("CallInfo gives null for what the function does not have", () => {
  const entry = new CallInfo().before({ name: "area", module: undefined, version: undefined, key: "0" });
  assert.deepEqual(entry, { name: "area", module: null, version: null });
  assert.deepEqual(JSON.parse(JSON.stringify(entry)), entry);
});

test("CallInfo keeps a version 0", () => {
  assert.equal(new CallInfo().before({ name: "f", module: undefined, version: 0, key: "0" })["version"], 0);
});
