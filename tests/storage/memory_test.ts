import assert from "node:assert/strict";
import { test } from "node:test";
import { createHash } from "node:crypto";
import { Memory } from "../../src/storage/memory.ts";
import type { StorageEvent } from "../../src/storage/types.ts";
import { storageConformance } from "../../src/testing/mod.ts";

for (const { name, needs, run } of storageConformance) {
  if (needs?.includes("reopen") || needs?.includes("leases")) continue;
  test(`Memory: ${name}`, { timeout: 60_000 }, () => run(() => ({ storage: new Memory() })));
  test(`Memory with a limit: ${name}`, { timeout: 60_000 }, async () => {
    await run(() => ({ storage: new Memory({ maxBytes: 1_000_000_000 }) }));
  });
}

const bytes = (size: number) => new Uint8Array(size).fill(size);
const keysOf = (storage: Memory) => Array.fromAsync(storage.keys());

function streamOf(...sizes: number[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(sizes.map(bytes));
}

test("Memory lets the entries go that were put first, until the bodies fit", async () => {
  const storage = new Memory({ maxBytes: 10 });
  for (const key of ["a", "b", "c"]) await storage.put(key, bytes(3));
  assert.deepEqual(await keysOf(storage), ["a", "b", "c"]);
  await storage.put("d", bytes(1));
  assert.deepEqual(await keysOf(storage), ["a", "b", "c", "d"], "exactly full");
  await storage.put("e", bytes(4));
  assert.deepEqual(await keysOf(storage), ["c", "d", "e"]);
});

const USES: readonly (readonly [says: string, use: (storage: Memory) => unknown])[] = [
  ["get", (storage) => storage.get("a")],
  ["small.get", (storage) => storage.small.get("a")],
  ["put", (storage) => storage.put("a", bytes(3))],
];
for (const [says, use] of USES) {
  test(`Memory counts ${says} as a use`, async () => {
    const storage = new Memory({ maxBytes: 9 });
    for (const key of ["a", "b", "c"]) await storage.put(key, bytes(3));
    await use(storage);
    await storage.put("d", bytes(3));
    assert.deepEqual(await keysOf(storage), ["c", "a", "d"]);
  });
}

test("Memory counts neither has nor keys as a use", async () => {
  const storage = new Memory({ maxBytes: 9 });
  for (const key of ["a", "b", "c"]) await storage.put(key, bytes(3));
  await storage.has("a");
  await keysOf(storage);
  await storage.put("d", bytes(3));
  assert.deepEqual(await keysOf(storage), ["b", "c", "d"]);
});

test("Memory lists each key once while its reader uses them", async () => {
  const storage = new Memory({ maxBytes: 9 });
  for (const key of ["a", "b", "c"]) await storage.put(key, bytes(3));
  const listed: string[] = [];
  for await (const key of storage.keys()) {
    assert.ok(listed.push(key) <= 3);
    await storage.get(key);
  }
  assert.deepEqual(listed, ["a", "b", "c"]);
});

test("Memory counts replaced, deleted and forgotten bodies no more", async () => {
  const storage = new Memory({ maxBytes: 10 });
  await storage.put("a", bytes(10));
  await storage.put("a", bytes(4));
  await storage.put("b", bytes(6));
  assert.deepEqual(await keysOf(storage), ["a", "b"]);
  await storage.delete("a");
  await storage.delete("a");
  await storage.put("c", bytes(4));
  assert.deepEqual(await keysOf(storage), ["b", "c"]);
  await storage[Symbol.asyncDispose]();
  await storage.put("d", bytes(10));
  assert.deepEqual(await keysOf(storage), ["d"]);
});

test("Memory keeps empty bodies however full it is", async () => {
  const storage = new Memory({ maxBytes: 1 });
  await storage.put("empty", bytes(0));
  await storage.put("full", bytes(1));
  assert.deepEqual(await keysOf(storage), ["empty", "full"]);
});

const TOO_LARGE = {
  name: "Error",
  message: /^Cannot keep a body of 11 bytes or more in memory: .* 10 bytes/,
};
test("Memory refuses a body that is larger than its limit, and changes nothing", async () => {
  const storage = new Memory({ maxBytes: 10 });
  await storage.put("a", bytes(4));
  await storage.put("b", bytes(5));
  await assert.rejects(storage.put("a", bytes(11)), TOO_LARGE);
  await assert.rejects(storage.put("a", streamOf(5, 5, 1, 100)), TOO_LARGE);
  assert.deepEqual(await keysOf(storage), ["a", "b"]);
  assert.deepEqual(await (await storage.get("a"))?.bytes(), bytes(4));
});

test("Memory cancels a source as soon as it is larger than the limit", async () => {
  let pulled = 0;
  let cancelled: unknown;
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(bytes(6));
    },
    cancel: (reason) => {
      cancelled = reason;
    },
  }, { highWaterMark: 0 });
  const failed = new Memory({ maxBytes: 10 }).put("key", source);
  await assert.rejects(failed, /12 bytes/);
  assert.equal(pulled, 2);
  assert.match(String(cancelled), /12 bytes/);
});

test("Memory has room for bodies of exactly the limit, as bytes, stream and draft", async () => {
  const storage = new Memory({ maxBytes: 10 });
  const draft = await storage.draft();
  draft.write(bytes(10));
  await draft.finish("draft");
  await storage.put("stream", streamOf(5, 5));
  await storage.put("bytes", bytes(10));
  assert.deepEqual(await keysOf(storage), ["bytes"]);
});

test("Memory refuses a draft that grows beyond the limit, then and ever after", async () => {
  const storage = new Memory({ maxBytes: 10 });
  await storage.put("a", bytes(8));
  const draft = await storage.draft();
  draft.write(bytes(6));
  assert.throws(() => draft.write(bytes(5)), TOO_LARGE);
  assert.throws(() => draft.write(bytes(1)), TOO_LARGE, "or there would be a hole");
  assert.equal(draft.size, 6);
  assert.deepEqual(draft.read(1), bytes(6).subarray(1));
  await assert.rejects(draft.finish("a"), TOO_LARGE);
  assert.deepEqual(await (await storage.get("a"))?.bytes(), bytes(8));
});

test("Memory makes room for a draft when it is finished", async () => {
  const storage = new Memory({ maxBytes: 10 });
  await storage.put("a", bytes(8));
  const draft = await storage.draft();
  draft.write(bytes(6));
  assert.deepEqual(await keysOf(storage), ["a"]);
  await draft.finish("b");
  assert.deepEqual(await keysOf(storage), ["b"]);
});

test("Memory gives readers what was let go of while they read it", async () => {
  const storage = new Memory({ maxBytes: 600_000 });
  await storage.put("a", streamOf(300_000, 300_000));
  const body = await storage.get("a");
  await storage.put("b", bytes(1));
  assert.equal(await storage.has("a"), false);
  assert.equal((await body?.bytes())?.length, 600_000);
});

test("Memory against a model: the least recently used go", async () => {
  const MAX = 50;
  const storage = new Memory({ maxBytes: MAX });
  const model = new Map<string, number>();
  let state = 1;
  const random = (below: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
  for (let turn = 0; turn < 5000; turn++) {
    const key = `k${random(12)}`;
    const size = random(20);
    const known = model.get(key);
    const kind = random(4);
    if (kind === 0) {
      assert.equal(await storage.delete(key), model.delete(key));
    } else if (kind === 1) {
      assert.equal((await storage.get(key))?.size, known);
      if (known !== undefined) model.delete(key), model.set(key, known);
    } else {
      await storage.put(key, kind === 2 ? bytes(size) : streamOf(size));
      model.delete(key);
      model.set(key, size);
      for (const oldest of model.keys()) {
        if ([...model.values()].reduce((sum, each) => sum + each, 0) <= MAX) break;
        model.delete(oldest);
      }
    }
    assert.deepEqual(await keysOf(storage), [...model.keys()]);
  }
});

test("Memory takes integers from 1 as its limit, and nothing else", () => {
  for (const maxBytes of ["5", null, 5n, {}]) {
    assert.throws(() => new Memory({ maxBytes: maxBytes as number }), TypeError, String(maxBytes));
  }
  for (const maxBytes of [0, -1, 1.5, NaN, Infinity, 2 ** 53]) {
    assert.throws(() => new Memory({ maxBytes }), RangeError, String(maxBytes));
  }
  new Memory({ maxBytes: 1 });
  new Memory({});
});

test("Memory digests a draft as the contract says", async () => {
  const draft = await new Memory().draft();
  const body = bytes(256 * 1024 + 7);
  draft.write(body.subarray(0, 10));
  draft.write(body.subarray(10));
  const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest();
  const parts = [body.subarray(0, 256 * 1024), body.subarray(256 * 1024)].map(sha256);
  assert.equal(draft.digest(), sha256(Buffer.concat(parts)).toString("hex"));
  await draft.abandon();
});

test("Memory tells who watches of entries that make room, and of no others", async () => {
  const storage = new Memory({ maxBytes: 10 });
  const events: StorageEvent[] = [];
  storage.watch((event) => events.push(event));
  for (const key of ["a", "b", "c"]) await storage.put(key, bytes(3));
  await storage.put("a", bytes(4));
  await storage.delete("b");
  assert.deepEqual(events, []);
  await storage.put("d", bytes(9));
  assert.deepEqual(events, [
    { type: "evict", key: "c", reason: "size" },
    { type: "evict", key: "a", reason: "size" },
  ]);
  const draft = await storage.draft();
  draft.write(bytes(5));
  await draft.finish("e");
  assert.deepEqual(events.at(-1), { type: "evict", key: "d", reason: "size" });
});

test("Memory lists entries in the order of their keys, whatever was used last, and uses none", async () => {
  const storage = new Memory({ maxBytes: 9 });
  for (const key of ["c", "a", "b"]) await storage.put(key, bytes(3));
  await storage.get("c");
  const listed = await Array.fromAsync(storage.upkeep.entries());
  assert.deepEqual(listed.map(({ key, size }) => [key, size]), [["a", 3], ["b", 3], ["c", 3]]);
  assert.equal(await storage.upkeep.check("a"), "whole");
  await storage.put("d", bytes(3));
  assert.deepEqual(await keysOf(storage), ["b", "c", "d"]);
});

test("Memory counts what upkeep removes no more, and tells of what it sets aside", async () => {
  const storage = new Memory({ maxBytes: 10 });
  const events: StorageEvent[] = [];
  storage.watch((event) => events.push(event));
  for (const key of ["a", "b"]) await storage.put(key, bytes(5));
  const [a, b] = await Array.fromAsync(storage.upkeep.entries());
  assert.equal(a !== undefined && await storage.upkeep.remove(a), true);
  assert.deepEqual(events, []);
  assert.equal(b !== undefined && await storage.upkeep.setAside(b), true);
  assert.deepEqual(events, [{ type: "evict", key: "b", reason: "damaged" }]);
  await storage.put("c", bytes(10));
  assert.equal(events.length, 1);
});
