/** Every format, plain and in every compression, over the whole corpus of values, in and across the two runtimes. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { needsBoth, otherRuntimeCommand, runtimeCommand } from "../_runtime.ts";
import { compressions } from "../../src/storage/compression/compression.ts";
import { corpus } from "../codec/_corpus.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const program = fileURLToPath(new URL("./_formats.ts", import.meta.url));

/** What plain pickles do not hold, of the corpus; the other formats hold all of it. */
const NO_PLAIN_DATA = [
  "symbol",
  "RegExp",
  "RegExp in use",
  "URL",
  "URLSearchParams",
  "Headers",
  "Error",
  "Error without a message",
  "errors",
  "Error that is its own cause",
  "boxed",
];

interface Report {
  readonly runs: number;
  readonly wrong: readonly string[];
  readonly refused: readonly string[];
  readonly results: readonly string[];
}

function run(command: readonly string[], root: string): Report {
  const [executable = "", ...rest] = command;
  const { stdout, stderr, status } = spawnSync(executable, [...rest, program, root], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return JSON.parse(stdout) as Report;
}

test(
  "every format keeps the whole corpus, plain and compressed, for the next process of either runtime",
  { timeout: 300_000, skip: needsBoth },
  () =>
    withTemporaryDirectory((root) => {
      const cold = run(runtimeCommand, root);
      assert.deepEqual(cold.wrong, []);
      assert.deepEqual(cold.refused.toSorted(), NO_PLAIN_DATA.map((name) => `pickle ${name}`).toSorted());
      assert.equal(cold.runs, cold.results.length);
      // Five types of files, each plain and in five compressions, and three codecs in Sql; seven of them are of plain pickles.
      const caches = 5 * (1 + compressions.length) + 3;
      const refused = NO_PLAIN_DATA.length * (2 + compressions.length);
      assert.equal(cold.runs, caches * Object.keys(corpus()).length - refused);
      for (const command of [runtimeCommand, otherRuntimeCommand ?? []]) {
        assert.deepEqual(run(command, root), { ...cold, runs: 0 });
      }
    }),
);
