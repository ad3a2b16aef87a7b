import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { readCacheSettings } from "../../src/config/cache_settings.ts";
import { readSettings } from "../../src/config/settings.ts";
import { parseToml } from "../../src/config/parse_toml.ts";
import { ConfigError } from "../../src/errors.ts";
import { assertGolden } from "../_golden.ts";
import { runtimeCommand } from "../_runtime.ts";
import { faultOf, faults, inCode, source } from "./_faults.ts";

/** In a process of its own: other tests register types, whose names would stand in the messages. */
function printed(which: "faults" | "in-code"): string {
  const [program = "", ...args] = runtimeCommand;
  const script = fileURLToPath(new URL("_print_faults.ts", import.meta.url));
  return execFileSync(program, [...args, script, which], { encoding: "utf8" });
}

test(
  "ConfigError says of every fault in a file what, where, and what would be right",
  { timeout: 60_000 },
  () => {
    assertGolden("config_errors.txt", printed("faults"));
  },
);

test("ConfigError says the same of settings given in code", { timeout: 60_000 }, () => {
  assertGolden("config_errors_in_code.txt", printed("in-code"));
});

for (const [says, toml] of faults) {
  test(`ConfigError names file and place, on one line: ${says}`, () => {
    const error = faultOf(() => readSettings(parseToml(toml, source), source));
    assert(error instanceof ConfigError);
    assert.equal(error.name, "ConfigError");
    assert.equal(error.file, source.file);
    assert(error.message.startsWith(`Cannot use configuration "${source.file}": `));
    assert(error.message.length < 700);
    assert(error.place === undefined || error.message.includes(error.place));
    // deno-lint-ignore no-control-regex -- one line of plain text is what is asserted.
    assert(!/[\0-\x1f\x7f-\x9f\u2028\u2029]/.test(error.message));
  });
}

test("ConfigError has no file for settings given in code", () => {
  for (const [, settings] of inCode) {
    const error = faultOf(() => readCacheSettings(settings, { file: undefined }));
    assert.equal(error.file, undefined);
    assert(error.message.startsWith("Cannot use settings: "));
  }
});

test("readCacheSettings refuses settings that contain themselves", () => {
  const inner: Record<string, unknown> = { type: "CompressedStorage", compression: "gzip" };
  inner["inner"] = inner;
  const error = faultOf(() =>
    readCacheSettings({ values: inner, calls: { type: "Memory" } }, { file: undefined })
  );
  assert.match(error.message, /more than 100 storages stand within each other/);
});
