/** Several processes of both runtimes at once over the same caches: no wrong value, no error, no warning. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const program = fileURLToPath(new URL("./_contender.ts", import.meta.url));
const DURATION_MS = 2500;

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: readonly string[], ...args: string[]): Promise<Outcome> {
  const [executable = "", ...rest] = command;
  const child = spawn(executable, [...rest, program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.on("data", (data) => stdout.push(String(data)));
  child.stderr.on("data", (data) => stderr.push(String(data)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout: stdout.join(""), stderr: stderr.join("") }));
  });
}

test(
  "fleche gives eight processes of both runtimes right results from shared caches, without an error or a warning",
  { timeout: 120_000 },
  () =>
    withTemporaryDirectory(async (root) => {
      const commands = [runtimeCommand, otherRuntimeCommand ?? runtimeCommand];
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, at) =>
          run(commands[at % 2] ?? runtimeCommand, root, String(DURATION_MS), String(at + 1))),
      );
      for (const { status, stderr } of outcomes) {
        assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      }
      const reports = outcomes.map(({ stdout }) =>
        JSON.parse(stdout) as { calls: number; runs: number }
      );
      const total = (field: "calls" | "runs") => reports.reduce((sum, report) => sum + report[field], 0);
      assert.ok(total("calls") > total("runs"), "there were hits");
    }),
);
