/** Least privilege: what a cached function touches, by Deno's own audit log. Bun has no permissions. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const options = { skip: isDeno ? false : "only Deno has permissions", timeout: 60_000 };
const project = fileURLToPath(new URL("../../", import.meta.url));

/** Runs a script with these permissions; not by node:child_process, which gives a Deno that it starts more of them. */
function run(
  directory: string,
  args: readonly string[],
): { stdout: string; stderr: string; touched: string[] } {
  const audit = join(directory, "audit.jsonl");
  const { stdout, stderr, success } = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      "--cached-only",
      "--config",
      join(project, "deno.json"),
      ...args,
    ],
    env: { DENO_AUDIT_PERMISSIONS: audit, NO_COLOR: "1" },
    stdin: "null",
  }).outputSync();
  const text = new TextDecoder();
  assert.ok(success, text.decode(stderr));
  let log = "";
  try {
    log = readFileSync(audit, "utf8");
  } catch {
    // Nothing was touched.
  }
  const touched = log.split("\n").filter((line) => line !== "").map((line) => {
    const { permission, value } = JSON.parse(line) as { permission: string; value: string };
    return `${permission} ${value}`;
  });
  return { stdout: text.decode(stdout), stderr: text.decode(stderr), touched };
}

test("importing the module touches no permission", options, () =>
  withTemporaryDirectory((directory) => {
    const { stdout, stderr, touched } = run(directory, [join(project, "mod.ts")]);
    assert.deepEqual({ stdout, stderr, touched }, { stdout: "", stderr: "", touched: [] });
  }));

test(
  "a cache of CborFile needs read and write of its root and nothing else, and says nothing",
  options,
  () =>
    withTemporaryDirectory((directory) => {
      const root = join(directory, "root");
      const script = join(project, "tests/process/_own_root.ts");
      const { stdout, stderr, touched } = run(directory, [
        `--allow-read=${root}`,
        `--allow-write=${root}`,
        script,
        root,
      ]);
      assert.equal(stdout, "42 42 1 _own_root.ts\n");
      assert.equal(stderr, "");
      assert.ok(touched.length > 0);
      assert.deepEqual(
        touched.filter((line) => !line.startsWith(`read ${root}`) && !line.startsWith(`write ${root}`)),
        [],
      );
    }),
);
