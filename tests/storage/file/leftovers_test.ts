import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { beat, keepFresh, letAge } from "../../../src/storage/file/_heartbeat.ts";
import { clearLeftovers } from "../../../src/storage/file/_leftovers.ts";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, noise, temporaries } from "./_entries.ts";

const timeout = 60_000;
const MIB = 1024 * 1024;

/** Makes a file as old as if nobody had written it for some minutes. */
function age(path: string, minutes: number): void {
  const time = new Date(Date.now() - minutes * 60_000);
  utimesSync(path, time, time);
}

function isFresh(path: string): boolean {
  return Date.now() - statSync(path).mtimeMs < 60_000;
}

/** A temporary file of some other process. */
function leave(root: string, name: string, minutes: number): void {
  mkdirSync(join(root, "v1", "tmp"), { recursive: true });
  writeFileSync(join(root, "v1", "tmp", name), noise(70));
  age(join(root, "v1", "tmp", name), minutes);
}

const WRITES: Record<string, (storage: CborFile) => Promise<void>> = {
  "a small put": (storage) => storage.put(DIGEST, noise(10)),
  "a large put": (storage) => storage.put(DIGEST, noise(3 * MIB)),
  "a draft": async (storage) => {
    const draft = await storage.draft();
    await draft.write(noise(3 * MIB));
    await draft.finish(DIGEST);
  },
};

for (const [name, write] of Object.entries(WRITES)) {
  test(
    `CborFile clears by ${name} what is older than ten minutes, and nothing younger`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        leave(root, "dead.tmp", 11);
        leave(root, "alive.tmp", 9);
        leave(root, "new.tmp", 0);
        leave(root, "ahead.tmp", -60);
        await write(new CborFile({ root }));
        assert.deepEqual(temporaries(root), ["ahead.tmp", "alive.tmp", "new.tmp"]);
      }),
  );
}

test("CborFile looks for leftovers once", { timeout }, () =>
  withTemporaryDirectory(async (root) => {
    const storage = new CborFile({ root });
    await storage.put(DIGEST, noise(10));
    leave(root, "dead.tmp", 11);
    await storage.put(DIGEST, noise(10));
    assert.deepEqual(temporaries(root), ["dead.tmp"]);
    await new CborFile({ root }).put(DIGEST, noise(10));
    assert.deepEqual(temporaries(root), []);
  }));

test(
  "clearLeftovers never throws: not without a folder, not over what cannot be removed",
  { timeout },
  () =>
    withTemporaryDirectory((root) => {
      clearLeftovers(join(root, "missing"));
      leave(root, "dead.tmp", 11);
      mkdirSync(join(root, "v1", "tmp", "a folder"));
      age(join(root, "v1", "tmp", "a folder"), 11);
      clearLeftovers(join(root, "v1", "tmp"));
      assert.deepEqual(temporaries(root), ["a folder"]);
    }),
);

test(
  "beat keeps the file of a draft fresh until the draft ends",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const draft = await new CborFile({ root }).draft();
      await draft.write(noise(3 * MIB));
      const [name = ""] = temporaries(root);
      const path = join(root, "v1", "tmp", name);
      await draft.read(0);
      age(path, 9);
      assert.equal(isFresh(path), false);
      beat();
      assert.equal(isFresh(path), true);
      await draft.abandon();
      beat();
    }),
);

test(
  "beat touches no file any more that was let age, and is not stopped by one that is closed",
  { timeout },
  () =>
    withTemporaryDirectory((root) => {
      const [left, closed, right] = ["left", "closed", "right"].map((name) => {
        const path = join(root, name);
        return { path, fd: openSync(path, "w+") };
      });
      assert.ok(left && closed && right);
      for (const { fd } of [left, closed, right]) keepFresh(fd);
      closeSync(closed.fd);
      for (const { path } of [left, right]) age(path, 9);
      letAge(left.fd);
      beat();
      assert.deepEqual([left, right].map(({ path }) => isFresh(path)), [false, true]);
      for (const { fd } of [closed, right]) letAge(fd);
      for (const { fd } of [left, right]) closeSync(fd);
    }),
);

test(
  "clearLeftovers leaves what is young by the clock of the file system alone",
  { timeout },
  () =>
    withTemporaryDirectory((root) => {
      leave(root, "alive.tmp", 11);
      leave(root, "just created.tmp", 10);
      const fd = openSync(join(root, "v1", "tmp", "just created.tmp"), "r");
      clearLeftovers(join(root, "v1", "tmp"), fd);
      closeSync(fd);
      assert.deepEqual(temporaries(root), ["alive.tmp", "just created.tmp"]);
    }),
);

for (const durability of ["process", "full"] as const) {
  test(
    `CborFile rejects a put whose temporary file was cleared, durability ${durability}`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        const storage = new CborFile({ root, durability });
        await storage.put(DIGEST, noise(10));
        let pulls = 0;
        const source = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (++pulls < 5) return controller.enqueue(noise(MIB));
            for (const name of temporaries(root)) rmSync(join(root, "v1", "tmp", name));
            controller.close();
          },
        });
        await assert.rejects(storage.put(DIGEST, source), { code: "ENOENT" });
        assert.deepEqual(storage.small.get(DIGEST), noise(10), "the earlier entry");
        assert.deepEqual(temporaries(root), []);
        await storage.put(DIGEST, noise(3 * MIB));
      }),
  );
}
