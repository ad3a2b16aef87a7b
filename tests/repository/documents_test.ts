import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import test from "node:test";
import { parseToml } from "../../src/config/parse_toml.ts";
import { readSettings } from "../../src/config/settings.ts";
import { filesBelow, manifest, root, textOf } from "./_sources.ts";

const documents = [
  "README.md",
  "CHANGELOG.md",
  ...["src", "examples"].flatMap(filesBelow).filter((path) => path.endsWith(".md")),
  "bench/README.md",
];

test("every TOML example of the documentation is a right configuration", () => {
  let count = 0;
  for (const path of documents) {
    for (const [, toml = ""] of textOf(path).matchAll(/^```toml\n(.*?)^```/gms)) {
      readSettings(parseToml(toml, { file: path }), { file: path });
      count++;
    }
  }
  assert(count > 0, "this test does not see what it looks for");
});

test("every relative link of the documentation leads to a file", () => {
  for (const path of documents) {
    for (const [, target = ""] of textOf(path).matchAll(/\]\((?![a-z]+:|#)([^)#]+)[^)]*\)/g)) {
      assert(existsSync(join(root, dirname(path), target)), `${path} links to ${target}`);
    }
  }
});

test("CHANGELOG has Unreleased on top, and below it no version that is not deno.json's or earlier", () => {
  const headings = [...textOf("CHANGELOG.md").matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  assert.equal(headings[0], "Unreleased");
  assert(headings.length === 1 || headings[1]?.startsWith(manifest().version), `${headings[1]}`);
});

test("README's commands name tasks of deno.json", () => {
  const { tasks } = JSON.parse(textOf("deno.json"));
  const named = [...textOf("README.md").matchAll(/\btask ([a-z:]+)/g)].map(([, task = ""]) => task);
  assert(named.length > 0);
  for (const task of named) assert(task in tasks, `deno task ${task}`);
});
