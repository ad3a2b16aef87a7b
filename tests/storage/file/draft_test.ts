import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { placeOf } from "../../../src/storage/file/_layout.ts";
import { FileMedium } from "../../../src/storage/file/file_medium.ts";
import type { Draft } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, entryBySpecification, fileOf, filesBelow, noise, temporaries } from "./_entries.ts";

const timeout = 60_000;
const MIB = 1024 * 1024;

function mediumIn(root: string): FileMedium {
  return new FileMedium({ root, suffix: ".cbor" });
}

async function written(medium: FileMedium, bytes: Uint8Array, chunk = 65_536): Promise<Draft> {
  const draft = await medium.draft();
  for (let at = 0; at < bytes.length; at += chunk) await draft.write(bytes.subarray(at, at + chunk));
  return draft;
}

/** What can be read of a draft, from its beginning to its size. */
async function readable(draft: Draft): Promise<Uint8Array> {
  const whole = new Uint8Array(draft.size);
  for (let at = 0; at < whole.length;) {
    const some = await draft.read(at);
    whole.set(some, at);
    at += some.length;
  }
  return whole;
}

test(
  "FileMedium.draft has no file before a MiB is full, and one in the folder for them then",
  { timeout },
  () =>
    withTemporaryDirectory(async (directory) => {
      const root = join(directory, "cache");
      const draft = await written(mediumIn(root), noise(MIB));
      assert.equal(existsSync(root), false);
      await draft.write(noise(1));
      assert.equal(temporaries(root).length, 1);
      assert.deepEqual(filesBelow(root), ["CACHEDIR.TAG", `v1/tmp/${temporaries(root)[0]}`]);
      await draft.abandon();
      assert.deepEqual(filesBelow(root), ["CACHEDIR.TAG"]);
    }),
);

test(
  "FileMedium.draft writes entries byte for byte as specified",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const medium = mediumIn(root);
      const long = "Schlüssel ".repeat(30);
      for (
        const size of [0, 1, 61_440, 61_441, 262_144, 262_145, MIB, MIB + 1, 2 * MIB, 2_500_000, 3 * MIB]
      ) {
        for (const isDigested of [false, true]) {
          const body = noise(size);
          const draft = await written(medium, body);
          if (isDigested) draft.digest();
          await draft.finish(DIGEST);
          const file = readFileSync(fileOf(root));
          assert.ok(
            entryBySpecification(DIGEST, body).equals(file),
            `${size} bytes, digested: ${isDigested}`,
          );
          await (await written(medium, body)).finish(long);
          const { folder, name } = placeOf(long);
          const kept = readFileSync(join(root, "v1", folder, `${name}.cbor`));
          assert.ok(
            entryBySpecification(long, body, { keepsKey: true }).equals(kept),
            `${size} bytes, key kept`,
          );
        }
      }
      assert.deepEqual(temporaries(root), []);
    }),
);

test(
  "FileMedium.draft digests again what has grown",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const medium = mediumIn(root);
      const body = noise(2 * MIB + 77);
      const draft = await medium.draft();
      for (let at = 0; at < body.length; at += 99_999) {
        await draft.write(body.subarray(at, at + 99_999));
        const fresh = await written(medium, body.subarray(0, at + 99_999));
        assert.equal(draft.digest(), fresh.digest(), `${at}`);
        await fresh.abandon();
      }
      await draft.finish(DIGEST);
      assert.ok(entryBySpecification(DIGEST, body).equals(readFileSync(fileOf(root))));
    }),
);

test("FileMedium.draft rejects where it cannot write, ever after, and what was taken can be read", {
  timeout,
}, () =>
  withTemporaryDirectory(async (root) => {
    writeFileSync(join(root, "v1"), "a file where a folder should be");
    const body = noise(MIB - 7);
    const draft = await written(mediumIn(root), body);
    await assert.rejects(async () => await draft.write(noise(8)), { code: /ENOTDIR|EEXIST/ });
    for (let turn = 0; turn < 3; turn++) await assert.rejects(async () => await draft.write(noise(1)));
    assert.equal(draft.size, body.length);
    assert.deepEqual(await readable(draft), body);
    await assert.rejects(draft.finish(DIGEST), { code: /ENOTDIR|EEXIST/ });
    await draft.abandon();
    assert.deepEqual(filesBelow(root), ["v1"]);
  }));

test(
  "FileMedium.draft that cannot be made visible can be read until it is abandoned",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const body = noise(3 * MIB);
      const draft = await written(mediumIn(root), body);
      renameSync(join(root, "v1"), join(root, "elsewhere"));
      symlinkSync(join(root, "elsewhere"), join(root, "v1"));
      await assert.rejects(draft.finish(DIGEST), /it is a link/);
      assert.deepEqual(await readable(draft), body);
      assert.equal(temporaries(root).length, 1);
      await draft.abandon();
      assert.equal(temporaries(root).length, 0);
    }),
);

test(
  "FileMedium.draft counts a chunk when it is taken whole",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const body = noise(5 * MIB);
      const draft = await mediumIn(root).draft();
      await draft.write(body.subarray(0, 100));
      const writing = draft.write(body.subarray(100));
      assert.equal(draft.size, 100);
      assert.deepEqual(await draft.read(0), body.slice(0, 100));
      await writing;
      assert.equal(draft.size, body.length);
      await draft.abandon();
    }),
);

test(
  "FileMedium.draft refuses to read where nothing is",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const draft = await written(mediumIn(root), noise(10));
      for (const position of [10, 11, -1, 0.5, NaN]) assert.throws(() => draft.read(position), RangeError);
      await draft.abandon();
    }),
);

test(
  "FileMedium.draft reads nothing that was changed on disk, and is not finished then",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const draft = await written(mediumIn(root), noise(4 * MIB));
      const [name = ""] = temporaries(root);
      const path = join(root, "v1", "tmp", name);
      const bytes = readFileSync(path);
      bytes[700_000] = (bytes[700_000] ?? 0) ^ 1;
      writeFileSync(path, bytes);
      await assert.rejects(async () => await draft.read(700_001), /it is damaged/);
      await assert.rejects(async () => await draft.write(noise(1)), /it is damaged/);
      await assert.rejects(draft.finish(DIGEST), /it is damaged/);
      await draft.abandon();
      assert.deepEqual(filesBelow(root), ["CACHEDIR.TAG"]);
    }),
);

test(
  "FileMedium.draft is not finished when its file is gone, and nothing is left",
  { timeout },
  () =>
    withTemporaryDirectory(async (directory) => {
      const root = join(directory, "cache");
      for (const lost of [join(root, "v1", "tmp"), root]) {
        const draft = await written(mediumIn(root), noise(2 * MIB));
        rmSync(lost, { recursive: true });
        await assert.rejects(draft.finish(DIGEST), { code: "ENOENT" });
        await draft.abandon();
        assert.deepEqual(existsSync(root) ? filesBelow(root) : [], existsSync(root) ? ["CACHEDIR.TAG"] : []);
      }
      await mediumIn(root).put(DIGEST, noise(10));
    }),
);

test(
  "FileMedium.draft that is aborted while it is finished leaves nothing",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const medium = mediumIn(root);
      for (const size of [100_000, 2 * MIB, 5 * MIB]) {
        const draft = await written(medium, noise(size));
        const aborter = new AbortController();
        const reason = new Error("aborted meanwhile");
        const finishing = draft.finish(DIGEST, { signal: aborter.signal });
        aborter.abort(reason);
        await assert.rejects(finishing, reason);
        await draft.abandon();
        assert.deepEqual(filesBelow(root), ["CACHEDIR.TAG"]);
      }
    }),
);

test(
  "FileMedium.draft that is abandoned while it takes a chunk leaves nothing",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      for (const before of [10, 70_000, MIB, 3 * MIB - 1]) {
        const draft = await written(mediumIn(root), noise(before));
        const writing = assert.rejects(async () => await draft.write(noise(9 * MIB)), TypeError);
        await draft.abandon();
        await writing;
        assert.deepEqual(temporaries(root), [], `after ${before} bytes`);
      }
    }),
);

test(
  "FileMedium.draft is not finished while it takes a chunk",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const medium = mediumIn(root);
      const draft = await written(medium, noise(10));
      const writing = assert.rejects(async () => await draft.write(noise(9 * MIB)), TypeError);
      await assert.rejects(draft.finish(DIGEST), TypeError);
      await writing;
      assert.deepEqual(await Array.fromAsync(medium.keys()), []);
      assert.deepEqual(temporaries(root), []);
    }),
);
