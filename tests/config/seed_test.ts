import assert from "node:assert/strict";
import test from "node:test";
import { parseToml } from "../../src/config/parse_toml.ts";
import { readCacheSettings } from "../../src/config/cache_settings.ts";
import { readSettings } from "../../src/config/settings.ts";
import { ConfigError } from "../../src/errors.ts";
import { seedExamples, seedTypes } from "./_seed.ts";

const source = { file: "/home/me/.config/fleche/cache.toml" };

for (const example of seedExamples) {
  const { fault } = example;
  const outcome = fault === undefined ? "gives its settings" : "is refused by name";
  test(`readSettings: the seed's example "${example.title}" ${outcome}`, () => {
    const read = () => readSettings(parseToml(example.toml, source), source);
    if (fault === undefined) {
      assert.deepEqual(read(), { default: example.default, caches: new Map(example.caches as []) });
      return;
    }
    assert.throws(read, (error) => {
      assert(error instanceof ConfigError);
      assert(error.message.includes(fault), error.message);
      return true;
    });
  });
  test(`parseToml reads the seed's example "${example.title}" as it is meant`, () => {
    const { default: _, ...sections } = parseToml(example.toml, source);
    // Through JSON: the parser's tables have various prototypes.
    assert.deepEqual(JSON.parse(JSON.stringify(sections)), Object.fromEntries(example.caches as []));
  });
}

for (const [type, options] of seedTypes) {
  test(`readCacheSettings takes the seed's type ${type}`, () => {
    const settings = { values: { type: "Memory" }, calls: { type, ...options } };
    assert.deepEqual(readCacheSettings(settings, { file: undefined }), settings);
  });
}
