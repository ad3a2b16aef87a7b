import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { runtimeCommand } from "../../_runtime.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, filesBelow, noise, temporaries } from "./_entries.ts";

const timeout = 60_000;
const script = fileURLToPath(new URL("../scripts/hold_draft.ts", import.meta.url));
const [program = "", ...options] = runtimeCommand;

/** Kills a process in the middle of a draft, with no chance to clear up. */
async function killMidway(root: string): Promise<void> {
  const child = spawn(program, [...options, script, "wait", root], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise((resolve) => child.on("close", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGKILL");
  await closed;
}

test("A process that is killed in the middle of a draft leaves one temporary file and nothing that is seen", {
  timeout,
}, () =>
  withTemporaryDirectory(async (root) => {
    await killMidway(root);
    assert.equal(temporaries(root).length, 1);
    assert.deepEqual(filesBelow(root), ["CACHEDIR.TAG", `v1/tmp/${temporaries(root)[0]}`]);
    assert.deepEqual(await Array.fromAsync(new CborFile({ root }).keys()), []);
  }));

test(
  "CborFile clears what a killed process left when it is old, not while it is fresh",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      await killMidway(root);
      const left = temporaries(root);
      await new CborFile({ root }).put(DIGEST, noise(10));
      assert.deepEqual(temporaries(root), left);
      const old = new Date(Date.now() - 11 * 60_000);
      utimesSync(join(root, "v1", "tmp", left[0] ?? ""), old, old);
      await new CborFile({ root }).put(DIGEST, noise(10));
      assert.deepEqual(temporaries(root), []);
    }),
);

test(
  "A draft that nobody ends does not keep its process alive",
  { timeout },
  () =>
    withTemporaryDirectory((root) => {
      const { status, stdout } = spawnSync(program, [...options, script, "end", root], {
        encoding: "utf8",
        timeout: 20_000,
      });
      assert.deepEqual({ status, stdout }, { status: 0, stdout: "written\n" });
    }),
);

test("CborFile.draft rejects when the disk is full midway; what was taken can be read, and nothing is left", {
  timeout,
  skip: process.platform === "win32" ? "no limit on the size of files there" : false,
}, () =>
  withTemporaryDirectory((root) => {
    // A limit on the size of files is what a full disk is to one process: a write fails after many that did not.
    const limited = "trap '' XFSZ; ulimit -f 24576; exec \"$@\"";
    const { status, stdout, stderr } = spawnSync(
      "sh",
      ["-c", limited, "sh", program, ...options, script, "fill", root],
      { encoding: "utf8" },
    );
    assert.equal(status, 0, stderr);
    const { failures, refused, sizeMib, keys } = JSON.parse(stdout);
    // Deno gives this error no code.
    for (const error of [...failures, refused]) assert.match(error, /file too large/i);
    assert.equal(failures.length, 3);
    assert.ok(sizeMib >= 12, `${sizeMib} MiB could be read`);
    assert.deepEqual(keys, []);
    assert.deepEqual(filesBelow(root), ["CACHEDIR.TAG"]);
  }));
