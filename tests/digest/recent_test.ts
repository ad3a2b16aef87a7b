import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { recentSha256Hex } from "../../src/digest/_recent.ts";

test("recentSha256Hex is SHA-256 for every length, whatever was hashed before in the same slots", () => {
  const bytes = new Uint8Array(512);
  const words = new Uint32Array(bytes.buffer);
  let seed = 1;
  for (let round = 0; round < 20_000; round++) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    const length = seed % 400;
    // Few different contents, so that many come again, and left-over bytes behind the form.
    for (let at = 0; at < 400; at++) bytes[at] = (seed >> 16) % 7 === 0 ? at : (seed >> 20) % 5;
    const expected = createHash("sha256").update(bytes.subarray(0, length)).digest("hex");
    assert.equal(recentSha256Hex(bytes, words, length), expected, `round ${round}, ${length} bytes`);
  }
});

test("recentSha256Hex tells forms apart that differ in length alone, or in one bit", () => {
  const bytes = new Uint8Array(64);
  const words = new Uint32Array(bytes.buffer);
  const seen = new Set<string>();
  for (let length = 0; length < 60; length++) seen.add(recentSha256Hex(bytes.fill(0), words, length));
  assert.equal(seen.size, 60);
  for (let bit = 0; bit < 8 * 60; bit++) {
    bytes.fill(0);
    bytes[bit >> 3] = 1 << (bit & 7);
    seen.add(recentSha256Hex(bytes, words, 60));
  }
  assert.equal(seen.size, 60 + 8 * 60);
});
