import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeno, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const script = join(fileURLToPath(new URL(".", import.meta.url)), "scripts", "exchange.ts");

/** The command that runs a file in the other runtime: from the PATH, else as npm's package. */
function otherRuntime(): readonly string[] | undefined {
  const [name, version, ...options] = isDeno
    ? ["bun", "1.4.5", "run"]
    : ["deno", "2.9.6", "run", "-A", "--no-check", "--no-prompt"];
  const starts: readonly (readonly string[])[] = [[name ?? ""], ["npx", "-y", `${name}@${version}`]];
  for (const [program = "", ...args] of starts) {
    const { status } = spawnSync(program, [...args, "--version"], { stdio: "ignore", timeout: 60_000 });
    if (status === 0) return [program, ...args, ...options];
  }
  return undefined;
}

function exchange(command: readonly string[], task: "write" | "check", root: string): string {
  const [program = "", ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, [...args, script, task, root], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

const other = otherRuntime();
const skip = other === undefined ? "the other runtime was found neither on the PATH nor through npx" : false;

test(
  "CborFile, CompressedStorage and SealedStorage read what the other runtime wrote",
  { timeout: 120_000, skip },
  () =>
    withTemporaryDirectory((root) => {
      assert.equal(exchange(other ?? [], "write", root), "360 entries");
      assert.equal(exchange(runtimeCommand, "check", root), "360 entries");
    }),
);

test(
  "CborFile, CompressedStorage and SealedStorage write what the other runtime reads",
  { timeout: 120_000, skip },
  () =>
    withTemporaryDirectory((root) => {
      assert.equal(exchange(runtimeCommand, "write", root), "360 entries");
      assert.equal(exchange(other ?? [], "check", root), "360 entries");
    }),
);
