/** What listening needs where Deno permits nothing. Bun has no permissions. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const script = join(import.meta.dirname ?? "", "scripts", "listen.ts");

test(
  "listening, counting and OpenTelemetry touch no permission",
  { skip: isDeno ? false : "only Deno has permissions", timeout: 60_000 },
  () =>
    withTemporaryDirectory((directory) => {
      for (const [argument, expected] of [["listen", "3 1\n"], ["", "0 1\n"]] as const) {
        const audit = join(directory, `audit-${argument}`);
        const { stdout, stderr } = new Deno.Command(Deno.execPath(), {
          args: ["run", "--no-check", "--cached-only", script, argument],
          env: { DENO_AUDIT_PERMISSIONS: audit, NO_COLOR: "1" },
          stdin: "null",
        }).outputSync();
        const text = new TextDecoder();
        assert.equal(text.decode(stderr), "");
        assert.equal(text.decode(stdout), expected);
        assert.equal(readFileSync(audit, "utf8"), "");
      }
    }),
);
