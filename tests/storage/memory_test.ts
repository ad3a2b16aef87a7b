import { test } from "node:test";
import { Memory } from "../../src/storage/memory.ts";
import { storageConformance } from "../../src/testing/mod.ts";

for (const { name, needs, run } of storageConformance) {
  if (needs?.includes("reopen")) continue;
  test(`Memory: ${name}`, { timeout: 60_000 }, () => run(() => ({ storage: new Memory() })));
}
