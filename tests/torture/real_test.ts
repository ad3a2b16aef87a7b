/** Faults that are no injected ones: the system's own, where a test may have them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import test from "node:test";
import { createClient } from "@libsql/client";
import process from "node:process";
import { runtimeCommand } from "../_runtime.ts";
import { warningsOf } from "../_warnings.ts";
import { torturedCache } from "./_caches.ts";
import { checkCache, inTime } from "./_check.ts";
import { runScript, withFolder } from "./_processes.ts";
import { functionsOver, isRight } from "./_scenario.ts";

/** A mounted file system that holds little; `undefined` where mounting is not allowed. */
function mountTiny(folder: string): (() => void) | undefined {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=700k", "tmpfs", folder]);
  return status === 0 ? () => void spawnSync("umount", ["-l", folder]) : undefined;
}

function mayMount(): boolean {
  const folder = fs.mkdtempSync(`${tmpdir()}/fleche-mount-`);
  const unmount = mountTiny(folder);
  unmount?.();
  fs.rmdirSync(folder);
  return unmount !== undefined;
}

const isLinux = process.platform === "linux";
const needsMount = isLinux && mayMount() ? false : "needs the right to mount a file system";
const needsUser = process.getuid?.() === 0 ? "the superuser may write everywhere: needs another user" : false;
const needsLimits = isLinux ? false : "needs limits of Linux";

interface Report {
  readonly wrong: readonly string[];
  readonly warnings: readonly string[];
}

/** Calls everything in a process of its own. */
async function callEverything(name: string, root: string, runtime = runtimeCommand): Promise<Report> {
  const { status, stdout, stderr } = await runScript(runtime, "caller.ts", { arguments: [name, root] });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Report;
}

for (const name of ["CborFile", "Sql"]) {
  test(
    `calls give their results on a full disk: ${name}`,
    { timeout: 60_000, skip: needsMount },
    () =>
      withFolder(async (folder) => {
        const unmount = mountTiny(folder);
        try {
          const { wrong, warnings } = await callEverything(name, `${folder}/cache`);
          assert.deepEqual(wrong, []);
          assert.ok(
            warnings.some((warning) => /Cannot (?:keep|read)/.test(warning)),
            "the disk was not full",
          );
          assert.equal(new Set(warnings).size, warnings.length);
        } finally {
          unmount?.();
        }
      }),
  );

  test(
    `calls give their results when no file may grow: ${name}`,
    { timeout: 60_000, skip: needsLimits },
    () =>
      withFolder(async (folder) => {
        const limited = ["sh", "-c", `trap "" XFSZ; ulimit -f 100; exec "$@"`, "sh", ...runtimeCommand];
        const { wrong, warnings } = await callEverything(name, folder, limited);
        assert.deepEqual(wrong, []);
        assert.ok(warnings.some((warning) => /Cannot (?:keep|read)/.test(warning)), "nothing was too large");
        // What was kept is whole, and what was not is kept now.
        assert.deepEqual(await checkCache(torturedCache(name), folder, { done: 0, mayBeLost: true }), {
          lost: [],
          wrong: [],
          failed: [],
        });
      }),
  );

  test(
    `calls give their results while their folder vanishes: ${name}`,
    { timeout: 60_000 },
    () =>
      withFolder(async (folder) => {
        const root = `${folder}/cache`;
        const cache = torturedCache(name).open(root);
        const functions = functionsOver(cache, { prefix: `vanished_${name}_` });
        const warnings = await warningsOf(async () => {
          for (let round = 0; round < 3; round++) {
            for (const call of ["small", "large", "chunked", "items", "bytes"] as const) {
              assert.ok(isRight(call, round, await inTime(call, functions[call](round))));
              fs.rmSync(root, { recursive: true, force: true });
              assert.ok(isRight(call, round, await inTime(call, functions[call](round))));
            }
          }
          await cache[Symbol.asyncDispose]();
        });
        assert.equal(new Set(warnings).size, warnings.length);
      }),
  );

  test(
    `calls give their results in a folder without permissions: ${name}`,
    { timeout: 60_000, skip: needsUser },
    () =>
      withFolder(async (folder) => {
        fs.mkdirSync(`${folder}/closed`, { mode: 0o500 });
        const { wrong, warnings } = await callEverything(name, `${folder}/closed/cache`);
        assert.deepEqual(wrong, []);
        assert.ok(warnings.length > 0);
      }),
  );
}

test(
  "calls give their results when garbage is in the place of the database",
  { timeout: 60_000 },
  () =>
    withFolder(async (folder) => {
      fs.writeFileSync(`${folder}/one.db`, "this is no database, and never was ".repeat(1000));
      const { wrong, warnings } = await callEverything("Sql", folder);
      assert.deepEqual(wrong, []);
      assert.ok(warnings.length > 0);
    }),
);

test("calls give their results while another holds the database, and wait no longer than is said", {
  timeout: 120_000,
}, () =>
  withFolder(async (folder) => {
    const cache = torturedCache("Sql").open(folder);
    const functions = functionsOver(cache, { prefix: "locked_" });
    assert.ok(isRight("small", 1, await functions.small(1)));
    const holder = createClient({ url: `file:${folder}/one.db` });
    const transaction = await holder.transaction("write");
    await transaction.execute("DELETE FROM leases");
    const started = performance.now();
    const warnings = await warningsOf(async () => {
      assert.ok(isRight("small", 1, await inTime("a hit", functions.small(1))));
      assert.ok(isRight("small", 2, await inTime("a miss", functions.small(2), 30_000)));
    });
    const waitedMs = performance.now() - started;
    assert.ok(waitedMs < 25_000, `${waitedMs} ms`);
    assert.equal(warnings.filter((warning) => /Cannot keep/.test(warning)).length, 1);
    await transaction.rollback();
    holder.close();
    assert.ok(isRight("small", 2, await functions.small(2)));
    const { small = 0 } = Object.fromEntries(functions.runs);
    assert.ok(isRight("small", 2, await functions.small(2)));
    assert.equal(functions.runs.get("small"), small);
    await cache[Symbol.asyncDispose]();
  }));
