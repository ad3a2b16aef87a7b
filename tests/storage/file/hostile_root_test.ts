import assert from "node:assert/strict";
import fs, {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, entryBySpecification, fileOf, filesBelow, noise, quarantined } from "./_entries.ts";
import { withPatchedFs } from "./_patched_fs.ts";

const timeout = 60_000;
const skip = process.platform === "win32" ? "few links there" : false;
const OTHER_SHARD = `ff${DIGEST.slice(2)}`;

/** What stands outside, all of which must stay as it is. */
interface Outside {
  readonly path: string;
  /** Each file with all that can be told of it. */
  state(): unknown;
}

/** A folder that looks like every folder of a cache at once, so that whoever follows a link into it does something. */
function outsideIn(directory: string): Outside {
  const path = join(directory, "outside");
  const entry = entryBySpecification(DIGEST, noise(10, 9));
  const long = new Date(Date.now() - 3_600_000);
  const files: readonly (readonly [name: string, bytes: Uint8Array])[] = [
    ...["", "23/", "01/23/", "v1/01/23/"].map((folder) => [`${folder}${DIGEST}.cbor`, entry] as const),
    [`${DIGEST}.cbor.lease`, new Uint8Array()],
    [`tmp/${DIGEST}.cbor.lease`, new Uint8Array()],
    ["old.tmp", noise(10)],
    ...Array.from({ length: 40 }, (_, at) => [`000000000000000-a-${at}`, noise(3)] as const),
  ];
  for (const [name, bytes] of files) {
    const file = join(path, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, bytes);
    utimesSync(file, long, long);
  }
  return {
    path,
    state: () =>
      filesBelow(path).map((name) => {
        const { mtimeMs, mode, size } = lstatSync(join(path, name));
        return [name, mtimeMs, mode, size, readFileSync(join(path, name), "hex")];
      }),
  };
}

/** Everything that touches an entry or the folders around it, damaged ones included. */
async function useAll(storage: CborFile, root: string): Promise<void> {
  const key = DIGEST;
  assert.equal(storage.small.get(key) instanceof Uint8Array, false, "nothing comes from outside");
  assert.equal(await storage.get(key), undefined);
  assert.equal(await storage.has(key), false);
  assert.equal(await storage.delete(key), false);
  assert.deepEqual(await Array.fromAsync(storage.keys()), []);
  await storage.leases.wait(key);
  await (await storage.leases.take(key))?.release();
  for (const size of [10, 500_000]) {
    await storage.put(key, noise(size));
    assert.equal((await storage.get(key))?.size, size);
  }
  await storage.put("another", noise(10));
  writeFileSync(fileOf(root, key), "damaged");
  assert.equal(await storage.get(key), undefined);
  await storage.put(key, noise(10));
  assert.equal(await storage.has(key), true);
  assert.equal(await storage.delete(key), true);
}

for (const place of ["v1/01", "v1/01/23", "v1/other", "v1/tmp", "v1/quarantine"]) {
  for (const what of ["link", "dangling link", "link to a file", "file"]) {
    test(
      `CborFile goes on without leaving its root when ${place} is a ${what}`,
      { timeout, skip },
      () =>
        withTemporaryDirectory(async (directory) => {
          const outside = outsideIn(directory);
          const before = outside.state();
          const root = join(directory, "cache");
          const path = join(root, place);
          mkdirSync(join(path, ".."), { recursive: true });
          if (what === "file") writeFileSync(path, "a file");
          else if (what === "link") symlinkSync(outside.path, path);
          else symlinkSync(join(outside.path, what === "dangling link" ? "nothing" : "old.tmp"), path);
          await useAll(new CborFile({ root }), root);
          assert.deepEqual(outside.state(), before);
          assert.equal(lstatSync(path).isDirectory(), true, "made again");
        }),
    );
  }
}

test(
  "CborFile refuses to use a version folder that is a link, and says so",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (directory) => {
      const outside = outsideIn(directory);
      const before = outside.state();
      const root = join(directory, "cache");
      mkdirSync(root);
      symlinkSync(join(outside.path, "v1"), join(root, "v1"));
      const storage = new CborFile({ root });
      const refusal = /v1": it is a link/;
      await assert.rejects(storage.get(DIGEST), refusal);
      assert.throws(() => storage.small.get(DIGEST), refusal);
      await assert.rejects(storage.has(DIGEST), refusal);
      await assert.rejects(storage.delete(DIGEST), refusal);
      await assert.rejects(Array.fromAsync(storage.keys()), refusal);
      await assert.rejects(storage.leases.take(DIGEST), refusal);
      await storage.leases.wait(DIGEST);
      for (const size of [10, 3_000_000]) await assert.rejects(storage.put(DIGEST, noise(size)), refusal);
      assert.deepEqual(outside.state(), before);
      assert.deepEqual(filesBelow(root), filesBelow(root).filter((name) => name.startsWith("v1")));
    }),
);

test(
  "CborFile takes a root that is a link: the user chose it",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (directory) => {
      mkdirSync(join(directory, "elsewhere"));
      symlinkSync(join(directory, "elsewhere"), join(directory, "cache"));
      const storage = new CborFile({ root: join(directory, "cache"), durability: "full" });
      await storage.put(DIGEST, noise(10));
      assert.deepEqual(storage.small.get(DIGEST), noise(10));
    }),
);

test("CborFile looks at a folder of entries once", { timeout }, () =>
  withTemporaryDirectory(async (root) => {
    const storage = new CborFile({ root });
    const keys = [DIGEST, OTHER_SHARD, "another"];
    const readAll = (): void => {
      for (const key of keys) assert.ok(storage.small.get(key) instanceof Uint8Array);
    };
    for (const key of keys) await storage.put(key, noise(10));
    readAll();
    const { lstatSync } = fs;
    let looks = 0;
    await withPatchedFs({
      // `as`: its many overloads.
      lstatSync: ((...given: Parameters<typeof lstatSync>) => {
        looks++;
        return lstatSync(...given);
      }) as typeof lstatSync,
    }, readAll);
    assert.equal(looks, 0);
  }));

test(
  "CborFile sees each folder of entries for itself, of digests and of other keys",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (directory) => {
      const outside = outsideIn(directory);
      const root = join(directory, "cache");
      const storage = new CborFile({ root });
      // All folders but these are there, and have been seen.
      for (const shard of ["0122", "0124", "0023", "0223", "2301", "1023"]) {
        await storage.put(shard + DIGEST.slice(4), noise(10));
      }
      mkdirSync(join(root, "v1", "other", "01"), { recursive: true });
      symlinkSync(outside.path, join(root, "v1", "01", "23"));
      symlinkSync(outside.path, join(root, "v1", "other", "01", "23"));
      assert.equal(storage.small.get(DIGEST), "absent");
      assert.equal(quarantined(root).length, 1);
      assert.deepEqual((await Array.fromAsync(storage.keys())).length, 6);
    }),
);

for (const make of ["link", "dangling link", "folder"]) {
  test(
    `CborFile writes no CACHEDIR.TAG where there is a ${make}`,
    { timeout, skip },
    () =>
      withTemporaryDirectory(async (directory) => {
        const outside = outsideIn(directory);
        const before = outside.state();
        const root = join(directory, "cache");
        const tag = join(root, "CACHEDIR.TAG");
        mkdirSync(root);
        if (make === "folder") mkdirSync(tag);
        else symlinkSync(join(outside.path, make === "link" ? "old.tmp" : "nothing"), tag);
        await new CborFile({ root }).put(DIGEST, noise(10));
        assert.deepEqual(outside.state(), before);
      }),
  );
}

test("CborFile changes nothing of a file outside that an entry, a lease or a leftover is a hard link to", {
  timeout,
  skip,
}, () =>
  withTemporaryDirectory(async (directory) => {
    const outside = outsideIn(directory);
    const before = outside.state();
    const root = join(directory, "cache");
    const storage = new CborFile({ root });
    await storage.put(DIGEST, noise(10));
    const turns: readonly (() => Promise<unknown>)[] = [
      async () => assert.equal(await storage.get(DIGEST), undefined),
      () => Promise.resolve(assert.equal(storage.small.get(DIGEST), "absent")),
      () => storage.put(DIGEST, noise(20)),
      () => storage.put(DIGEST, noise(500_000)),
      () => storage.delete(DIGEST),
    ];
    for (const turn of turns) {
      rmSync(fileOf(root), { force: true });
      linkSync(join(outside.path, "old.tmp"), fileOf(root));
      await turn();
    }
    linkSync(join(outside.path, "old.tmp"), join(root, "v1", "tmp", `${DIGEST}.cbor.lease`));
    assert.equal(await storage.leases.take(DIGEST), undefined);
    await storage.leases.wait(DIGEST);
    linkSync(join(outside.path, "old.tmp"), join(root, "v1", "tmp", "old.tmp"));
    await new CborFile({ root }).put(DIGEST, noise(10));
    assert.deepEqual(outside.state(), before);
  }));
