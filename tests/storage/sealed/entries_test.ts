import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory } from "../../../src/storage/memory.ts";
import { assertGolden } from "../../_golden.ts";
import { encryptedEntry, hex, maskedName, saltOf, signedEntry, unhex } from "./_oracle.ts";
import { bytesAt, bytesOf, digestOf, KEY, noise, onlyName, OTHER_KEY, sealed } from "./_sealed.ts";

const CHUNK = 262_144;
const SIZES = [0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5];
const KEYS = [digestOf("ab"), "../a key: ü", "l".repeat(5000)];

function streamOf(body: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return new Blob([body]).stream();
}

test("SealedStorage writes signed entries as they are specified, from bytes, streams and drafts", async () => {
  for (const [at, size] of SIZES.entries()) {
    const key = KEYS[at % KEYS.length] ?? "";
    const body = noise(size);
    const expected = await signedEntry({ secret: KEY, key, body });
    const inner = new Memory();
    const storage = sealed(inner, false, KEY, OTHER_KEY);
    await storage.put(key, body);
    assert.deepEqual(await bytesAt(inner, key), expected, `${size} bytes`);
    await storage.put(key, streamOf(body));
    assert.deepEqual(await bytesAt(inner, key), expected, `${size} bytes as a stream`);
    const draft = await storage.draft?.();
    await draft?.write(body);
    await draft?.finish(key);
    assert.deepEqual(await bytesAt(inner, key), expected, `${size} bytes as a draft`);
  }
});

test("SealedStorage writes encrypted entries as they are specified, from bytes, streams and drafts", async () => {
  for (const [at, size] of SIZES.entries()) {
    const key = KEYS[at % KEYS.length] ?? "";
    const body = noise(size);
    for (const way of ["bytes", "stream", "draft"]) {
      const inner = new Memory();
      const storage = sealed(inner, true, KEY, OTHER_KEY);
      if (way === "draft") {
        const draft = await storage.draft?.();
        await draft?.write(body);
        await draft?.finish(key);
      } else await storage.put(key, way === "stream" ? streamOf(body) : body);
      const name = await onlyName(inner);
      assert.equal(name, await maskedName(KEY, key));
      const entry = await bytesAt(inner, name);
      const expected = await encryptedEntry({ secret: KEY, key, body, salt: saltOf(entry) });
      assert.deepEqual(entry, expected, `${size} bytes, ${way}`);
    }
  }
});

test("SealedStorage reads entries that others wrote as they are specified, with chunks of any size", async () => {
  const salt = noise(32);
  for (const chunkBits of [16, 18, 20]) {
    for (const size of [0, 5, 70_000, 2 ** chunkBits, 2 ** 20 + 7]) {
      const inner = new Memory();
      const about = { secret: KEY, key: "key", body: noise(size), chunkBits };
      await inner.put("key", await signedEntry(about));
      await inner.put(await maskedName(KEY, "key"), await encryptedEntry({ ...about, salt }));
      for (const encrypt of [false, true]) {
        const what = `${size} bytes by 2^${chunkBits}, ${encrypt ? "encrypted" : "signed"}`;
        assert.deepEqual(await bytesOf(sealed(inner, encrypt), "key"), about.body, what);
      }
    }
  }
});

test("SealedStorage takes a chunk size that it does not know for none", async () => {
  for (const chunkBits of [15, 21]) {
    const inner = new Memory();
    await inner.put("key", await signedEntry({ secret: KEY, key: "key", body: noise(5), chunkBits }));
    assert.equal(await bytesOf(sealed(inner, false), "key"), undefined);
  }
});

test("The body of a signed entry stands first, as it was put", async () => {
  for (const size of [0, 5, 3 * CHUNK]) {
    const inner = new Memory();
    await sealed(inner, false).put("key", noise(size));
    assert.deepEqual((await bytesAt(inner, "key")).subarray(0, size), noise(size));
  }
});

test("Sealed entries and names of a fixed secret, key, body and salt stay what they are", async () => {
  const key = digestOf("c0ffee");
  const body = new TextEncoder().encode("The body.");
  const salt = unhex("5a17".repeat(16));
  const inner = new Memory();
  await sealed(inner, false).put(key, body);
  const lines = [
    `signed: ${hex(await bytesAt(inner, key))}`,
    `encrypted: ${hex(await encryptedEntry({ secret: KEY, key, body, salt }))}`,
    `its name: ${await maskedName(KEY, key)}`,
  ];
  assertGolden("storage/sealed_entries.txt", `${lines.join("\n")}\n`);
});
