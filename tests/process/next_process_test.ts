/** The main promise: what one process computed, the next one finds, under either runtime, in every kind of cache. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { needsBoth, otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const program = fileURLToPath(new URL("./_program.ts", import.meta.url));

const CONFIGURATION = `
[default]
cache = "files"

[files]
values.type = "CborFile"
values.root = "~/values"
calls.type = "CborFile"
calls.root = "calls"

[sql]
values.type = "CborFile"
values.root = "~/values"
calls.type = "Sql"
calls.url = "sqlite:///calls.db"

${
  ["gzip", "deflate", "deflate-raw", "brotli", "zstd"].map((compression) => `
[${compression}]
values.type = "CompressedStorage"
values.compression = "${compression}"
values.inner.type = "CborFile"
values.inner.root = "~/${compression}/values"
calls.type = "CompressedStorage"
calls.compression = "${compression}"
calls.inner.type = "CborFile"
calls.inner.root = "${compression}/calls"
`).join("")
}`;

interface Report {
  readonly runs: number;
  readonly key: string;
  readonly words: number;
  readonly big: string;
}

function run(command: readonly string[], home: string, ...args: string[]): Report {
  const [executable = "", ...rest] = command;
  // Deno's own cache of packages is found below HOME as well.
  const denoDirectory = process.env["DENO_DIR"] ?? join(homedir(), ".cache/deno");
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, "config"),
    DENO_DIR: denoDirectory,
    NO_COLOR: "1",
  };
  const { stdout, stderr, status } = spawnSync(executable, [...rest, program, ...args], {
    env,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  assert.equal(stderr, "");
  return JSON.parse(stdout) as Report;
}

function prepareHome(directory: string): void {
  mkdirSync(join(directory, "config/fleche"), { recursive: true });
  writeFileSync(join(directory, "config/fleche/cache.toml"), CONFIGURATION);
}

for (const name of ["files", "sql", "gzip", "deflate", "deflate-raw", "brotli", "zstd"]) {
  test(
    `a result of one process is a hit in the next, in cache "${name}"`,
    { timeout: 60_000 },
    () =>
      withTemporaryDirectory((home) => {
        prepareHome(home);
        const cold = run(runtimeCommand, home, name);
        const warm = run(runtimeCommand, home, name);
        assert.equal(cold.runs, 1);
        assert.deepEqual(warm, { ...cold, runs: 0 });
        assert.equal(cold.big, String(2n ** 70n));
      }),
  );

  test(`a result of this runtime is a hit in the other, in cache "${name}"`, {
    timeout: 60_000,
    skip: needsBoth,
  }, () =>
    withTemporaryDirectory((home) => {
      prepareHome(home);
      const cold = run(runtimeCommand, home, name);
      const warm = run(otherRuntimeCommand ?? [], home, name);
      assert.deepEqual(warm, { ...cold, runs: 0 });
    }));
}

test(
  "without a name the configuration's default cache is used",
  { timeout: 60_000 },
  () =>
    withTemporaryDirectory((home) => {
      prepareHome(home);
      assert.equal(run(runtimeCommand, home).runs, 1);
      assert.equal(run(runtimeCommand, home, "files").runs, 0);
    }),
);

test(
  "without a configuration results are kept in memory",
  { timeout: 60_000 },
  () =>
    withTemporaryDirectory((home) => {
      assert.equal(run(runtimeCommand, home).runs, 1);
      assert.equal(run(runtimeCommand, home).runs, 1);
    }),
);
