import assert from "node:assert/strict";
import { test } from "node:test";
import { CborFile } from "../../src/storage/cbor_file.ts";
import { Memory } from "../../src/storage/memory.ts";
import type { Draft, Storage } from "../../src/storage/types.ts";
import { FaultyStorage, storageConformance } from "../../src/testing/mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { TellingStorage } from "../cache/_telling_storage.ts";

const error = new Error("as told");
const bytes = new Uint8Array(100_000).fill(7);
const noise = Uint8Array.from({ length: 1000 }, (_, at) => at * at % 251);

for (const { name, needs, run } of storageConformance) {
  if (needs?.includes("reopen")) continue;
  if (needs?.includes("leases")) {
    test(
      `FaultyStorage that fails nothing: ${name}`,
      { timeout: 60_000 },
      () =>
        withTemporaryDirectory((root) =>
          run(() => ({ storage: new FaultyStorage({ inner: new CborFile({ root }), failAt: 0, error }) }))
        ),
    );
    continue;
  }
  test(
    `FaultyStorage that fails nothing: ${name}`,
    { timeout: 60_000 },
    () => run(() => ({ storage: new FaultyStorage({ inner: new Memory(), failAt: 0, error }) })),
  );
}

test("FaultyStorage fails the n-th operation and no other", async () => {
  for (let failAt = 1; failAt <= 7; failAt++) {
    const inner = new Memory();
    const storage = new FaultyStorage({ inner, failAt, error });
    const steps: (() => Promise<unknown>)[] = [
      () => storage.put("key", bytes),
      () => storage.has("key"),
      () => storage.get("key"),
      () => Array.fromAsync(storage.keys()),
      () => storage.delete("key"),
      // deno-lint-ignore require-await -- what is synchronous fails as the others do.
      async () => storage.small?.get("key"),
      () => storage.get("key"),
    ];
    for (const [at, step] of steps.entries()) {
      if (at + 1 === failAt) await assert.rejects(step, error);
      else await step();
    }
    assert.equal(storage.operationCount, 7);
  }
});

test("FaultyStorage counts only the operations that are named, and can fail all that follow", async () => {
  const storage = new FaultyStorage({
    inner: new Memory(),
    failAt: 2,
    andAfter: true,
    operations: ["put"],
    error,
  });
  await storage.put("a", bytes);
  await storage.get("a");
  for (const key of ["b", "c"]) await assert.rejects(storage.put(key, bytes), error);
  assert.equal(await storage.has("a"), true);
});

test("FaultyStorage lets some bytes of a put or a read pass first", async () => {
  const inner = new Memory();
  const failing = (operation: "put" | "read"): FaultyStorage =>
    new FaultyStorage({ inner, failAt: 1, operations: [operation], error, afterBytes: 70_000 });
  await assert.rejects(failing("put").put("key", bytes), error);
  assert.equal(await inner.has("key"), false);
  await inner.put("key", bytes);
  const reader = (await failing("read").get("key"))?.stream().getReader();
  let size = 0;
  await assert.rejects(async () => {
    for (;;) size += (await reader?.read())?.value?.length ?? 0;
  }, error);
  assert.equal(size, 70_000);
});

/** A draft of a storage whose operation fails at its first time. */
async function draftFailing(
  operation: "write" | "finish",
  afterBytes = 0,
): Promise<{ inner: Memory; draft: Draft }> {
  const inner = new Memory();
  const storage = new FaultyStorage({ inner, failAt: 1, operations: [operation], error, afterBytes });
  const draft = await storage.draft?.();
  assert.ok(draft);
  return { inner, draft };
}

test("FaultyStorage has drafts only where what it wraps has them", () => {
  const inner = new Memory();
  assert.notEqual(new FaultyStorage({ inner, failAt: 0, error }).draft, undefined);
  const bare: Storage = Object.assign(Object.create(inner), { draft: undefined });
  assert.equal(new FaultyStorage({ inner: bare, failAt: 0, error }).draft, undefined);
});

test("FaultyStorage fails to begin a draft", async () => {
  const storage = new FaultyStorage({ inner: new Memory(), failAt: 1, operations: ["draft"], error });
  await assert.rejects(async () => await storage.draft?.(), error);
  await (await storage.draft?.())?.abandon();
});

test("FaultyStorage has leases only where what it wraps has them", () => {
  const inner = new CborFile({ root: "nowhere" });
  assert.notEqual(new FaultyStorage({ inner, failAt: 0, error }).leases, undefined);
  assert.equal(new FaultyStorage({ inner: new Memory(), failAt: 0, error }).leases, undefined);
});

test("FaultyStorage fails to take a lease, and nobody holds it then", async () => {
  await withTemporaryDirectory(async (root) => {
    const inner = new CborFile({ root });
    const storage = new FaultyStorage({ inner, failAt: 1, operations: ["take"], error });
    await assert.rejects(async () => await storage.leases?.take("key"), error);
    await storage.leases?.wait("key");
    const lease = await storage.leases?.take("key");
    assert.equal(await inner.leases.take("key"), undefined);
    await lease?.release();
  });
});

test("FaultyStorage counts draft, write and finish", async () => {
  const storage = new FaultyStorage({ inner: new Memory(), failAt: 0, error });
  const draft = await storage.draft?.();
  await draft?.write(bytes);
  await draft?.write(bytes);
  await draft?.read(0);
  await draft?.finish("key");
  assert.equal(storage.operationCount, 4);
});

test("FaultyStorage fails a write of a draft and all after it, and what was taken can be read", async () => {
  const { inner, draft } = await draftFailing("write", 70_000);
  for (let turn = 0; turn < 3; turn++) await assert.rejects(async () => await draft.write(bytes), error);
  assert.equal(draft.size, 70_000);
  assert.deepEqual((await draft.read(69_990)).length, 10);
  await assert.rejects(draft.finish("key"), error);
  await draft.abandon();
  assert.equal(await inner.has("key"), false);
});

test("FaultyStorage fails to finish a draft, and nothing is left of it", async () => {
  const { inner, draft } = await draftFailing("finish");
  await draft.write(bytes);
  await assert.rejects(draft.finish("key"), error);
  await draft.abandon();
  assert.deepEqual(await Array.fromAsync(inner.keys()), []);
});

test("FaultyStorage passes ranges on, and its failing stream is a byte stream", async () => {
  const inner = new Memory();
  await inner.put("key", noise);
  const storage = new FaultyStorage({ inner, failAt: 2, operations: ["read"], error, afterBytes: 100 });
  const body = await storage.get("key");
  const range = { start: 500, end: 900 };
  const sound = new Uint8Array(await new Response(body?.stream(range)).arrayBuffer());
  assert.deepEqual(sound, noise.slice(500, 900));
  const reader = body?.stream(range).getReader({ mode: "byob" });
  const seen: number[] = [];
  await assert.rejects(async () => {
    for (;;) seen.push(...(await reader?.read(new Uint8Array(30)))?.value ?? []);
  }, error);
  assert.deepEqual(seen, [...noise.slice(500, 600)]);
});

test("FaultyStorage passes on what its inner storage tells, and tells nothing where that does not", () => {
  assert.equal(new FaultyStorage({ inner: new Memory(), failAt: 0, error }).watch, undefined);
  const inner = new TellingStorage();
  const heard: unknown[] = [];
  new FaultyStorage({ inner, failAt: 1, error }).watch?.((event) => heard.push(event));
  const event = { type: "evict", key: "a", reason: "damaged" } as const;
  inner.tell(event);
  assert.deepEqual(heard, [event]);
});
