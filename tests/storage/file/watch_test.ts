import assert from "node:assert/strict";
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import type { StorageEvent } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, fileOf, filesBelow, noise } from "./_entries.ts";

const timeout = 60_000;
const MIB = 1024 * 1024;
const OTHER = "f".repeat(64);

function watched(root: string): { readonly storage: CborFile; readonly events: StorageEvent[] } {
  const storage = new CborFile({ root });
  const events: StorageEvent[] = [];
  storage.watch((event) => void events.push(event));
  return { storage, events };
}

/** As a later version would have written it. */
function makeNewer(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 64 + 9] = 2;
  writeFileSync(path, bytes);
}

for (const size of [100, 300_000, 3 * MIB]) {
  test(
    `CborFile tells of a damaged entry of ${size} bytes before get is over, once`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        const { storage, events } = watched(root);
        await storage.put(DIGEST, noise(size));
        truncateSync(fileOf(root), size);
        assert.equal(await storage.get(DIGEST), undefined);
        assert.deepEqual(events, [{ type: "evict", key: DIGEST, reason: "damaged" }]);
        assert.equal(await storage.get(DIGEST), undefined);
        assert.equal(events.length, 1);
      }),
  );

  test(`CborFile tells of an entry of ${size} bytes of a newer version each time it is asked for`, {
    timeout,
  }, () =>
    withTemporaryDirectory(async (root) => {
      const { storage, events } = watched(root);
      await storage.put(DIGEST, noise(size));
      makeNewer(fileOf(root));
      for (let turn = 0; turn < 2; turn++) assert.equal(await storage.get(DIGEST), undefined);
      const event = { type: "unusable", key: DIGEST, reason: "version" };
      assert.deepEqual(events, [event, event]);
    }));
}

test(
  "CborFile tells nothing of whole entries, absent ones and deletions",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { storage, events } = watched(root);
      for (const size of [100, 3 * MIB]) {
        await storage.put(DIGEST, noise(size));
        await (await storage.get(DIGEST))?.bytes();
        await storage.get(OTHER);
        await storage.delete(DIGEST);
      }
      assert.deepEqual(events, []);
    }),
);

test(
  "CborFile tells by the short way, too, and of keys that are no digests",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { storage, events } = watched(root);
      await storage.put(DIGEST, noise(10));
      await storage.put("another", noise(10));
      writeFileSync(fileOf(root), "damaged");
      assert.equal(storage.small.get(DIGEST), "absent");
      const name = filesBelow(root).find((name) => name.endsWith("=another.cbor"));
      writeFileSync(join(root, name ?? ""), "damaged");
      assert.equal(storage.small.get("another"), "absent");
      assert.deepEqual(events.map(({ key }) => key), [DIGEST, "another"]);
    }),
);

test(
  "CborFile tells of damage that a reader meets",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { storage, events } = watched(root);
      await storage.put(DIGEST, noise(4 * MIB));
      const found = await storage.get(DIGEST);
      truncateSync(fileOf(root), 3 * MIB);
      await assert.rejects(async () => await found?.bytes(), { name: "IntegrityError" });
      assert.deepEqual(events, [{ type: "evict", key: DIGEST, reason: "damaged" }]);
    }),
);

test(
  "CborFile tells of a newer version that took an entry's place before it was read",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { storage, events } = watched(root);
      await storage.put(DIGEST, noise(4 * MIB));
      const found = await storage.get(DIGEST);
      makeNewer(fileOf(root));
      await assert.rejects(async () => await found?.bytes(), { name: "IntegrityError" });
      assert.deepEqual(events, [{ type: "unusable", key: DIGEST, reason: "version" }]);
    }),
);

test(
  "CborFile tells nothing of damage that another has replaced",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { storage, events } = watched(root);
      await storage.put(DIGEST, noise(4 * MIB));
      const reader = (await storage.get(DIGEST))?.stream().getReader();
      await reader?.read();
      truncateSync(fileOf(root), MIB);
      rmSync(fileOf(root));
      await storage.put(DIGEST, noise(10));
      await assert.rejects(async () => {
        while (!(await reader?.read())?.done);
      }, { name: "IntegrityError" });
      assert.deepEqual(events, []);
      assert.equal(await storage.has(DIGEST), true);
    }),
);

test(
  "CborFile tells all who watch, from before and after its first use",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const { storage, events } = watched(root);
      await storage.put(DIGEST, noise(10));
      const later: StorageEvent[] = [];
      storage.watch((event) => void later.push(event));
      writeFileSync(fileOf(root), "damaged");
      await storage.get(DIGEST);
      assert.equal(events.length, 1);
      assert.deepEqual(later, events);
    }),
);
