import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { runtimeCommand } from "./_runtime.ts";
import { withTemporaryDirectory } from "./_temporary.ts";

const here = dirname(fileURLToPath(import.meta.url));

test("loadCode keeps scopes from handlers that the runtime calls later", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory((directory) => {
    const [program = "", ...args] = runtimeCommand;
    const env = { ...process.env, XDG_CONFIG_HOME: directory };
    const printed = execFileSync(program, [...args, join(here, "scope/_handlers.ts"), directory], { env });
    const seen: string[] = JSON.parse(String(printed));
    assert.equal(seen.length, 7);
    assert.deepEqual(new Set(seen), new Set(["memory"]));
  });
});

test("loadCode is used by every import() in src", () => {
  const source = join(here, "../src");
  const bare: string[] = [];
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    for (const line of readFileSync(join(source, file), "utf8").split("\n")) {
      const isCode = !/^\s*(\*|\/[/*])/.test(line);
      if (isCode && /(?<!typeof )(?<!loadCode\(\(\) => )\bimport\(/.test(line)) bare.push(`${file}: ${line}`);
    }
  }
  assert.deepEqual(bare, []);
});
