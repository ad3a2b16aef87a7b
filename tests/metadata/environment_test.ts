import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import os from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Environment } from "../../src/metadata/environment.ts";
import { version } from "../../src/version.ts";
import { isDeno, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { inDirectory } from "./_in_directory.ts";

const [program = "", ...args] = runtimeCommand;
const script = join(import.meta.dirname ?? "", "_print.ts");

function printed(cwd: string, env: Record<string, string>): Record<string, unknown> {
  const { LOGNAME: _l, USER: _u, LNAME: _n, USERNAME: _w, ...others } = process.env;
  const options = { cwd, env: { ...others, ...env } };
  return JSON.parse(execFileSync(program, [...args, script, "Environment"], options).toString());
}

test("Environment tells machine, runtime, versions and working directory", () => {
  const entry = new Environment().before();
  assert.equal(entry["hostname"], os.hostname());
  assert.equal(entry["cwd"], process.cwd());
  assert.equal(entry["runtime"], isDeno ? "deno" : "bun");
  assert.match(String(entry["runtime_version"]), /^\d+\.\d+\.\d+/);
  assert.equal(entry["fleche_version"], version);
  assert.equal(entry["os"], process.platform);
  assert.equal(entry["arch"], process.arch);
  assert.deepEqual(JSON.parse(JSON.stringify(entry)), entry);
});

test("Environment follows the working directory", () =>
  withTemporaryDirectory((directory) => {
    const environment = new Environment();
    const first = environment.before();
    assert.deepEqual(inDirectory(directory, () => environment.before()), { ...first, cwd: directory });
  }));

test(
  "Environment takes the user's name in the order of Python's getpass",
  { timeout: 60_000 },
  () =>
    withTemporaryDirectory((directory) => {
      assert.equal(printed(directory, { LOGNAME: "first", USER: "second" })["username"], "first");
      assert.equal(
        printed(directory, { LOGNAME: "", USER: "second", USERNAME: "third" })["username"],
        "second",
      );
      const entry = printed(directory, {});
      assert.notEqual(entry["username"], "unknown");
      if (isDeno) assert.equal(entry["username"], os.userInfo().username);
    }),
);
