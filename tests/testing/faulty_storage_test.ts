import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory } from "../../src/storage/memory.ts";
import { FaultyStorage, storageConformance } from "../../src/testing/mod.ts";

const error = new Error("as told");
const bytes = new Uint8Array(100_000).fill(7);

for (const { name, needs, run } of storageConformance) {
  if (needs !== undefined) continue;
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
