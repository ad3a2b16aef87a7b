import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { CborFile } from "../../src/storage/cbor_file.ts";
import { CompressedStorage } from "../../src/storage/compressed_storage.ts";
import { Memory } from "../../src/storage/memory.ts";
import { SealedStorage } from "../../src/storage/sealed_storage.ts";
import { Sql } from "../../src/storage/sql.ts";
import type { Storage } from "../../src/storage/types.ts";
import { storageConformance } from "../../src/testing/mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { KEY, MODES, OTHER_KEY, sealed } from "./sealed/_sealed.ts";

const media: readonly {
  title: string;
  /** The same code seals for every medium: what is encrypted does more. */
  isForEncrypted?: boolean;
  open: (root: string, encrypt: boolean) => Storage;
}[] = [
  { title: "CborFile", open: (root, encrypt) => sealed(new CborFile({ root }), encrypt, KEY, OTHER_KEY) },
  {
    title: "CborFile, compressed before it is sealed",
    isForEncrypted: true,
    open: (root, encrypt) =>
      new CompressedStorage({ compression: "gzip", inner: sealed(new CborFile({ root }), encrypt) }),
  },
  {
    title: "Sql",
    isForEncrypted: true,
    open: (root, encrypt) => sealed(new Sql({ url: join(root, "cache.db") }), encrypt),
  },
];

for (const { title: mode, encrypt } of MODES) {
  for (const { name, needs, run } of storageConformance) {
    if (!needs?.includes("reopen") && !needs?.includes("leases") && !encrypt) {
      test(
        `SealedStorage, ${mode} in Memory: ${name}`,
        { timeout: 60_000 },
        () => run(() => ({ storage: sealed(new Memory(), encrypt) })),
      );
    }
    for (const { title, isForEncrypted = false, open } of media) {
      if (isForEncrypted && !encrypt) continue;
      test(
        `SealedStorage, ${mode} in ${title}: ${name}`,
        { timeout: 60_000 },
        () =>
          withTemporaryDirectory((root) => {
            const opened: Storage[] = [];
            const openOne = (): Storage => {
              const storage = open(root, encrypt);
              opened.push(storage);
              return storage;
            };
            const closeAll = async () => {
              for (const storage of opened) await storage[Symbol.asyncDispose]();
            };
            return run(() => ({ storage: openOne(), reopen: openOne })).finally(closeAll);
          }),
      );
    }
  }
}

test("SealedStorage has the short way of what it wraps, unless it encrypts", () => {
  const inner = new CborFile({ root: "nowhere" });
  assert.notEqual(sealed(inner, false).small, undefined);
  assert.equal(sealed(inner, true).small, undefined);
});

test("SealedStorage has leases, drafts, upkeep and a codec where the storage within has them", () => {
  const none = sealed({ ...bare, put: () => Promise.resolve() }, false);
  const { small, leases, draft, upkeep, codec } = none;
  assert.deepEqual([small, leases, draft, upkeep, codec], [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const inner = new CborFile({ root: "nowhere" });
  const all = sealed(inner, false);
  assert.equal(all.leases, inner.leases);
  assert.equal(all.codec, inner.codec);
  assert.notEqual(all.draft, undefined);
  assert.notEqual(sealed(new Memory(), true).upkeep, undefined);
});

const bare: Storage = {
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  has: () => Promise.resolve(false),
  delete: () => Promise.resolve(false),
  async *keys() {},
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

const SECRET = "5ec2e7".repeat(6);
const refused: readonly (readonly [string, unknown])[] = [
  ["no key", []],
  ["what is no list", SECRET],
  ["a key of 15 bytes", [SECRET.slice(0, 30)]],
  ["a key of half a byte", [`${SECRET}a`]],
  ["a key that is not hexadecimal", [`${SECRET}xy`]],
  ["a key with space around it", [` ${SECRET} `]],
  ["a key that is a number", [5]],
  ["a wrong key behind a right one", [SECRET, "5ec2e7"]],
];

for (const [what, keys] of refused) {
  test(`SealedStorage refuses ${what} and does not show it`, () => {
    const make = () => new SealedStorage({ inner: new Memory(), keys: keys as readonly string[] });
    assert.throws(
      make,
      (error: unknown) => error instanceof TypeError && !String(error.message).includes("5ec2e7"),
    );
  });
}

test("SealedStorage refuses what is no inner storage", () => {
  assert.throws(() => new SealedStorage({ inner: undefined as unknown as Storage, keys: [KEY] }), TypeError);
});
