import assert from "node:assert/strict";
import { test } from "node:test";
import { CompressedStorage } from "../../../src/storage/compressed_storage.ts";
import { type Compression, compressions } from "../../../src/storage/compression/compression.ts";
import { Memory } from "../../../src/storage/memory.ts";
import { entropy, KIB, MIB, prose } from "./_bodies.ts";
import { takenApart } from "./_entry.ts";

const timeout = 60_000;

async function framesOf(
  compression: Compression,
  body: Uint8Array,
): Promise<{ plain: string; size: number }> {
  const inner = new Memory();
  await new CompressedStorage({ compression, inner }).put("key", body);
  const entry = await (await inner.get("key"))?.bytes() ?? new Uint8Array();
  const plain = takenApart(entry).frames.map((frame) => frame.plain ? "p" : "c").join("");
  return { plain, size: entry.length };
}

for (const compression of compressions) {
  test(`CompressedStorage by ${compression} stores what does not shrink as it is`, { timeout }, async () => {
    for (const size of [1, 30, 1000, 65_536, 65_537, 5 * MIB]) {
      const { plain, size: stored } = await framesOf(compression, entropy(size));
      assert.match(plain, /^p+$/);
      assert.equal(stored, size + 8 * plain.length + 20);
    }
  });

  test(
    `CompressedStorage by ${compression} compresses again behind what does not shrink`,
    { timeout },
    async () => {
      const body = new Uint8Array(60 * MIB);
      body.set(entropy(20 * MIB));
      const { size } = await framesOf(compression, body);
      // As much again may pass untried, and no more.
      assert.ok(size < 41 * MIB, `${size}`);
    },
  );
}

test("CompressedStorage stores a block as it is unless it shrinks by 3 %", { timeout }, async () => {
  for (const [compressible, expected] of [[3, "p"], [6, "c"]] as const) {
    const body = entropy(256 * KIB);
    body.fill(0, 0, Math.floor(body.length * compressible / 100));
    assert.equal((await framesOf("gzip", body)).plain, expected, `${compressible} %`);
  }
});

test("CompressedStorage tries ever fewer blocks of what does not shrink, and all again after one that did", {
  timeout,
}, async () => {
  const block = 256 * KIB;
  const kinds = "n".repeat(40) + "z".repeat(60) + "n".repeat(4) + "z".repeat(20);
  const body = new Uint8Array(kinds.length * block);
  for (const [at, kind] of [...kinds].entries()) {
    if (kind === "n") body.set(entropy(block, at + 1), at * block);
  }
  const { plain } = await framesOf("gzip", body);
  assert.equal(plain.slice(0, 40), "p".repeat(40));
  const first = plain.indexOf("c");
  assert.ok(first < 40 + 64, `zeros from block 40 on are compressed from ${first} on`);
  assert.equal(plain.slice(first, 100), "c".repeat(100 - first));
  assert.match(plain.slice(100), /^pppp.{0,8}c{12,}$/);
});

test("CompressedStorage compresses every block of what shrinks", { timeout }, async () => {
  assert.match((await framesOf("gzip", prose(20 * MIB))).plain, /^c{80}$/);
});
