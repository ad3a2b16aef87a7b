import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const script = join(fileURLToPath(new URL(".", import.meta.url)), "scripts", "least_privilege.ts");
const skip = isDeno ? false : "only Deno has permissions";

function run(permissions: readonly string[], root: string, env: Record<string, string> = {}) {
  return spawnSync(
    process.execPath,
    ["run", "--no-prompt", "--no-check", ...permissions, script, root],
    { encoding: "utf8", env: { ...process.env, ...env } },
  );
}

test("CborFile and CompressedStorage need read and write of their root and nothing else", {
  timeout: 60_000,
  skip,
}, () =>
  withTemporaryDirectory((directory) => {
    const root = join(directory, "deep", "cache");
    const log = join(directory, "audit.jsonl");
    const granted = [`--allow-read=${root}`, `--allow-write=${root}`];
    const { status, stdout, stderr } = run(granted, root, { DENO_AUDIT_PERMISSIONS: log });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "done");
    const touched = readFileSync(log, "utf8").trim().split("\n").map((line) => JSON.parse(line).permission);
    assert.deepEqual([...new Set(touched)].sort(), ["read", "write"]);
  }));

test(
  "CborFile rejects and does not ask when a permission is missing",
  { timeout: 60_000, skip },
  () =>
    withTemporaryDirectory((root) => {
      const { status, stderr } = run([`--allow-read=${root}`], root);
      assert.equal(status, 1);
      assert.match(stderr, /NotCapable|Requires write access/);
    }),
);
