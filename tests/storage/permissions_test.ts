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

test("CborFile, CompressedStorage and SealedStorage need read and write of their root and nothing else", {
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
  "CborFile says which permission is missing, and never has Deno ask for it",
  { timeout: 60_000, skip },
  () =>
    withTemporaryDirectory((directory) => {
      const root = join(directory, "cache");
      const log = join(directory, "audit.jsonl");
      // Not without any flag: Deno's node:child_process would then give its children all permissions.
      const read = `--allow-read=${root}`;
      const write = `--allow-write=${root}`;
      const cases = [["--allow-env=NONE", "read", `${read} ${write}`], [read, "write", write]] as const;
      for (const [granted, missing, flags] of cases) {
        const { status, stderr } = run([granted], root, { DENO_AUDIT_PERMISSIONS: log });
        assert.equal(status, 1);
        const said = `Cannot ${missing} in "${root}": permissions are missing; run Deno with ${flags}\n`;
        assert(stderr.includes(said), stderr);
        // What the log has is what Deno would have asked a user at a terminal, or had allowed.
        const asked = readFileSync(log, "utf8").split("\n").filter((line) => line !== "")
          .map((line) => JSON.parse(line).permission);
        assert.deepEqual(asked.filter((permission) => permission === missing), []);
      }
    }),
);
