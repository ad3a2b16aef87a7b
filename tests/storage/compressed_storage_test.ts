import assert from "node:assert/strict";
import { test } from "node:test";
import { CborFile } from "../../src/storage/cbor_file.ts";
import { CompressedStorage } from "../../src/storage/compressed_storage.ts";
import { type Compression, compressions } from "../../src/storage/compression/compression.ts";
import { Memory } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/types.ts";
import { storageConformance } from "../../src/testing/mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

function compressedBy(inner: Storage, ...chain: readonly Compression[]): Storage {
  return chain.reduce(
    (storage, compression) => new CompressedStorage({ compression, inner: storage }),
    inner,
  );
}

test("CompressedStorage has the leases of what it wraps, or none", () => {
  const inner = new CborFile({ root: "nowhere" });
  assert.equal(compressedBy(inner, "gzip", "zstd").leases, inner.leases);
  assert.equal(compressedBy(new Memory(), "gzip").leases, undefined);
});

const chains: readonly (readonly Compression[])[] = [
  ...compressions.map((compression) => [compression]),
  ["brotli", "deflate-raw", "gzip"],
];

for (const chain of chains) {
  const title = chain.join(" in ");
  const hasDrafts = compressedBy(new Memory(), ...chain).draft !== undefined;
  for (const { name, needs, run } of storageConformance) {
    if (needs?.includes("draft") && !hasDrafts) continue;
    // What is in memory is compressed by the same code: once is enough.
    if (!needs?.includes("reopen") && !needs?.includes("leases") && title === "gzip") {
      test(
        `CompressedStorage, ${title} in Memory: ${name}`,
        { timeout: 60_000 },
        () => run(() => ({ storage: compressedBy(new Memory(), ...chain.toReversed()) })),
      );
    }
    test(
      `CompressedStorage, ${title} in CborFile: ${name}`,
      { timeout: 60_000 },
      () =>
        withTemporaryDirectory((root) => {
          const open = (): Storage => compressedBy(new CborFile({ root }), ...chain.toReversed());
          return run(() => ({ storage: open(), reopen: open }));
        }),
    );
  }
}
