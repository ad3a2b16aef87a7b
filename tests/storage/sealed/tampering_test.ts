import assert from "node:assert/strict";
import { test } from "node:test";
import { cborCodec } from "../../../src/codec/cbor/cbor_codec.ts";
import { Memory } from "../../../src/storage/memory.ts";
import type { Storage } from "../../../src/storage/types.ts";
import { IntegrityError } from "../../../src/errors.ts";
import { concat, encryptedEntry, maskedName, signedEntry } from "./_oracle.ts";
import { bytesAt, bytesOf, digestOf, KEY, listOf, MODES, noise, sealed } from "./_sealed.ts";

const CHUNK = 262_144;
const KEYS = [digestOf("a1"), digestOf("b2")] as const;

/** Two entries of these sizes in one mode, as the inner storage has them. */
async function twoEntries(encrypt: boolean, ...sizes: readonly [number, number]) {
  const inner = new Memory();
  const storage = sealed(inner, encrypt);
  const names = await Promise.all(KEYS.map((key) => encrypt ? maskedName(KEY, key) : key));
  const [name = "", otherName = ""] = names;
  await storage.put(KEYS[0], noise(sizes[0], 1));
  await storage.put(KEYS[1], noise(sizes[1], 2));
  return {
    inner,
    storage,
    name,
    otherName,
    entry: await bytesAt(inner, name),
    other: await bytesAt(inner, otherName),
  };
}

/** The methods of a storage, for an object that is not it. */
function bound(inner: Memory): PropertyDescriptorMap {
  const methods = ["put", "get", "has", "delete", "keys", "draft"] as const;
  return Object.fromEntries(methods.map((name) => [name, { value: inner[name].bind(inner) }]));
}

/** Every way to a body: all must refuse it. */
async function assertRefused(storage: Storage, what: string): Promise<void> {
  assert.equal(await bytesOf(storage, KEYS[0]), undefined, what);
  const small = storage.small?.get(KEYS[0]);
  assert(small === undefined || typeof small === "string", `${what}: the short way gave a body`);
}

/** What is delivered of an entry before its damage is met; `undefined` when it is not found at all. */
async function delivered(storage: Storage): Promise<{ bytes: Uint8Array; failed: boolean } | undefined> {
  const body = await storage.get(KEYS[0]);
  if (body === undefined) return undefined;
  const parts: Uint8Array[] = [];
  try {
    for await (const part of body.stream()) parts.push(part);
  } catch (error) {
    assert(error instanceof IntegrityError);
    assert.equal(error.key, KEYS[0]);
    return { bytes: concat(...parts), failed: true };
  }
  return { bytes: concat(...parts), failed: false };
}

for (const { one, title, encrypt } of MODES) {
  test(`SealedStorage refuses ${one} entry that was copied to where another codec would read it`, async () => {
    const inner = new Memory();
    // Over the same entries, as if they had been copied.
    const read = (name?: string): Storage => {
      const codec = name === undefined ? undefined : { ...cborCodec, name };
      return sealed(Object.create(inner, { codec: { value: codec }, ...bound(inner) }), encrypt);
    };
    const [plain, cbor] = [read(), read("cbor")];
    for (const size of [40, CHUNK + 1]) {
      await cbor.put(KEYS[0], noise(size));
      assert.equal((await bytesOf(cbor, KEYS[0]))?.length, size);
      assert.equal((await bytesOf(plain, KEYS[0]))?.length, size, "without one, values are written in CBOR");
      for (const other of [read("pickle"), read("cloudpickle")]) {
        await assertRefused(other, "copied");
        assert.equal(await other.upkeep?.check(KEYS[0]), "refused");
      }
    }
  });

  test(
    `SealedStorage refuses ${one} entry of which any byte was changed`,
    { timeout: 60_000 },
    async () => {
      const { inner, storage, name, entry } = await twoEntries(encrypt, 40, 5);
      for (let at = 0; at < entry.length; at++) {
        for (const bit of [1, 0x80]) {
          const changed = entry.slice();
          changed[at] = (changed[at] ?? 0) ^ bit;
          await inner.put(name, changed);
          await assertRefused(storage, `byte ${at} of ${entry.length}`);
        }
      }
      await inner.put(name, entry);
      assert.deepEqual(await bytesOf(storage, KEYS[0]), noise(40));
    },
  );

  test(
    `SealedStorage refuses ${one} entry that was cut or extended anywhere`,
    { timeout: 60_000 },
    async () => {
      const { inner, storage, name, entry } = await twoEntries(encrypt, 40, 5);
      for (let at = 0; at < entry.length; at++) {
        await inner.put(name, entry.slice(0, at));
        await assertRefused(storage, `the first ${at} bytes`);
        if (at > 0) {
          await inner.put(name, entry.slice(at));
          await assertRefused(storage, `without the first ${at} bytes`);
        }
        await inner.put(name, concat(entry.subarray(0, at), Uint8Array.of(0), entry.subarray(at)));
        await assertRefused(storage, `with a byte more at ${at}`);
      }
      await inner.put(name, concat(entry, Uint8Array.of(0)));
      await assertRefused(storage, "with a byte behind it");
    },
  );

  for (const [what, size] of [["short", 40], ["long", 3 * CHUNK + 5]] as const) {
    test(`SealedStorage refuses a ${what} ${title} entry in the place of another`, async () => {
      const { inner, storage, name, otherName, entry, other } = await twoEntries(encrypt, size, size);
      await inner.put(name, other);
      await inner.put(otherName, entry);
      for (const key of KEYS) assert.equal(await bytesOf(storage, key), undefined);
      assert.deepEqual(await listOf(storage.keys()), encrypt ? [] : KEYS);
    });

    test(`SealedStorage refuses a ${what} ${title} entry whose end is that of another`, async () => {
      const { inner, storage, name, entry, other } = await twoEntries(encrypt, size, size);
      await inner.put(name, concat(entry.subarray(0, size), other.subarray(size)));
      await assertRefused(storage, "with the end of another");
    });
  }

  test(`SealedStorage delivers no changed byte of a long ${title} entry`, { timeout: 60_000 }, async () => {
    const size = 3 * CHUNK + 5;
    const { inner, storage, name, entry } = await twoEntries(encrypt, size, 5);
    const body = noise(size, 1);
    for (let at = 0; at < entry.length; at += 9973) {
      const changed = entry.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      await inner.put(name, changed);
      const found = await delivered(storage);
      if (found === undefined) continue;
      assert(found.failed, `byte ${at} was not missed`);
      assert.deepEqual(found.bytes, body.subarray(0, found.bytes.length));
      assert(found.bytes.length <= at);
    }
  });

  test(`SealedStorage delivers no chunk of ${one} entry in another place, nor one of another entry`, async () => {
    const size = 3 * CHUNK + 5;
    const { inner, storage, name, entry, other } = await twoEntries(encrypt, size, size);
    const frame = CHUNK + (encrypt ? 16 : 0);
    const part = (from: Uint8Array, first: number, end?: number) =>
      from.subarray(first * frame, end === undefined ? undefined : end * frame);
    const made: readonly (readonly [string, Uint8Array<ArrayBuffer>, number | undefined])[] = [
      [
        "chunks 1 and 2 swapped",
        concat(part(entry, 0, 1), part(entry, 2, 3), part(entry, 1, 2), part(entry, 3)),
        CHUNK,
      ],
      ["chunk 0 twice", concat(part(entry, 0, 1), part(entry, 0, 1), part(entry, 2)), CHUNK],
      ["chunk 1 of another", concat(part(entry, 0, 1), part(other, 1, 2), part(entry, 2)), CHUNK],
      ["chunk 0 of another", concat(part(other, 0, 1), part(entry, 1)), undefined],
      ["without chunk 2", concat(part(entry, 0, 2), part(entry, 3)), undefined],
    ];
    for (const [what, bytes, delivers] of made) {
      await inner.put(name, bytes);
      const found = await delivered(storage);
      assert.equal(found?.bytes.length, delivers, what);
      assert(found?.failed ?? true, what);
    }
  });

  test(`SealedStorage checks each chunk of a part of ${one} entry, and reads no other`, async () => {
    const size = 3 * CHUNK + 5;
    const { inner, storage, name, entry } = await twoEntries(encrypt, size, 5);
    const changed = entry.slice();
    changed[2 * CHUNK + 100] = 1 + (changed[2 * CHUNK + 100] ?? 0);
    await inner.put(name, changed);
    const body = await storage.get(KEYS[0]);
    const part = (start: number, end: number) => new Response(body?.stream({ start, end })).bytes();
    assert.deepEqual(await part(CHUNK + 5, 2 * CHUNK - 5), noise(size, 1).subarray(CHUNK + 5, 2 * CHUNK - 5));
    await assert.rejects(part(2 * CHUNK, 2 * CHUNK + 10), { code: "integrity", offset: 2 * CHUNK });
  });
}

test("SealedStorage refuses an entry that its own keys have sealed for the other mode", async () => {
  const about = { secret: KEY, key: "key", body: noise(50) };
  const encrypted = await encryptedEntry({ ...about, salt: noise(32) });
  const inner = new Memory();
  await inner.put("key", encrypted);
  await inner.put(await maskedName(KEY, "key"), await signedEntry(about));
  for (const { encrypt } of MODES) assert.equal(await bytesOf(sealed(inner, encrypt), "key"), undefined);
});

test("SealedStorage believes no size that an entry cannot have", async () => {
  const inner = new Memory();
  const entry = await signedEntry({ secret: KEY, key: "key", body: noise(50) });
  for (
    const [at, byte] of [[8, 0xff], [8, 0x20], [9, 1], [12, 0xff], [15, 0xff], [16, 0xff], [19, 5]] as const
  ) {
    const changed = entry.slice();
    changed[entry.length - 52 + at] = byte;
    await inner.put("key", changed);
    for (const { encrypt } of MODES) assert.equal(await bytesOf(sealed(inner, encrypt), "key"), undefined);
  }
});
