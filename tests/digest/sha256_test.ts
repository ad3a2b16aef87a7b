import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nodeEngine } from "../../src/digest/_sha256_node.ts";
import { loadWasmEngine } from "../../src/digest/_sha256_wasm.ts";
import { createSha256, loadSha256, type Sha256Engine, sha256Hex } from "../../src/digest/sha256.ts";

const ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const encoder = new TextEncoder();

async function engines(): Promise<[Sha256Engine, Sha256Engine]> {
  const node = nodeEngine();
  if (node === undefined) throw new Error("no node:crypto");
  return [node, await loadWasmEngine()];
}

test("sha256Hex gives the digests of FIPS 180-4, with nothing to wait for", () => {
  assert.equal(loadSha256(), undefined);
  assert.equal(sha256Hex(encoder.encode("abc")), ABC);
  assert.equal(sha256Hex(new Uint8Array()), EMPTY);
});

test("createSha256 takes pieces, and gives the digest in both forms, again and again", () => {
  const hash = createSha256();
  hash.update(encoder.encode("a"));
  hash.update(encoder.encode("bc"));
  assert.equal(hash.hex(), ABC);
  assert.deepEqual(hash.bytes(), Uint8Array.from(Buffer.from(ABC, "hex")));
  assert.equal(hash.hex(), ABC);
  assert.throws(() => hash.update(new Uint8Array(1)));
});

test("both engines agree on any bytes, cut in any way", { timeout: 60_000 }, async () => {
  const [node, wasm] = await engines();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300)), (bytes, cuts) => {
    const expected = node.hex(bytes);
    assert.equal(wasm.hex(bytes), expected);
    const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
    const open = [node.create(), wasm.create()];
    // Both are open at once, and the WebAssembly engine digests something else between their pieces.
    const other = wasm.create();
    for (let i = 1; i < places.length; i++) {
      for (const hash of open) hash.update(bytes.subarray(places[i - 1], places[i]));
      other.update(Uint8Array.of(i));
      wasm.hex(bytes.subarray(0, i));
    }
    for (const hash of open) assert.equal(hash.hex(), expected);
    assert.deepEqual(open[1]?.bytes(), open[0]?.bytes());
    assert.equal(other.hex(), node.hex(Uint8Array.from(places.slice(1), (_, i) => i + 1)));
  }));
});

test("both engines agree on bulk, and on views into a buffer", { timeout: 60_000 }, async () => {
  const [node, wasm] = await engines();
  const bytes = new Uint8Array(8 << 20);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 2654435761) >>> 24;
  for (const size of [63, 64, 65, 65_535, 65_536, 1 << 20, (8 << 20) - 3]) {
    const view = bytes.subarray(3, 3 + size);
    assert.equal(wasm.hex(view), node.hex(view), `${size} bytes`);
  }
});

test("an engine's hash takes nothing after its digest", async () => {
  for (const engine of await engines()) {
    const hash = engine.create();
    assert.equal(hash.hex(), EMPTY);
    assert.throws(() => hash.update(new Uint8Array(1)));
    assert.equal(hash.hex(), EMPTY);
  }
});
