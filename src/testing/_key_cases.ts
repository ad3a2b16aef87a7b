/**
 * Cases: keys. Any non-empty well-formed string is one, and no two of them meet.
 *
 * @module
 */

import { assertSameBytes, assertSameSet, assertThat, reasonOf } from "./_assert.ts";
import { bytesOf, collected, noise } from "./_bodies.ts";
import { reopenCase, type StorageCase, storageCase } from "./storage_case.ts";

const DIGEST = "0123456789abcdef".repeat(4);

/** Keys of every form, some of which a careless storage would take for one another. */
export const UNUSUAL: readonly string[] = [
  DIGEST,
  DIGEST.toUpperCase(),
  `${DIGEST}0`,
  DIGEST.slice(1),
  "a",
  "A",
  "key",
  "Key",
  "KEY",
  "a/b",
  "a/b/",
  "/a/b",
  "a\\b",
  ".",
  "..",
  "../escape",
  "..\\escape",
  "/",
  "//",
  "a//b",
  " ",
  " a",
  "a ",
  "a.",
  ".a",
  "%",
  "%2F",
  "%2f",
  "a%2Fb",
  "%%",
  "~",
  "~root",
  "CON",
  "nul",
  "aux.txt",
  "COM1",
  "CACHEDIR.TAG",
  "v1",
  "quarantine",
  "__proto__",
  "constructor",
  "toString",
  'a*?<>|:"b',
  "line\nbreak",
  "tab\t",
  "\u0000",
  "a\u0000b",
  "\u007f",
  "é",
  "e\u0301",
  "ß",
  "ẞ",
  "ı",
  "İ",
  "日本語",
  "\u{1f600}",
  "\u{1f600}\u{1f601}",
  "\ufeff",
  "\uffff",
  "l".repeat(255),
  "l".repeat(256),
  "L".repeat(256),
  "l".repeat(5000),
  "日".repeat(300),
  "*",
  "%_",
  "[a]",
  "'; drop table entries; --",
  "*.tmp",
  "x.tmp",
  ".x.tmp",
];

const BAD: readonly (readonly [string, string])[] = [
  ["", "the empty key"],
  ["\ud800", "a lone high surrogate"],
  ["a\udc00b", "a lone low surrogate"],
  ["\udc00\ud800", "a pair the wrong way round"],
];

const FAMILY: readonly string[] = [
  "a",
  "ab",
  "abc",
  "abd",
  "b",
  "a/b",
  "a%",
  "A",
  "é",
  "é1",
  DIGEST,
  `${DIGEST}1`,
];

/** What keys may be, and how they are listed. */
export const keyCases: readonly StorageCase[] = [
  storageCase("keys lists nothing where nothing was put", async (storage) => {
    assertSameSet(await collected(storage.keys()), [], "keys()");
    assertThat(!(await storage.has("key")), "has of a missing key: expected false");
    assertThat((await storage.get("key")) === undefined, "get of a missing key: expected undefined");
    assertThat(!(await storage.delete("key")), "delete of a missing key: expected false");
  }),
  storageCase("put keeps unusual keys apart, and keys lists them exactly", async (storage) => {
    for (const [at, key] of UNUSUAL.entries()) await storage.put(key, noise(20 + at, at + 1));
    for (const [at, key] of UNUSUAL.entries()) {
      assertThat(await storage.has(key), `has(${JSON.stringify(key)}): expected true`);
      assertSameBytes(await bytesOf(storage.get(key)), noise(20 + at, at + 1), `get(${JSON.stringify(key)})`);
    }
    assertSameSet(await collected(storage.keys()), UNUSUAL, "keys()");
  }),
  storageCase("delete removes unusual keys one at a time", async (storage) => {
    for (const [at, key] of UNUSUAL.entries()) await storage.put(key, noise(5, at + 1));
    const left = new Set(UNUSUAL);
    for (const key of UNUSUAL) {
      assertThat(await storage.delete(key), `delete(${JSON.stringify(key)}): expected true`);
      assertThat(!(await storage.has(key)), `has(${JSON.stringify(key)}) after delete: expected false`);
      left.delete(key);
      if (left.size % 20 === 0) assertSameSet(await collected(storage.keys()), [...left], "keys()");
    }
  }),
  ...BAD.map(([key, what]) =>
    storageCase(`put, get, has and delete refuse ${what} with a TypeError`, async (storage) => {
      const attempts: readonly (readonly [string, () => Promise<unknown>])[] = [
        ["put", () => storage.put(key, noise(1))],
        ["get", () => storage.get(key)],
        ["has", () => storage.has(key)],
        ["delete", () => storage.delete(key)],
      ];
      for (const [name, attempt] of attempts) {
        const reason = await reasonOf(attempt, name);
        assertThat(
          reason instanceof TypeError,
          `${name}: rejected with ${String(reason)}, expected a TypeError`,
        );
      }
      assertSameSet(await collected(storage.keys()), [], "keys()");
    })
  ),
  storageCase("keys gives the keys that begin with a prefix", async (storage) => {
    for (const key of FAMILY) await storage.put(key, noise(3));
    for (const prefix of ["", ...FAMILY, "abcd", "0", "01", DIGEST.slice(0, 5), "%", "a_", "a*", "z"]) {
      const expected = FAMILY.filter((key) => key.startsWith(prefix));
      assertSameSet(await collected(storage.keys({ prefix })), expected, `keys of "${prefix}"`);
    }
  }),
  storageCase("keys may be left early, and listed again", async (storage) => {
    for (const key of FAMILY) await storage.put(key, noise(3));
    for await (const key of storage.keys()) {
      assertThat(FAMILY.includes(key), `keys: unexpected ${JSON.stringify(key)}`);
      break;
    }
    assertSameSet(await collected(storage.keys()), FAMILY, "keys()");
  }),
  storageCase("keys goes on while entries are deleted", async (storage) => {
    for (const key of FAMILY) await storage.put(key, noise(3));
    for await (const key of storage.keys()) await storage.delete(key);
    assertSameSet(await collected(storage.keys()), [], "keys() after all were deleted");
  }),
  storageCase("put replaces an earlier entry, shorter or longer", async (storage) => {
    for (const [turn, size] of [10, 200_000, 0, 70_000, 3].entries()) {
      await storage.put("key", noise(size, turn + 1));
      assertSameBytes(await bytesOf(storage.get("key")), noise(size, turn + 1), `turn ${turn}`);
      assertSameSet(await collected(storage.keys()), ["key"], "keys()");
    }
  }),
  storageCase("delete removes an entry, says so once, and it can be put again", async (storage) => {
    for (const size of [5, 200_000]) {
      await storage.put("key", noise(size));
      assertThat(await storage.has("key"), "has after put: expected true");
      assertThat(await storage.delete("key"), "delete: expected true");
      assertThat(!(await storage.delete("key")), "second delete: expected false");
      assertThat(!(await storage.has("key")), "has after delete: expected false");
      assertThat((await storage.get("key")) === undefined, "get after delete: expected undefined");
      assertSameSet(await collected(storage.keys()), [], "keys() after delete");
    }
    await storage.put("key", noise(7));
    assertSameBytes(await bytesOf(storage.get("key")), noise(7), "put again");
  }),
  reopenCase("a second instance sees what the first one puts and deletes", async (first, second) => {
    await first.put("small", noise(10));
    await first.put("large", noise(300_000));
    assertSameBytes(await bytesOf(second.get("small")), noise(10), "small");
    assertSameBytes(await bytesOf(second.get("large")), noise(300_000), "large");
    assertSameSet(await collected(second.keys()), ["small", "large"], "keys()");
    await second.put("small", noise(11, 2));
    assertSameBytes(await bytesOf(first.get("small")), noise(11, 2), "small, replaced by the second");
    assertThat(await second.delete("large"), "delete by the second: expected true");
    assertThat(!(await first.has("large")), "has by the first: expected false");
    await second[Symbol.asyncDispose]();
    assertSameBytes(await bytesOf(first.get("small")), noise(11, 2), "after the second was disposed of");
  }),
  reopenCase("two instances keep unusual keys at the same places", async (first, second) => {
    for (const [at, key] of UNUSUAL.entries()) await first.put(key, noise(9, at + 1));
    for (const [at, key] of UNUSUAL.entries()) {
      assertSameBytes(await bytesOf(second.get(key)), noise(9, at + 1), `get(${JSON.stringify(key)})`);
    }
  }),
];
