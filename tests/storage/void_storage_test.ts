import assert from "node:assert/strict";
import { test } from "node:test";
import { VoidStorage } from "../../src/storage/void_storage.ts";

test("VoidStorage keeps nothing", async () => {
  const storage = new VoidStorage();
  await storage.put("key", new Uint8Array(3));
  assert.equal(storage.small.get("key"), "absent");
  assert.equal(await storage.get("key"), undefined);
  assert.equal(await storage.has("key"), false);
  assert.equal(await storage.delete("key"), false);
  assert.deepEqual(await Array.fromAsync(storage.keys()), []);
  await storage[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
});

test("VoidStorage cancels a stream that it is given", async () => {
  let cancelled = false;
  const source = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  await new VoidStorage().put("key", source);
  assert.equal(cancelled, true);
});

test("VoidStorage refuses what is no key and honours an aborted signal", async () => {
  const storage = new VoidStorage();
  await assert.rejects(storage.put("", new Uint8Array()), TypeError);
  await assert.rejects(storage.get("\ud800"), TypeError);
  await assert.rejects(storage.has(""), TypeError);
  await assert.rejects(storage.delete(""), TypeError);
  const reason = new Error("stop");
  const signal = AbortSignal.abort(reason);
  await assert.rejects(storage.put("key", new Uint8Array(), { signal }), reason);
  await assert.rejects(storage.get("key", { signal }), reason);
  await assert.rejects(Array.fromAsync(storage.keys({ signal })), reason);
});

test("VoidStorage declares no drafts: results that are streams go by it uncached", () => {
  assert.equal("draft" in new VoidStorage(), false);
});

test("VoidStorage has nothing to look after", () => {
  assert.equal("upkeep" in new VoidStorage(), false);
});
