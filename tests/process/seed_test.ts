/** The seed document's full example, verbatim, in a home of its own: all three caches, in and across the two runtimes. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { needsBoth, otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { seedExamples } from "../config/_seed.ts";

const program = fileURLToPath(new URL("./_seed_program.ts", import.meta.url));
const example = seedExamples.find(({ title }) => title === "full configuration example");

interface Report {
  readonly runs: number;
}

function run(command: readonly string[], home: string, name: string): Report {
  const [executable = "", ...rest] = command;
  const { stdout, stderr, status } = spawnSync(executable, [...rest, program, name], {
    encoding: "utf8",
    env: {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, "config"),
      // Deno's own cache of packages is found below HOME as well.
      DENO_DIR: process.env["DENO_DIR"] ?? join(homedir(), ".cache/deno"),
      NO_COLOR: "1",
    },
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return JSON.parse(stdout) as Report;
}

function prepare(home: string): void {
  mkdirSync(join(home, "config/fleche"), { recursive: true });
  writeFileSync(join(home, "config/fleche/cache.toml"), example?.toml ?? "");
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /[0-9a-f]{64}/.test(name)
  );
}

for (const name of ["persistent", "compressed"]) {
  test(
    `under the seed's cache "${name}", one process computes and all later ones of both runtimes find`,
    { timeout: 120_000, skip: needsBoth },
    () =>
      withTemporaryDirectory((home) => {
        for (
          const [first, second] of [[runtimeCommand, otherRuntimeCommand], [
            otherRuntimeCommand,
            runtimeCommand,
          ]]
        ) {
          const own = join(home, first === runtimeCommand ? "this" : "other");
          prepare(own);
          const cold = run(first ?? [], own, name);
          assert.equal(cold.runs, 1);
          assert.deepEqual(run(first ?? [], own, name), { ...cold, runs: 0 });
          assert.deepEqual(run(second ?? [], own, name), { ...cold, runs: 0 });
          const folder = join(own, ".cache/fleche");
          const prefix = name === "compressed" ? "compressed_" : "";
          assert.match(filesBelow(join(folder, `${prefix}values`)).join(), /^[^,]*\.h5$/);
          assert.match(filesBelow(join(folder, `${prefix}calls`)).join(), /^[^,]*\.cloudpickle$/);
        }
      }),
  );
}

test(
  'under the seed\'s cache "fast", a process finds what it computed itself',
  { timeout: 60_000 },
  () =>
    withTemporaryDirectory((home) => {
      prepare(home);
      assert.equal(run(runtimeCommand, home, "fast").runs, 1);
      assert.equal(run(runtimeCommand, home, "fast").runs, 1);
    }),
);

test(
  'the seed\'s default is its cache "persistent"',
  { timeout: 60_000 },
  () =>
    withTemporaryDirectory((home) => {
      prepare(home);
      assert.equal(run(runtimeCommand, home, "default").runs, 1);
      assert.equal(run(runtimeCommand, home, "persistent").runs, 0);
    }),
);
