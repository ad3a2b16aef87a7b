/** The example of `deno task demo`, on a few files of its own. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { indexText, rankWords } from "../../examples/index_sources/words.ts";
import { runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const example = fileURLToPath(new URL("../../examples/index_sources/", import.meta.url));
const [program = "", ...prefix] = runtimeCommand;

function run(directory: string, cache: string): Record<string, unknown> {
  const sources = join(directory, "sources");
  const args = [sources, "--config", join(directory, "cache.toml"), "--cache", cache, "--json"];
  const printed = execFileSync(program, [...prefix, join(example, "main.ts"), ...args]);
  const { asked, computed, best } = JSON.parse(printed.toString());
  return { asked, computed, best };
}

test("indexText counts words and finds those that are one edit apart", () => {
  const { counts, lookAlikes } = indexText("Reading, reading; the readong. The storage and storages, x1");
  assert.equal(counts.get("reading"), 2);
  assert.equal(counts.get("the"), 2);
  assert.deepEqual(lookAlikes, [["reading", "readong"]]);
});

test("rankWords puts first what few files say often", () => {
  const texts = { "a.md": "common alpha alpha alpha", "b.md": "common beta", "c.md": "common beta" };
  const ranking = rankWords(new Map(Object.entries(texts).map(([path, text]) => [path, indexText(text)])));
  assert.equal(ranking.words, 8);
  assert.equal(ranking.best[0]?.[0], "alpha");
  assert.equal(ranking.topics.get("b.md")?.[0], "beta");
});

for (const cache of ["plain", "compressed"]) {
  test(`index_sources computes once, in the ${cache} cache, and after an edit only what is new`, {
    timeout: 60_000,
  }, () =>
    withTemporaryDirectory((directory) => {
      copyFileSync(join(example, "cache.toml"), join(directory, "cache.toml"));
      mkdirSync(join(directory, "sources"));
      for (const name of ["a", "b", "c"]) {
        writeFileSync(join(directory, "sources", `${name}.md`), `every file ${name}${name}${name}`);
      }
      const cold = run(directory, cache);
      assert.deepEqual(cold["computed"], { indexFile: 3, rankFiles: 1 });
      const warm = run(directory, cache);
      assert.deepEqual(warm["computed"], { indexFile: 0, rankFiles: 0 });
      assert.deepEqual(warm["asked"], { indexFile: 0, rankFiles: 1 });
      assert.deepEqual(warm["best"], cold["best"]);
      writeFileSync(join(directory, "sources", "b.md"), "every file is another now");
      const edited = run(directory, cache);
      assert.deepEqual(edited["asked"], { indexFile: 3, rankFiles: 1 });
      assert.deepEqual(edited["computed"], { indexFile: 1, rankFiles: 1 });
    }));
}
