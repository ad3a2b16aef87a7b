import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FileMedium } from "../../../src/storage/file/file_medium.ts";
import type { EntryInfo, Upkeep } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, entryBySpecification, fileOf, noise, quarantined, temporaries } from "./_entries.ts";

const timeout = 60_000;

function withFiles(
  body: (files: { storage: FileMedium; upkeep: Upkeep; root: string }) => Promise<void>,
): Promise<void> {
  return withTemporaryDirectory(async (root) => {
    const storage = new FileMedium({ root, suffix: ".cbor" });
    await body({ storage, upkeep: storage.upkeep, root });
  });
}

async function listed(upkeep: Upkeep, key: string = DIGEST): Promise<EntryInfo> {
  for await (const entry of upkeep.entries()) if (entry.key === key) return entry;
  throw new Error(`${key} is not listed`);
}

const foreign = async ({ upkeep, root }: { upkeep: Upkeep; root: string }) =>
  (await Array.fromAsync(upkeep.foreign())).map((path) => path.slice(root.length + 1)).sort();

test(
  "FileMedium lists sizes and times of the files, digests first, in the order of their paths",
  { timeout },
  async () => {
    await withFiles(async ({ storage, upkeep, root }) => {
      const keys = [DIGEST, "f".repeat(64), "other key", "0123" + "f".repeat(60)];
      for (const [at, key] of keys.entries()) await storage.put(key, noise(at));
      const entries = await Array.fromAsync(upkeep.entries());
      assert.deepEqual(entries.map(({ key }) => key), [DIGEST, keys[3], keys[1], keys[2]]);
      const { size, mtimeMs } = lstatSync(fileOf(root));
      assert.equal(entries[0]?.size, size);
      assert.ok(Math.abs((entries[0]?.time ?? 0) - mtimeMs) < 1);
    });
  },
);

for (const size of [10, 62_000, 200_000, 262_144, 5_000_001]) {
  test(`FileMedium.upkeep.check finds damage in ${size} bytes wherever it is, and leaves the file`, {
    timeout,
  }, async () => {
    await withFiles(async ({ storage, upkeep, root }) => {
      await storage.put(DIGEST, noise(size));
      const path = fileOf(root);
      const whole = readFileSync(path);
      let told = 0;
      assert.equal(await upkeep.check(DIGEST, { onBytes: (bytes) => told += bytes }), "whole");
      assert.equal(told, whole.length);
      const places = [0, size >> 1, size - 1, size, whole.length - 65, whole.length - 40, whole.length - 1];
      for (let at = 262_143; at < size; at += 262_144) places.push(at, at + 1);
      for (const at of places) {
        const damaged = new Uint8Array(whole);
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        writeFileSync(path, damaged);
        assert.equal(await upkeep.check(DIGEST), "damaged", `flipped at ${at}`);
        assert.deepEqual(new Uint8Array(readFileSync(path)), damaged);
      }
      writeFileSync(path, whole);
      truncateSync(path, whole.length - 1);
      assert.equal(await upkeep.check(DIGEST), "damaged", "cut short");
      writeFileSync(path, whole);
      appendFileSync(path, "x");
      assert.equal(await upkeep.check(DIGEST), "damaged", "longer");
      writeFileSync(path, "");
      assert.equal(await upkeep.check(DIGEST), "damaged", "empty");
      writeFileSync(path, whole);
      assert.equal(await upkeep.check(DIGEST), "whole");
      assert.deepEqual(quarantined(root), []);
    });
  });

  test(
    `FileMedium.upkeep.check tells an entry of ${size} bytes under another key's name`,
    { timeout },
    async () => {
      await withFiles(async ({ storage, upkeep, root }) => {
        await storage.put(DIGEST, noise(size));
        const other = "0123" + "e".repeat(60);
        renameSync(fileOf(root), fileOf(root, other));
        assert.equal(await upkeep.check(other), "damaged");
        assert.equal(await upkeep.check(DIGEST), "absent");
      });
    },
  );

  test(`FileMedium.upkeep.check tells ${size} bytes of a newer version`, { timeout }, async () => {
    await withFiles(async ({ storage, upkeep, root }) => {
      await storage.put(DIGEST, noise(size));
      const bytes = readFileSync(fileOf(root));
      bytes.writeUInt16BE(2, bytes.length - 56);
      writeFileSync(fileOf(root), bytes);
      assert.equal(await upkeep.check(DIGEST), "newer");
    });
  });
}

test("FileMedium.upkeep.check reads entries of other chunk sizes", { timeout }, async () => {
  await withFiles(async ({ storage, upkeep, root }) => {
    await storage.put(DIGEST, noise(1));
    for (const chunkSize of [65_536, 100_000, 1_048_576]) {
      writeFileSync(fileOf(root), entryBySpecification(DIGEST, noise(4_567_890), { chunkSize }));
      assert.equal(await upkeep.check(DIGEST), "whole");
    }
  });
});

test("FileMedium.upkeep.check never keeps others from their turn for long", { timeout }, async () => {
  await withFiles(async ({ storage, upkeep }) => {
    await storage.put(DIGEST, noise(40_000_000));
    let turns = 0;
    let isOver = false;
    const count = (): void => void (isOver || (turns++, setImmediate(count)));
    count();
    assert.equal(await upkeep.check(DIGEST), "whole");
    isOver = true;
    // One piece of 2 MiB is hashed at a time.
    assert.ok(turns >= 15, `${turns} turns`);
  });
});

test("FileMedium.upkeep.check stops when its signal aborts", { timeout }, async () => {
  await withFiles(async ({ storage, upkeep }) => {
    await storage.put(DIGEST, noise(20_000_000));
    const controller = new AbortController();
    let told = 0;
    const onBytes = (): void => void (++told === 2 && controller.abort(new Error("enough")));
    await assert.rejects(upkeep.check(DIGEST, { signal: controller.signal, onBytes }), /enough/);
    assert.equal(told, 2);
  });
});

test("FileMedium.upkeep.setAside moves the file to the quarantine", { timeout }, async () => {
  await withFiles(async ({ storage, upkeep, root }) => {
    await storage.put(DIGEST, noise(10));
    assert.equal(await upkeep.setAside(await listed(upkeep)), true);
    assert.equal(existsSync(fileOf(root)), false);
    assert.deepEqual(quarantined(root).map((name) => name.slice(-69)), [`${DIGEST}.cbor`]);
  });
});

test(
  "FileMedium.upkeep.remove leaves nothing behind, nor does one that came too late",
  { timeout },
  async () => {
    await withFiles(async ({ storage, upkeep, root }) => {
      await storage.put(DIGEST, noise(10));
      const entry = await listed(upkeep);
      await storage.put(DIGEST, noise(11));
      assert.equal(await upkeep.remove(entry), false);
      assert.equal(await upkeep.remove(await listed(upkeep)), true);
      assert.equal(await upkeep.remove(entry), false);
      assert.deepEqual(temporaries(root), []);
      assert.equal(await storage.has(DIGEST), false);
    });
  },
);

test("FileMedium.upkeep.remove removes no file that a link has been put before", { timeout }, async () => {
  await withFiles(async ({ storage, upkeep, root }) => {
    await storage.put(DIGEST, noise(10));
    const entry = await listed(upkeep);
    renameSync(fileOf(root), join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), fileOf(root));
    assert.equal(await upkeep.remove(entry), false);
    assert.equal(existsSync(join(root, "elsewhere")), true);
    assert.equal(lstatSync(fileOf(root)).isSymbolicLink(), true);
  });
});

test("FileMedium.upkeep.foreign tells each kind of what is no entry, and entries lists none of it", {
  timeout,
}, async () => {
  await withFiles(async ({ storage, upkeep, root }) => {
    const long = "l".repeat(300);
    for (const key of [DIGEST, "other key", long]) await storage.put(key, noise(10));
    await storage.put("e".repeat(64), noise(10));
    const v1 = join(root, "v1");
    // What is an entry of another storage in this folder, and what is not looked into.
    writeFileSync(fileOf(root).replace(".cbor", ".pickle"), "x");
    for (const folder of ["tmp", "quarantine"]) {
      mkdirSync(join(v1, folder), { recursive: true });
      writeFileSync(join(v1, folder, "x"), "x");
    }
    const lease = await storage.leases.take(DIGEST);
    assert.deepEqual(await foreign({ upkeep, root }), []);

    const kinds = [
      "v1/file",
      "v1/ab",
      "v1/01/file",
      "v1/01/file.cbor",
      "v1/01/23/file.cbor",
      "v1/01/23/=file.cbor",
      `v1/01/23/${DIGEST}0.cbor`,
      `v1/01/23/${DIGEST.toUpperCase()}.cbor`,
      `v1/ee/ee/${DIGEST}.cbor`,
      `v1/ee/ee/~${DIGEST}.cbor`,
      `v1/other/file`,
      `v1/other/${DIGEST}.cbor`,
    ];
    for (const path of kinds) writeFileSync(join(root, path), "x");
    for (
      const path of [
        "v1/folder",
        "v1/cd",
        "v1/AB",
        "v1/01/24",
        "v1/01/folder",
        `v1/01/23/0123${"d".repeat(60)}.cbor`,
      ]
    ) {
      mkdirSync(join(root, path));
    }
    for (const path of ["v1/99", "v1/01/99", `v1/01/23/0123${"c".repeat(60)}.cbor`]) {
      symlinkSync(path.endsWith("cbor") ? fileOf(root) : join(v1, "01", "23"), join(root, path));
    }
    const fifo = join(v1, "01", "23", `0123${"b".repeat(60)}.cbor`);
    assert.equal(spawnSync("mkfifo", [fifo]).status, 0);
    const expected = [
      ...kinds,
      "v1/folder",
      "v1/AB",
      "v1/01/folder",
      `v1/01/23/0123${"d".repeat(60)}.cbor`,
      "v1/99",
      "v1/01/99",
      `v1/01/23/0123${"c".repeat(60)}.cbor`,
      `v1/01/23/0123${"b".repeat(60)}.cbor`,
    ];
    assert.deepEqual(await foreign({ upkeep, root }), expected.sort());
    const keys = (await Array.fromAsync(upkeep.entries())).map(({ key }) => key);
    assert.deepEqual(keys.sort(), [DIGEST, "e".repeat(64), long, "other key"].sort());
    await lease?.release();
  });
});

test(
  "FileMedium.upkeep.foreign tells of an entry whose key was lost, which nothing lists",
  { timeout },
  async () => {
    await withFiles(async ({ storage, upkeep, root }) => {
      await storage.put("l".repeat(300), noise(10));
      const [folder] = (await Array.fromAsync(upkeep.entries())).map(({ key }) => key);
      assert.equal(folder?.length, 300);
      const path = join(root, "v1", ...pathOfLong(root));
      truncateSync(path, 100);
      assert.deepEqual((await foreign({ upkeep, root })).map((found) => join(root, found)), [path]);
      assert.deepEqual(await Array.fromAsync(upkeep.entries()), []);
    });
  },
);

function pathOfLong(root: string): string[] {
  const found = spawnSync("find", [join(root, "v1"), "-name", "~*"], { encoding: "utf8" }).stdout.trim();
  return [found.slice(join(root, "v1").length + 1)];
}

test(
  "FileMedium.upkeep.foreign walks through no link in place of the folder of other keys",
  { timeout },
  async () => {
    await withFiles(async ({ storage, upkeep, root }) => {
      await storage.put("other key", noise(10));
      renameSync(join(root, "v1", "other"), join(root, "elsewhere"));
      writeFileSync(join(root, "elsewhere", "file"), "x");
      symlinkSync(join(root, "elsewhere"), join(root, "v1", "other"));
      assert.deepEqual(await foreign({ upkeep, root }), ["v1/other"]);
      assert.deepEqual(await Array.fromAsync(upkeep.entries()), []);
    });
  },
);

test(
  "FileMedium.upkeep lists a shard that vanishes meanwhile as far as it is there",
  { timeout },
  async () => {
    await withFiles(async ({ storage, upkeep, root }) => {
      const keys = ["1", "2", "3"].map((digit) => digit.repeat(64));
      for (const key of keys) await storage.put(key, noise(3));
      const seen: string[] = [];
      for await (const { key } of upkeep.entries()) {
        seen.push(key);
        if (seen.length > 1) continue;
        unlinkSync(fileOf(root, keys[1]));
        renameSync(join(root, "v1", "33"), join(root, "gone"));
      }
      assert.deepEqual(seen, keys.slice(0, 1));
    });
  },
);
