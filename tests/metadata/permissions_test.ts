/** What the metadata classes do where Deno permits nothing. Bun has no permissions. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { makeRepository, withoutGit, write } from "./_repository.ts";

const script = join(import.meta.dirname ?? "", "_print.ts");
const skip = isDeno ? false : "only Deno has permissions";

interface Run {
  readonly entry: Record<string, unknown>;
  readonly stderr: string;
  /** The permissions that were touched, as `sys hostname`. */
  readonly touched: readonly string[];
}

function run(directory: string, name: string, ...flags: string[]): Run {
  const audit = join(directory, `audit-${name}-${flags.length}`);
  const env = { USER: "tester", DENO_AUDIT_PERMISSIONS: audit, NO_COLOR: "1" };
  // Not node:child_process: Deno adds -A there when it starts itself. Denied requests are in the audit too, and
  // a request that is not granted is what makes Deno prompt on a terminal.
  const { stdout, stderr, success } = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-config", "--cached-only", ...flags, script, name],
    cwd: join(directory, "repository"),
    env,
    stdin: "null",
  }).outputSync();
  const text = new TextDecoder();
  assert.ok(success, text.decode(stderr));
  const touched = existsSync(audit)
    ? readFileSync(audit, "utf8").trim().split("\n").filter((line) => line !== "").map((line) => {
      const { permission, value } = JSON.parse(line);
      return `${permission} ${value}`;
    })
    : [];
  return { entry: JSON.parse(text.decode(stdout)), stderr: text.decode(stderr), touched };
}

function withRepository(body: (directory: string, root: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => body(directory, makeRepository(directory)));
}

test(
  "Runtime and CallInfo touch no permission",
  { skip: skip || withoutGit, timeout: 60_000 },
  () =>
    withRepository((directory) => {
      for (const name of ["Runtime", "CallInfo"]) {
        const { entry, stderr, touched } = run(directory, name);
        assert.deepEqual(touched, [], name);
        assert.equal(stderr, "");
        if (name === "Runtime") assert.equal(typeof entry["cputime"], "number");
      }
    }),
);

test("Environment leaves out what it may not know, without asking", {
  skip: skip || withoutGit,
  timeout: 60_000,
}, () =>
  withRepository((directory, root) => {
    const denied = run(directory, "Environment");
    assert.equal(denied.stderr, "");
    assert.deepEqual(
      Object.keys(denied.entry).sort(),
      ["arch", "cwd", "fleche_version", "os", "runtime", "runtime_version"],
    );
    assert.equal(denied.entry["cwd"], root);
    assert.deepEqual(denied.touched, []);
    const byVariable = run(directory, "Environment", "--allow-env=USER");
    assert.equal(byVariable.entry["username"], "tester");
    const bySystem = run(directory, "Environment", "--allow-sys=hostname,userInfo,uid,gid");
    assert.equal(typeof bySystem.entry["hostname"], "string");
    assert.equal(typeof bySystem.entry["username"], "string");
  }));

test("Git needs read only, touches nothing else, and is all null without it", {
  skip: skip || withoutGit,
  timeout: 60_000,
}, () =>
  withRepository((directory, root) => {
    const denied = run(directory, "Git");
    assert.deepEqual(denied.entry, { root: null, commit: null, branch: null, dirty: null });
    assert.equal(denied.stderr, "");
    assert.deepEqual(denied.touched, []);
    write(root, "a.txt", "changed\n");
    const permitted = run(directory, "Git", `--allow-read=${root}`);
    assert.equal(permitted.entry["root"], root);
    assert.equal(permitted.entry["dirty"], true);
    assert.ok(permitted.touched.length > 0);
    assert.deepEqual(permitted.touched.filter((each) => !each.startsWith(`read ${root}`)), []);
    // The repository's directory alone: all but the state of the files.
    const partly = run(directory, "Git", `--allow-read=${join(root, ".git")}`);
    assert.deepEqual(partly.entry, { ...permitted.entry, dirty: null });
  }));
