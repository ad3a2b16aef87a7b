import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { Memory } from "../../../src/storage/memory.ts";
import { Sql } from "../../../src/storage/sql.ts";
import type { CallIndex, Leases, PutOptions, Storage } from "../../../src/storage/types.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { hex, maskedName, saltOf } from "./_oracle.ts";
import { bytesAt, digestOf, KEY, listOf, noise, onlyName, OTHER_KEY, sealed, THIRD_KEY } from "./_sealed.ts";

const CANARY = "canary-5107-of-the-contents";
const INDEX: CallIndex = {
  name: CANARY,
  module: CANARY,
  version: CANARY,
  code: undefined,
  arguments: [[CANARY, digestOf("a")]],
  result: digestOf("abcd"),
  time: 1_700_000_000,
  metadata: { tags: { canary: CANARY } },
};

/** All that stands below a folder: names and contents. */
function everythingBelow(folder: string): Buffer {
  const parts: Uint8Array[] = [];
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    parts.push(Buffer.from(name));
    if (statSync(join(folder, name)).isFile()) parts.push(readFileSync(join(folder, name)));
  }
  return Buffer.concat(parts);
}

for (const medium of ["CborFile", "Sql"]) {
  test(`SealedStorage, encrypted in ${medium}, leaves no key and nothing of a body or an index to read`, async () => {
    await withTemporaryDirectory(async (root) => {
      const inner = medium === "Sql"
        ? new Sql({ url: join(root, "calls.db"), role: "calls" })
        : new CborFile({ root });
      const storage = sealed(inner, true);
      const key = digestOf("feed5107");
      const body = new TextEncoder().encode(CANARY.repeat(20_000));
      await storage.put(key, body.subarray(0, 1000), { index: INDEX });
      await storage.put(`${CANARY} long`, new Blob([body]).stream(), { index: INDEX });
      const draft = await storage.draft?.();
      await draft?.write(body);
      await draft?.finish(`${CANARY} draft`, { index: INDEX });
      await storage[Symbol.asyncDispose]();
      const written = everythingBelow(root);
      assert(written.length > 1_000_000);
      for (const secret of [CANARY, "canary", key, digestOf("abcd"), KEY]) {
        assert.equal(written.indexOf(secret), -1, secret);
        assert.equal(written.indexOf(Buffer.from(secret).toString("base64").slice(0, -4)), -1, secret);
      }
    });
  });
}

test("SealedStorage passes an index on where it only signs, and the signal in any case", async () => {
  for (const encrypt of [false, true]) {
    const memory = new Memory();
    const seen: (PutOptions | undefined)[] = [];
    const inner: Storage = Object.assign(Object.create(memory), {
      put: (key: string, body: Uint8Array, options?: PutOptions) => {
        seen.push(options);
        return memory.put(key, body, options);
      },
    });
    const { signal } = new AbortController();
    await sealed(inner, encrypt).put("key", noise(5), { index: INDEX, signal });
    assert.deepEqual(seen, [encrypt ? { signal } : { index: INDEX, signal }]);
  }
});

test("SealedStorage encrypts equal bodies of equal keys to entries that have nothing in common", async () => {
  const made: Uint8Array[] = [];
  for (let turn = 0; turn < 2; turn++) {
    const inner = new Memory();
    await sealed(inner, true).put("key", new Uint8Array(200));
    made.push(await bytesAt(inner, await onlyName(inner)));
  }
  const [one = noise(0), two = noise(0)] = made;
  const equal = one.subarray(0, -52).filter((byte, at) => byte === two[at]).length;
  assert(equal < 20, `${equal} bytes are the same`);
});

test("SealedStorage salts no two of 10,000 encrypted entries alike", { timeout: 120_000 }, async () => {
  const inner = new Memory();
  const storage = sealed(inner, true);
  const salts = new Set<string>();
  for (let turn = 0; turn < 10_000; turn++) {
    await storage.put("key", noise(1));
    salts.add(hex(saltOf(new Uint8Array(await bytesAt(inner, await maskedName(KEY, "key"))))));
  }
  assert.equal(salts.size, 10_000);
});

test("SealedStorage, encrypted, lists its keys and those that begin with a prefix", async () => {
  const inner = new Memory();
  const storage = sealed(inner, true);
  const keys = [digestOf("aa"), digestOf("ab"), "a", "日本", "l".repeat(5000)];
  for (const [at, key] of keys.entries()) await storage.put(key, noise(at * 150_000));
  assert.deepEqual((await listOf(storage.keys())).sort(), keys.toSorted());
  assert.deepEqual((await listOf(storage.keys({ prefix: "a" }))).sort(), keys.slice(0, 3).sort());
  const signal = AbortSignal.abort(new Error("stop"));
  await assert.rejects(listOf(storage.keys({ signal })), /stop/);
});

test("SealedStorage, encrypted, lists nothing that is not sealed with one of its keys", async () => {
  const inner = new Memory();
  await sealed(inner, true, OTHER_KEY).put("others'", noise(5));
  await sealed(inner, false).put("signed", noise(5));
  await inner.put("unsigned", noise(500));
  await inner.put(digestOf("5"), noise(3));
  assert.deepEqual(await listOf(sealed(inner, true, KEY, THIRD_KEY).keys()), []);
});

test("SealedStorage, encrypted, masks the keys of leases", async () => {
  const asked: string[] = [];
  const leases: Leases = {
    take: (key) => Promise.resolve(void asked.push(`take ${key}`)),
    wait: (key) => Promise.resolve(void asked.push(`wait ${key}`)),
  };
  const inner = Object.assign(new Memory(), { leases });
  const storage = sealed(inner, true);
  await storage.leases?.take("key");
  await storage.leases?.wait("key");
  const name = await maskedName(KEY, "key");
  assert.deepEqual(asked, [`take ${name}`, `wait ${name}`]);
});
