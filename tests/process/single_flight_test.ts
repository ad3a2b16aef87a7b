/** Processes of both runtimes that call one cold key at the same time: one of them executes, the others wait and read. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const program = fileURLToPath(new URL("./_caller.ts", import.meta.url));
const commands = [runtimeCommand, otherRuntimeCommand ?? runtimeCommand];

interface Caller {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<{ readonly output: string; readonly errors: string }>;
}

function start(index: number, ...args: string[]): Caller {
  const [executable = "", ...rest] = commands[index % 2] ?? runtimeCommand;
  const child = spawn(executable, [...rest, program, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  const ready = Promise.withResolvers<void>();
  let [output, errors] = ["", ""];
  child.stdout.on("data", (data) => {
    output += String(data);
    if (output.startsWith("ready\n")) ready.resolve();
  });
  child.stderr.on("data", (data) => errors += String(data));
  const ended = new Promise<{ output: string; errors: string }>((resolve) => {
    child.on("close", () => resolve({ output: output.replace("ready\n", "").trim(), errors }));
  });
  return { child, ready: ready.promise, ended };
}

/** Starts callers, lets them go together, and gives what they printed and how often the function ran. */
async function race(
  root: string,
  count: number,
  ...args: string[]
): Promise<{ outputs: string[]; executions: number }> {
  const callers = Array.from({ length: count }, (_, index) => start(index, root, ...args));
  await Promise.all(callers.map(({ ready }) => ready));
  for (const { child } of callers) child.stdin?.end("go\n");
  const ended = await Promise.all(callers.map((caller) => caller.ended));
  assert.deepEqual(ended.map(({ errors }) => errors).filter((errors) => errors !== ""), []);
  return { outputs: ended.map(({ output }) => output), executions: executionsIn(root) };
}

const executionsIn = (root: string): number =>
  readFileSync(`${root}/executions.txt`, "utf8").trim().split("\n").length;

const expected = {
  value: JSON.stringify({ n: 7, text: "x".repeat(1000) }),
  stream: JSON.stringify(Array.from({ length: 5 }, (_, at) => ({ n: 7, at }))),
};

for (const kind of ["files", "sql"]) {
  for (const what of ["value", "stream"] as const) {
    test(
      `one of eight processes executes a cold call: a ${what}, kept in ${kind}`,
      { timeout: 60_000 },
      () =>
        withTemporaryDirectory(async (root) => {
          const { outputs, executions } = await race(root, 8, kind, what);
          assert.deepEqual(outputs, Array.from({ length: 8 }, () => expected[what]));
          assert.equal(executions, 1);
        }),
    );
  }
}

test("processes that wait for a result that is not kept run on their own, at the same time", {
  timeout: 60_000,
}, () =>
  withTemporaryDirectory(async (root) => {
    const { outputs, executions } = await race(root, 4, "files", "value", "unkept");
    assert.deepEqual(outputs, Array.from({ length: 4 }, () => expected.value));
    assert.equal(executions, 4);
  }));

test(
  "a process that dies in the middle of an execution is taken over in seconds",
  { timeout: 60_000 },
  () =>
    withTemporaryDirectory(async (root) => {
      const victim = start(1, root, "files", "value", "dies");
      await victim.ready;
      victim.child.stdin?.end("go\n");
      await victim.ended;
      const begun = performance.now();
      const { outputs } = await race(root, 2, "files", "value");
      assert.deepEqual(outputs, [expected.value, expected.value]);
      assert.ok(performance.now() - begun < 20_000);
    }),
);
