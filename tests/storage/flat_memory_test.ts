import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const script = join(fileURLToPath(new URL(".", import.meta.url)), "scripts", "large_stream.ts");

interface Measured {
  readonly size: number;
  readonly risenMib: number;
}

function measure(kind: string, root: string): Measured {
  const [program = "", ...args] = runtimeCommand;
  const { status, stdout, stderr } = spawnSync(program, [...args, script, kind, root], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

// Garbage is collected when the runtime pleases, with or without a storage; a body that was held would be 256 MiB more.
for (const kind of ["file", "zstd"]) {
  test(`${kind === "file" ? "CborFile" : "CompressedStorage in CborFile"} streams 256 MiB in flat memory`, {
    timeout: 120_000,
  }, () =>
    withTemporaryDirectory((root) => {
      const alone = measure("none", root);
      const stored = measure(kind, root);
      assert.equal(stored.size, 256 * 1024 * 1024);
      const more = stored.risenMib - alone.risenMib;
      assert.ok(more < 128, `${stored.risenMib} MiB against ${alone.risenMib} MiB without a storage`);
    }));
}
