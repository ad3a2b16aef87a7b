/** Streamed results in flat memory: whole processes, the same loop with a cache and without, a stream four times as long. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const program = fileURLToPath(new URL("./_flat_memory.ts", import.meta.url));
const RUNS = 4;

/** The highest that the memory of a process stood, in MiB. */
function peakOf(loop: string, mib: number, root: string): number {
  const [executable = "", ...rest] = runtimeCommand;
  const { status, stdout, stderr } = spawnSync(executable, [...rest, program, loop, String(mib), root], {
    encoding: "utf8",
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  return Number(stdout);
}

/**
 * What a loop may need more than the same loop without a cache: code, what is held, and what garbage the runtime has not
 * collected yet, which is chance and differs between runs. Measured: `spool` up to 45 MiB in Bun (14 after a collection),
 * items made of what is read back up to 65, and eight readers at once between 130 and 280 MiB in Deno, with a cache or
 * without.
 */
const loops = { miss: 32, hit: 32, spool: 64, followers: 128, response: 32, items: 32, "item-hit": 96 };
/** What must have been kept before. */
const before: Partial<Record<string, string>> = { hit: "miss", "item-hit": "items" };

for (const [loop, bound] of Object.entries(loops)) {
  test(
    `${loop}: 256 MiB need no more memory than 64 MiB, and at most ${bound} MiB more than without a cache`,
    {
      timeout: 300_000,
    },
    () =>
      withTemporaryDirectory((root) => {
        const kept = (mib: number): number => {
          const folder = `${root}/${mib}`;
          const first = before[loop];
          if (first === undefined) rmSync(folder, { recursive: true, force: true });
          else peakOf(first, mib, folder);
          return peakOf(loop, mib, folder);
        };
        // When garbage is collected is chance: the least of some runs is what is needed.
        const alone = Math.min(peakOf(loop, 256, "none"), peakOf(loop, 256, "none"));
        const short = kept(64);
        let long = kept(256);
        const isFlat = (): boolean => long - alone <= bound && long - short <= bound;
        for (let run = 1; run < RUNS && !isFlat(); run++) long = Math.min(long, kept(256));
        assert.ok(isFlat(), `${long} MiB; ${short} MiB for 64 MiB, ${alone} MiB without a cache`);
      }),
  );
}
