import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { codeLines, filesBelow, manifest, root, sourceFiles, textOf } from "./_sources.ts";

/** Long sources are two things in one file. */
const MOST_BYTES = 14 * 1024;

/** The seam to the runtimes: the one file that may name them. */
const SEAM = "src/_runtime.ts";

test("every source opens with a @module comment", () => {
  for (const path of [...sourceFiles(), "mod.ts"]) {
    const [comment = ""] = textOf(path).split("*/", 1);
    assert(comment.startsWith("/**\n") && comment.includes("\n * @module\n"), path);
  }
});

test("no source is longer than 14 KiB", () => {
  for (const path of sourceFiles()) {
    const size = Buffer.byteLength(textOf(path));
    assert(size <= MOST_BYTES, `${path} has ${size} bytes: make two of it`);
  }
});

test("no source but the seam names Deno, Bun or process", () => {
  const named =
    /(?<![.\w"])(?:Deno|Bun|process)\s*\??\.\s*\w|\bglobalThis\b.*\b(?:Deno|Bun|process)\b|"(?:Deno|Bun|process)" in /;
  for (const path of sourceFiles().filter((each) => each !== SEAM)) {
    codeLines(path).forEach((line, at) => assert(!named.test(line), `${path}:${at + 1}: ${line.trim()}`));
  }
  assert(codeLines(SEAM).some((line) => named.test(line)), "this test does not see what it looks for");
});

test("names of sources and tests are snake_case", () => {
  for (const path of [...sourceFiles(), ...filesBelow("tests").filter((each) => each.endsWith(".ts"))]) {
    assert.match(path, /^(?:[a-z_][a-z0-9_]*\/)*_?[a-z0-9]+(?:_[a-z0-9]+)*\.ts$/);
  }
});

test("files in tests/ are tests named *_test.ts, or begin with an underscore", () => {
  // Programs that tests run stand in folders named scripts/.
  const stray = filesBelow("tests").filter((path) => path.endsWith(".ts"))
    .filter((path) => !/(?:_test\.ts|\/_\w+\.ts|\/scripts\/\w+\.ts)$/.test(path));
  assert.deepEqual(stray, []);
  for (const path of filesBelow("tests").filter((each) => each.endsWith(".ts"))) {
    const isTest = /^\s*(?:await )?test\(/m.test(textOf(path));
    assert(!isTest || path.endsWith("_test.ts"), `${path} holds tests that no runtime finds`);
  }
});

test("importing an entry point touches no permission", {
  timeout: 60_000,
  skip: isDeno ? false : "permissions are Deno's",
}, () =>
  withTemporaryDirectory((directory) => {
    const log = join(directory, "audit.jsonl");
    for (const path of Object.values(manifest().exports)) {
      const program = join(directory, "import.ts");
      writeFileSync(
        program,
        `import ${JSON.stringify(pathToFileURL(join(root, path)).href)};\nconsole.log("imported");`,
      );
      // Not without any flag: Deno's node:child_process would then give its children all permissions.
      const { stdout, stderr } = spawnSync(
        process.execPath,
        [
          "run",
          "--no-check",
          "--no-prompt",
          "--config",
          join(root, "deno.json"),
          "--allow-env=NONE",
          program,
        ],
        { encoding: "utf8", env: { ...process.env, DENO_AUDIT_PERMISSIONS: log } },
      );
      assert.equal(stdout, "imported\n", stderr);
      assert.equal(readFileSync(log, "utf8"), "", path);
    }
  }));
