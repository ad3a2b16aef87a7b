/** Results as they come back in the next process, and in the next runtime: the same in type, prototype, identity and order. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { needsBoth, otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const program = fileURLToPath(new URL("./_results.ts", import.meta.url));

interface Report {
  readonly runs: number;
  readonly wrong: readonly string[];
  readonly keys: readonly string[];
}

function run(command: readonly string[], root: string): Report {
  const [executable = "", ...rest] = command;
  const { stdout, stderr, status } = spawnSync(executable, [...rest, program, root], { encoding: "utf8" });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return JSON.parse(stdout) as Report;
}

test(
  "results of every type come back the same in the next process of this runtime and of the other",
  { timeout: 60_000, skip: needsBoth },
  () =>
    withTemporaryDirectory((root) => {
      const cold = run(runtimeCommand, root);
      assert.deepEqual(cold.wrong, []);
      assert.ok(cold.runs > 100);
      for (const command of [runtimeCommand, otherRuntimeCommand ?? []]) {
        assert.deepEqual(run(command, root), { ...cold, runs: 0 });
      }
    }),
);
