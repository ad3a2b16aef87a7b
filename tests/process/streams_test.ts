/** Streamed results across processes and runtimes: killed, exited, handed on; and with no more permissions than its folder. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { CborFile } from "../../mod.ts";
import { isDeno, needsBoth, otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { filesBelow } from "../storage/file/_entries.ts";

const program = fileURLToPath(new URL("./_streams.ts", import.meta.url));
const timeout = 120_000;

function run(command: readonly string[], task: string, root: string): string {
  const [executable = "", ...rest] = command;
  const { stdout, stderr, status } = spawnSync(executable, [...rest, program, task, root], {
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return stdout;
}

const whole = (root: string) =>
  JSON.parse(run(runtimeCommand, "whole", root)) as { right: boolean; runs: number };

/** Nothing of a result is visible: neither a value nor a record. */
async function assertNothingVisible(root: string): Promise<void> {
  for (const role of ["values", "calls"]) {
    assert.deepEqual(await Array.fromAsync(new CborFile({ root: `${root}/${role}` }).keys()), []);
  }
  assert.deepEqual(filesBelow(root).filter((name) => name.endsWith(".cbor")), []);
}

/** Runs half of a stream, and kills the process. */
async function killHalfway(root: string): Promise<void> {
  const [executable = "", ...rest] = runtimeCommand;
  const child = spawn(executable, [...rest, program, "wait", root], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise((resolve) => child.on("close", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGKILL");
  await closed;
}

test(
  "nothing is visible of a stream whose process is killed, and the next process computes it",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      await killHalfway(root);
      await assertNothingVisible(root);
      assert.deepEqual(whole(root), { right: true, runs: 1 });
      assert.deepEqual(whole(root), { right: true, runs: 0 });
    }),
);

for (const [task, how] of [["exit", "exits"], ["end", "has nothing more to do"]] as const) {
  test(
    `nothing is visible of a stream whose process ${how} in the middle`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        assert.equal(run(runtimeCommand, task, root), "half\n");
        await assertNothingVisible(root);
        assert.deepEqual(whole(root), { right: true, runs: 1 });
      }),
  );
}

test("streamed results of every kind are found by the next process of this runtime and of the other", {
  timeout,
  skip: needsBoth,
}, () =>
  withTemporaryDirectory((root) => {
    const cold = JSON.parse(run(runtimeCommand, "kinds", root)) as { runs: number; wrong: readonly string[] };
    assert.deepEqual(cold.wrong, []);
    assert.equal(cold.runs, 20);
    for (const command of [otherRuntimeCommand ?? [], runtimeCommand]) {
      assert.deepEqual(JSON.parse(run(command, "kinds", root)), { ...cold, runs: 0 });
    }
  }));

test("streams in files need read and write of their root and nothing else, and ask nobody", {
  timeout,
  skip: isDeno ? false : "only Deno has permissions",
}, () =>
  withTemporaryDirectory((directory) => {
    const root = join(directory, "root");
    const audit = join(directory, "audit.jsonl");
    // Not by node:child_process, which gives a Deno that it starts more permissions.
    const { stdout, stderr, success } = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--no-prompt",
        "--cached-only",
        `--allow-read=${root}`,
        `--allow-write=${root}`,
        program,
        "own",
        root,
      ],
      env: { DENO_AUDIT_PERMISSIONS: audit, NO_COLOR: "1" },
      stdin: "null",
    }).outputSync();
    const text = new TextDecoder();
    assert.ok(success, text.decode(stderr));
    assert.equal(text.decode(stderr), "");
    assert.deepEqual(JSON.parse(text.decode(stdout)), {
      runs: 2,
      miss: [true, true],
      hit: true,
      part: true,
      status: 206,
    });
    const others = readFileSync(audit, "utf8").split("\n").filter((line) => line !== "").map((line) => {
      const { permission, value } = JSON.parse(line) as { permission: string; value: string };
      return `${permission} ${value}`;
    }).filter((line) => !line.startsWith(`read ${root}`) && !line.startsWith(`write ${root}`));
    assert.deepEqual(others, []);
  }));
