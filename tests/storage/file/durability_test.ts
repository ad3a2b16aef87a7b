import assert from "node:assert/strict";
import fs, { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openStorage } from "../../../src/config/build_storage.ts";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, noise, temporaries } from "./_entries.ts";
import { syncsOf, systemError, withPatchedFs } from "./_patched_fs.ts";

const timeout = 60_000;
const MIB = 1024 * 1024;
const skip = process.platform === "win32" ? "folders are not synced there" : false;

/** A storage that has put something already, with its root there beforehand. */
async function opened(root: string): Promise<CborFile> {
  const storage = new CborFile({ root, durability: "full" });
  await storage.put(DIGEST, noise(10));
  return storage;
}

function sameShard(last: string): string {
  return DIGEST.slice(0, -1) + last;
}

for (
  const [what, size, sync] of [["small", 100, "sync tmp"], ["large", 3 * MIB, "sync later tmp"]] as const
) {
  test(
    `CborFile with full durability syncs a ${what} file before its name, then the name`,
    { timeout, skip },
    () =>
      withTemporaryDirectory(async (root) => {
        const storage = await opened(root);
        assert.deepEqual(await syncsOf(root, () => storage.put(sameShard("0"), noise(size))), [
          sync,
          "close tmp",
          "rename tmp",
          "sync v1/01/23",
        ]);
        assert.equal((await storage.get(sameShard("0")))?.size, size);
      }),
  );

  test(
    `CborFile with process durability syncs nothing, for a ${what} file`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        const storage = new CborFile({ root });
        const calls = await syncsOf(root, () => storage.put(DIGEST, noise(size)));
        assert.deepEqual(calls.filter((call) => call.startsWith("sync")), []);
      }),
  );

  test(`CborFile keeps nothing of a ${what} file that could not be synced, and does not try again`, {
    timeout,
  }, () =>
    withTemporaryDirectory(async (root) => {
      const storage = await opened(root);
      let tried = 0;
      await withPatchedFs({
        fsyncSync: () => {
          tried++;
          throw systemError("EIO");
        },
        fsync: ((_: number, callback: (error: Error) => void) => {
          tried++;
          queueMicrotask(() => callback(systemError("EIO")));
        }) as typeof fs.fsync,
      }, () => assert.rejects(storage.put(DIGEST, noise(size, 2)), { code: "EIO" }));
      assert.equal(tried, 1);
      assert.deepEqual(storage.small.get(DIGEST), noise(10), "the earlier entry");
      assert.deepEqual(temporaries(root), []);
    }));
}

test(
  "CborFile with full durability syncs the folder above a new folder of entries",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = await opened(root);
      const calls = await syncsOf(root, () => storage.put("0145" + DIGEST.slice(4), noise(10)));
      assert.deepEqual(calls.slice(3), ["sync v1/01/45", "sync v1/01"]);
      const others = await syncsOf(root, () => storage.put("ff45" + DIGEST.slice(4), noise(10)));
      assert.deepEqual(others.slice(3), ["sync v1/ff/45", "sync v1/ff", "sync v1"]);
      const again = await syncsOf(root, () => storage.put("ff45" + DIGEST.slice(4), noise(10)));
      assert.deepEqual(again.slice(3), ["sync v1/ff/45"]);
    }),
);

test(
  "CborFile with full durability syncs folders that another process has made",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (root) => {
      await new CborFile({ root }).put(DIGEST, noise(10));
      const storage = new CborFile({ root, durability: "full" });
      const calls = await syncsOf(root, () => storage.put(DIGEST, noise(10)));
      assert.deepEqual(calls.slice(3), ["sync v1/01/23", "sync v1/01", "sync v1", "sync root", "sync above"]);
    }),
);

test(
  "CborFile with full durability syncs what is above a root as far as it was made",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (directory) => {
      const root = join(directory, "a", "b", "root");
      const storage = new CborFile({ root, durability: "full" });
      const calls = await syncsOf(directory, () => storage.put("other", noise(10)));
      const folders = calls.slice(2).map((call) => call.replace("sync ", ""));
      const shard = readdirSync(join(root, "v1", "other"))[0] ?? "";
      const inner = readdirSync(join(root, "v1", "other", shard))[0] ?? "";
      assert.deepEqual(
        folders,
        [
          `a/b/root/v1/other/${shard}/${inner}`,
          `a/b/root/v1/other/${shard}`,
          "a/b/root/v1/other",
          "a/b/root/v1",
          "a/b/root",
          "a/b",
          "a",
          "root",
        ],
      );
    }),
);

test(
  "CborFile with full durability syncs names again of folders that were removed",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = await opened(root);
      fs.rmSync(join(root, "v1", "01"), { recursive: true });
      const calls = await syncsOf(root, () => storage.put(DIGEST, noise(10)));
      assert.deepEqual(calls.filter((call) => call.startsWith("sync v1")), [
        "sync v1/01/23",
        "sync v1/01",
        "sync v1",
      ]);
    }),
);

for (const [code, isTold] of [["EIO", true], ["EINVAL", false]] as const) {
  test(`CborFile ${isTold ? "rejects" : "does not mind"} when a folder's sync gives ${code}`, {
    timeout,
    skip,
  }, () =>
    withTemporaryDirectory(async (root) => {
      const storage = await opened(root);
      const { fsyncSync, fstatSync } = fs;
      await withPatchedFs({
        fsyncSync: (fd) => {
          if (fstatSync(fd).isDirectory()) throw systemError(code);
          fsyncSync(fd);
        },
      }, async () => {
        const put = storage.put(DIGEST, noise(20));
        if (isTold) await assert.rejects(put, { code });
        else await put;
      });
      assert.deepEqual(temporaries(root), []);
    }));
}

test(
  "A draft under full durability is not published when it is aborted while it is synced",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = await opened(root);
      const { fsync } = fs;
      const abort = new AbortController();
      await withPatchedFs({
        fsync: ((fd: number, callback: (error: NodeJS.ErrnoException | null) => void) =>
          fsync(fd, (error) => {
            abort.abort();
            callback(error);
          })) as typeof fs.fsync,
      }, () =>
        assert.rejects(storage.put(DIGEST, noise(3 * MIB), { signal: abort.signal }), {
          name: "AbortError",
        }));
      assert.deepEqual(storage.small.get(DIGEST), noise(10));
      assert.deepEqual(temporaries(root), []);
    }),
);

test("CborFile refuses a durability that it does not know", () => {
  // @ts-expect-error Another text.
  assert.throws(() => new CborFile({ root: "cache", durability: "half" }), /expected "process" or "full"/);
});

for (const type of ["CborFile", "PickleFile", "CloudpickleFile", "DillFile", "BagOfHoldingH5File"]) {
  test(
    `openStorage gives ${type} the durability of its cache`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        mkdirSync(join(root, "v1"));
        for (const durability of ["full", "process"] as const) {
          const storage = openStorage({ type, root }, {
            file: undefined,
            place: "mine.values",
            role: "values",
            durability,
          });
          const calls = await syncsOf(root, () => storage.put(DIGEST, noise(10)));
          assert.equal(calls.includes("sync tmp"), durability === "full", durability);
        }
      }),
  );
}
