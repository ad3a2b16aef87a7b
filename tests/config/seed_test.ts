import assert from "node:assert/strict";
import test from "node:test";
import { parseToml } from "../../src/config/parse_toml.ts";
import { readCacheSettings, readSettings } from "../../src/config/settings.ts";
import { ConfigError } from "../../src/errors.ts";
import { notYet, seedExamples, seedTypes } from "./_seed.ts";

const source = { file: "/home/me/.config/fleche/cache.toml" };

for (const example of seedExamples) {
  const missing = notYet.filter((type) => example.toml.includes(`"${type}"`));
  const refused = example.fault !== undefined || missing.length > 0;
  const outcome = refused ? "is refused by name" : "gives its settings";
  test(`readSettings: the seed's example "${example.title}" ${outcome}`, () => {
    const read = () => readSettings(parseToml(example.toml, source), source);
    if (!refused) {
      assert.deepEqual(read(), { default: example.default, caches: new Map(example.caches as []) });
      return;
    }
    assert.throws(read, (error) => {
      assert(error instanceof ConfigError);
      if (example.fault !== undefined) assert(error.message.includes(example.fault), error.message);
      else assert(missing.some((type) => error.message.includes(`storage type "${type}", which is known`)));
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
  const refused = notYet.includes(type);
  test(`readCacheSettings ${refused ? "refuses by name" : "takes"} the seed's type ${type}`, () => {
    const settings = { values: { type: "Memory" }, calls: { type, ...options } };
    if (!refused) return assert.deepEqual(readCacheSettings(settings, { file: undefined }), settings);
    assert.throws(() => readCacheSettings(settings, { file: undefined }), {
      name: "ConfigError",
      code: "config-invalid",
      place: "calls.type",
      message: new RegExp(
        `storage type "${type}", which is known but not yet available, at calls\\.type, expected one of`,
      ),
    });
  });
}
