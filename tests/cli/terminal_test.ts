import assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { isDeno, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const timeout = 60_000;
const program = fileURLToPath(new URL("scripts/watch.ts", import.meta.url));
/** `script` of util-linux runs a command in a pseudo terminal; that of other systems has other options. */
const needsTerminal = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux")
  ? false
  : "needs util-linux's script";

function run(
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): SpawnSyncReturns<string> {
  // By `env`: Deno hands on the variables of this process whatever `spawnSync` is told.
  const unset = ["CI", "FORCE_COLOR", "NO_COLOR", "TERM"].flatMap((name) => ["-u", name]);
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return spawnSync("env", [...unset, ...set, ...command], {
    encoding: "utf8",
    timeout,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function inTerminal(
  command: readonly string[],
  variables: Readonly<Record<string, string>>,
): SpawnSyncReturns<string> {
  const quoted = command.map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(" ");
  return run(["script", "-qec", quoted, "/dev/null"], variables);
}

test("progressBar prints nothing into a pipe, whatever the variables say", { timeout }, () => {
  for (const variables of [{}, { FORCE_COLOR: "1" }, { CI: "true" }]) {
    const { stdout, stderr, status } = run([...runtimeCommand, program], variables);
    assert.deepEqual({ stdout, stderr, status }, {
      stdout: "the program's own output\n",
      stderr: "",
      status: 0,
    });
  }
});

test("progressBar draws in a terminal, and a stream without end keeps no process alive", {
  timeout,
  skip: needsTerminal,
}, () => {
  const { stdout, status } = inTerminal([...runtimeCommand, program], { TERM: "xterm", NO_COLOR: "1" });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /download ░+ {4}0% /);
  assert.match(stdout, /download █+░+ {3}75% /);
  assert.match(stdout, /upload ░+ {4}0% {6}30 B\/4 KiB/);
  assert.match(stdout, /download {2}4 KiB in 400ms \(10 KiB\/s\)/);
  // The cursor stays visible, and long lines stay broken.
  assert(!stdout.includes("\x1b[?"), JSON.stringify(stdout));
});

test(
  "progressBar prints no control character in a terminal under CI",
  { timeout, skip: needsTerminal },
  () => {
    const { stdout } = inTerminal([...runtimeCommand, program], { TERM: "xterm", CI: "true" });
    const lines = stdout.split("\r\n").map((line) => line.replace("\x1b[0G\x1b[2K\x1b[J", ""));
    assert.deepEqual(lines.filter((line) => line !== ""), [
      "download  4 KiB in 400ms (10 KiB/s)",
      "the program's own output",
    ]);
  },
);

test("progressBar asks Deno for no permission", {
  timeout,
  skip: isDeno ? needsTerminal : "permissions are Deno's",
}, () =>
  withTemporaryDirectory((directory) => {
    const log = join(directory, "audit.jsonl");
    const command = [process.execPath, "run", "--no-check", "--no-prompt", "--allow-env=NONE", program];
    const { stdout, status } = inTerminal(command, { TERM: "xterm", DENO_AUDIT_PERMISSIONS: log });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /download {2}4 KiB in 400ms \(10 KiB\/s\)/);
    assert.equal(existsSync(log) ? readFileSync(log, "utf8") : "", "");
  }));
