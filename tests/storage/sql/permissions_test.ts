import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeno } from "../../_runtime.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";

const script = fileURLToPath(new URL("./_permitted.ts", import.meta.url));
const skip = isDeno ? false : "permissions are Deno's";
const LDD = "/usr/bin/ldd";
const NATIVE = ["--allow-ffi", "--allow-env=LIBSQL_JS_DEV", "--allow-sys=cpus,hostname,networkInterfaces"];

function run(flags: readonly string[], url: string): string {
  const args = ["run", "--no-prompt", "--no-check", ...flags, script, url];
  return spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } })
    .stdout.trim();
}

test("Sql on a file needs the documented permissions of Deno", { skip, timeout: 60_000 }, async () => {
  await withTemporaryDirectory((directory) => {
    const path = join(directory, "calls.db");
    const flags = [`--allow-read=${directory},${LDD}`, `--allow-write=${directory}`, ...NATIVE];
    assert.equal(run(flags, path), "kept 3");
    for (const missing of flags) {
      const said = run(flags.filter((flag) => flag !== missing), path);
      assert.equal(said, `Cannot open database "${path}": permissions are missing; run Deno with ${missing}`);
    }
  });
});

test("Sql in memory needs the permissions of the native library alone", { skip, timeout: 60_000 }, () => {
  assert.equal(run([`--allow-read=${LDD}`, ...NATIVE], "sqlite://"), "kept 3");
  // Its library finds out otherwise what it would read there: denied is as good, to be asked is not.
  assert.equal(run([`--deny-read=${LDD}`, ...NATIVE], "sqlite://"), "kept 3");
  // Not without any flag: Deno's node:child_process would then give its children all permissions.
  assert.equal(
    run(["--allow-net=127.0.0.1:9"], "sqlite://"),
    `Cannot open database ":memory:": permissions are missing; run Deno with --allow-read=${LDD} ${
      NATIVE.join(" ")
    }`,
  );
});

test("Sql on a server needs the network alone", { skip, timeout: 60_000 }, () => {
  const said = run(["--allow-net=127.0.0.1:9"], "http://127.0.0.1:9");
  assert.match(said, /^Cannot open database "http:\/\/127\.0\.0\.1:9": /);
  assert.doesNotMatch(said, /--allow|access to/);
});

test("Sql says which permission a server needs, before it is asked", { skip, timeout: 60_000 }, () => {
  for (
    const [url, host] of [["libsql://db.example.com", "db.example.com"], [
      "http://[::1]:9",
      "[::1]:9",
    ]] as const
  ) {
    const said = run(["--allow-net=127.0.0.1:9"], url);
    assert.match(said, /^Cannot open database /);
    // In quotes where a shell would take the brackets for a pattern.
    assert.match(said.replaceAll('"', ""), / permissions are missing; run Deno with --allow-net=\S+$/);
    assert(said.replaceAll('"', "").endsWith(`=${host}`), said);
  }
});
