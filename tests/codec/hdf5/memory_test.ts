import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runtimeCommand } from "../../_runtime.ts";

const script = join(fileURLToPath(new URL(".", import.meta.url)), "scripts", "large_array.ts");

test("hdf5Codec encodes 256 MiB of numbers with at most three times as much memory beside them", {
  timeout: 120_000,
}, () => {
  const [program = "", ...args] = runtimeCommand;
  const { status, stdout, stderr } = spawnSync(program, [...args, script], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { size, risenMib } = JSON.parse(stdout);
  assert.ok(size > 256 * 1024 * 1024);
  assert.ok(risenMib < 3 * 256, `memory rose by ${risenMib} MiB`);
});
