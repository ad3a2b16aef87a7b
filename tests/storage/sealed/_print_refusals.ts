// deno-lint-ignore-file no-console -- printing is what it is for.
/** Meets entries that cannot be used, each twice; prints what was warned of and what watchers heard, as JSON. */
import assert from "node:assert/strict";
import { Memory } from "../../../src/storage/memory.ts";
import type { StorageEvent } from "../../../src/storage/types.ts";
import { warningsOf } from "../../_warnings.ts";
import { maskedName, signedEntry } from "./_oracle.ts";
import { bytesOf, KEY, noise, OTHER_KEY, sealed } from "./_sealed.ts";

const inner = new Memory();
const ends = {
  unsigned: noise(300),
  newer: await signedEntry({ secret: KEY, key: "k", body: noise(5), version: 2 }),
};
const events: StorageEvent[] = [];
const warnings = await warningsOf(async () => {
  const storage = sealed(inner, false);
  storage.watch((event) => events.push(event));
  await storage.has("k");
  for (let turn = 0; turn < 2; turn++) {
    await inner.put("k", ends.unsigned);
    assert.equal(await bytesOf(storage, "k"), undefined);
    assert.equal(storage.small?.get("k"), "absent");
    await inner.put("k", ends.newer);
    assert.equal(await bytesOf(storage, "k"), undefined);
    await sealed(inner, false, OTHER_KEY).put("k", noise(5));
    assert.equal(await bytesOf(storage, "k"), undefined);
    await sealed(inner, true).put("k", noise(5));
    const name = await maskedName(KEY, "k");
    assert.equal(await bytesOf(storage, name), undefined);
  }
});
console.log(JSON.stringify({ warnings, events }));
