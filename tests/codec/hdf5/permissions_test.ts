import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeno } from "../../_runtime.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";

const script = join(fileURLToPath(new URL(".", import.meta.url)), "scripts", "round_trip.ts");

test("hdf5Codec needs no permission", {
  timeout: 60_000,
  skip: isDeno ? false : "permissions are Deno's",
}, () =>
  withTemporaryDirectory((directory) => {
    const log = join(directory, "audit.jsonl");
    // Not without any flag: Deno's node:child_process would then give its children all permissions.
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["run", "--no-check", "--no-prompt", "--allow-env=NONE", script],
      { encoding: "utf8", env: { ...process.env, DENO_AUDIT_PERMISSIONS: log } },
    );
    assert.equal(stdout, "read", stderr);
    assert.equal(existsSync(log) ? readFileSync(log, "utf8") : "", "");
  }));
