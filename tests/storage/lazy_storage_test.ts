import assert from "node:assert/strict";
import { test } from "node:test";
import { LazyStorage } from "../../src/storage/_lazy_storage.ts";
import { Memory } from "../../src/storage/memory.ts";
import type { Storage, StorageEvent } from "../../src/storage/types.ts";
import { VoidStorage } from "../../src/storage/void_storage.ts";

const bytes = (size: number) => new Uint8Array(size).fill(size);

function watched(make: () => Promise<Storage>): { storage: LazyStorage; events: StorageEvent[] } {
  const storage = new LazyStorage(make);
  const events: StorageEvent[] = [];
  storage.watch((event) => events.push(event));
  return { storage, events };
}

test("LazyStorage remembers who watches until the storage is made, and makes none for it", async () => {
  let made = 0;
  const { storage, events } = watched(() => Promise.resolve((made++, new Memory({ maxBytes: 3 }))));
  const late: StorageEvent[] = [];
  assert.equal(made, 0);
  await storage.put("a", bytes(3));
  storage.watch((event) => late.push(event));
  await storage.put("b", bytes(3));
  assert.deepEqual(events, [{ type: "evict", key: "a", reason: "size" }]);
  assert.deepEqual(late, events);
});

test("LazyStorage tells of what happens in the first operation", async () => {
  const { storage, events } = watched(async () => {
    const memory = new Memory({ maxBytes: 3 });
    await memory.put("a", bytes(3));
    return memory;
  });
  await storage.put("b", bytes(3));
  assert.deepEqual(events, [{ type: "evict", key: "a", reason: "size" }]);
});

test("LazyStorage remembers who watches when the storage could not be made", async () => {
  let attempts = 0;
  const { storage, events } = watched(() => {
    if (++attempts === 1) return Promise.reject(new Error("not yet"));
    return Promise.resolve(new Memory({ maxBytes: 3 }));
  });
  await assert.rejects(storage.has("a"), /not yet/);
  await storage.put("a", bytes(3));
  await storage.put("b", bytes(3));
  assert.equal(events.length, 1);
});

test("LazyStorage looks after the storage that it makes", async () => {
  const storage = new LazyStorage(() => Promise.resolve(new Memory()));
  assert.equal(await storage.upkeep.check("a"), "absent");
  await storage.put("a", bytes(3));
  const [entry] = await Array.fromAsync(storage.upkeep.entries());
  assert.equal(entry?.key, "a");
  assert.deepEqual(await Array.fromAsync(storage.upkeep.foreign()), []);
  assert.equal(entry !== undefined && await storage.upkeep.remove(entry), true);
  assert.equal(entry !== undefined && await storage.upkeep.setAside(entry), false);
});

test("LazyStorage rejects where there is nothing to look after, and watches in silence", async () => {
  const { storage } = watched(() => Promise.resolve(new VoidStorage()));
  await storage.put("a", bytes(3));
  storage.watch(() => {});
  await assert.rejects(storage.upkeep.check("a"), /it has no upkeep/);
});
