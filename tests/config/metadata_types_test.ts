import assert from "node:assert/strict";
import test from "node:test";
import { createMetadata, metadataNames, registerMetadata } from "../../src/config/metadata_types.ts";
import { readSettings } from "../../src/config/settings.ts";

test("createMetadata makes each class under its name", () => {
  for (const name of ["CallInfo", "Environment", "Git", "Runtime"]) {
    assert.equal(createMetadata(name).constructor.name, name);
    assert(metadataNames().includes(name));
  }
  assert.throws(() => createMetadata("Nothing"), TypeError);
});

test("registerMetadata makes a class known to configurations", () => {
  const region = { name: "region", before: () => ({ zone: "a" }) };
  registerMetadata("TestRegion", () => region);
  const document = { default: { metadata: ["TestRegion", "Runtime"] } };
  assert.deepEqual(readSettings(document, { file: undefined }).default.metadata, ["TestRegion", "Runtime"]);
  assert.equal(createMetadata("TestRegion"), region);
});

for (const name of ["Runtime", "Tags", "", "a b", "__proto__", 5]) {
  test(`registerMetadata refuses the name ${JSON.stringify(name)}`, () => {
    assert.throws(() => registerMetadata(name as string, () => ({ name: "x" })), TypeError);
  });
}

test("registerMetadata refuses what is no function", () => {
  assert.throws(() => registerMetadata("TestNothing", {} as () => never), TypeError);
  assert(!metadataNames().includes("TestNothing"));
});
