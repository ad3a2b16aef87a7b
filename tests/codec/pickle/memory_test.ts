/** Memory over the value itself while 200 MB of records are written and read as a stream; each in a process of its own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeno, runtimeCommand } from "../../_runtime.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";

const script = fileURLToPath(new URL("../scripts/large_records.ts", import.meta.url));

/**
 * Writing keeps a number for each object: 1.6 million of them here. Bun collects what it has written later than Deno does;
 * what it needs is far less.
 */
const MOST_MIB = { write: isDeno ? 300 : 1000, read: 300 };

function risenMib(codec: string, mode: "write" | "read", file: string): number {
  const [program = "", ...args] = runtimeCommand;
  const { status, stdout, stderr } = spawnSync(program, [...args, script, codec, mode, file], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const { size, risenMib } = JSON.parse(stdout) as { size: number; risenMib: number };
  assert.ok(size > 200_000_000, `${size}`);
  return risenMib;
}

test("pickleCodec writes and reads 200 MB of records in little more memory than they take", {
  timeout: 120_000,
}, () =>
  withTemporaryDirectory((directory) => {
    const file = join(directory, "records");
    for (const mode of ["write", "read"] as const) {
      const risen = risenMib("pickle", mode, file);
      assert.ok(risen < MOST_MIB[mode], `${mode}: ${risen} MiB`);
    }
  }));
