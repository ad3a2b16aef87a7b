import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runtimeCommand } from "../../_runtime.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";

const script = fileURLToPath(new URL("./_large_value.ts", import.meta.url));

function measure(kind: string, path: string): { readonly size: number; readonly risenMib: number } {
  const [program = "", ...args] = runtimeCommand;
  const { status, stdout, stderr } = spawnSync(program, [...args, script, kind, path, "256"], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

// Garbage is collected when the runtime pleases, with or without a storage; a body that was held would be 256 MiB more,
// and so it is when libsql's statements are left to the runtime.
for (const kind of ["put", "draft"]) {
  test(`Sql writes (${kind}) and reads 256 MiB in flat memory`, { timeout: 120_000 }, async () => {
    await withTemporaryDirectory((directory) => {
      const alone = measure("none", join(directory, "none.db"));
      const stored = measure(kind, join(directory, "values.db"));
      assert.equal(stored.size, 256 * 1024 * 1024);
      const more = stored.risenMib - alone.risenMib;
      assert.ok(more < 128, `${stored.risenMib} MiB against ${alone.risenMib} MiB without a storage`);
      return Promise.resolve();
    });
  });
}
