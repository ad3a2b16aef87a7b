import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assertGolden } from "../../_golden.ts";
import { cborCodec } from "../../../src/codec/cbor/cbor_codec.ts";
import { corpus } from "../_corpus.ts";
import { assertSame } from "../_same.ts";

const GOLDEN = "codec/cbor/version_1.txt";

test("cborCodec writes the bytes of format version 1, on every runtime", () => {
  const lines = Object.entries(corpus()).map(([name, value]) => {
    const bytes = cborCodec.encode(value);
    assert.ok(bytes instanceof Uint8Array);
    return `${name}: ${bytes.toHex()}\n`;
  });
  assertGolden(GOLDEN, lines.join(""));
});

test("cborCodec reads the bytes of format version 1", async () => {
  const values = corpus();
  const lines = readFileSync(new URL(`../../golden/${GOLDEN}`, import.meta.url), "utf8").trimEnd().split(
    "\n",
  );
  assert.equal(lines.length, Object.keys(values).length);
  for (const line of lines) {
    const [name = "", hex = ""] = line.split(": ");
    assertSame(await cborCodec.decode(Uint8Array.fromHex(hex)), values[name]);
  }
});
