/** What another cache keeps in the same place, with another wrapper or none around it, is never taken for a result. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type Cache, type CacheSettings, fleche, openCache, type StorageSettings } from "../../mod.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";

const KEY = "00112233445566778899aabbccddeeff";
const BYTES = Uint8Array.from({ length: 700_000 }, (_, at) => at % 7);

/** What a section puts around the files of its values. */
const WRAPPERS: Readonly<Record<string, (values: StorageSettings) => Omit<CacheSettings, "calls">>> = {
  nothing: (values) => ({ values }),
  "a signature": (values) => ({ values, secret_key: [KEY] }),
  compression: (inner) => ({ values: { type: "CompressedStorage", compression: "gzip", inner } }),
};

function open(root: string, wrapper: string): Cache {
  const wrap = WRAPPERS[wrapper];
  if (wrap === undefined) throw new Error(`no wrapper ${wrapper}`);
  return openCache({
    ...wrap({ type: "CborFile", root: join(root, "values") }),
    calls: { type: "CborFile", root: join(root, `calls ${wrapper}`) },
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".cbor")).map((entry) => join(entry.parentPath, entry.name));
}

/** The results of a stream of bytes, of items, of a Blob and of stored bytes. */
async function resultsIn(cache: Cache, size: number): Promise<unknown[]> {
  const bytes = BYTES.slice(0, size);
  const stream = fleche(() => new Blob([bytes]).stream(), { name: "bytes", cache });
  const items = fleche(async function* () {
    yield* await Promise.resolve([{ size }, "second"]);
  }, { name: "items", cache });
  const blob = fleche(() => new Blob([bytes]), { name: "blob", cache });
  const opened = async () => {
    await new Response(await stream()).arrayBuffer();
    return (await stream.fleche.open()).bytes();
  };
  return [
    new Uint8Array(await new Response(await stream()).arrayBuffer()),
    await Array.fromAsync(await items()),
    new Uint8Array(await (await blob()).arrayBuffer()),
    await opened(),
  ];
}

for (
  const [one, other] of Object.keys(WRAPPERS).flatMap((one) =>
    Object.keys(WRAPPERS).map((other) => [one, other])
  )
) {
  if (one === undefined || other === undefined || one === other) continue;
  for (const size of [0, 700, 700_000]) {
    test(`lookup gives streams of ${size} bytes kept with ${one} when ${other} was put around the same values since`, () =>
      withTemporaryDirectory(async (root) => {
        await using first = open(root, one);
        await using second = open(root, other);
        const expected = [
          BYTES.slice(0, size),
          [{ size }, "second"],
          BYTES.slice(0, size),
          BYTES.slice(0, size),
        ];
        for (const cache of [first, second, first, second, first, first]) {
          assert.deepEqual(await resultsIn(cache, size), expected);
        }
      }));
  }
}

for (const encrypt of [false, true]) {
  const sealed = encrypt ? "encrypted" : "signed";
  test(`lookup without a key tells what is ${sealed} from damage, once a cache`, () =>
    withTemporaryDirectory(async (root) => {
      const settings: CacheSettings = {
        values: { type: "CborFile", root: join(root, "values") },
        calls: { type: "CborFile", root: join(root, "calls") },
      };
      await using locked = openCache({ ...settings, secret_key: [KEY], encrypt });
      const makers = (cache: Cache) =>
        ["f", "g"].map((name) => fleche((n: number) => ({ n }), { name, cache, strict: true }));
      for (const make of makers(locked)) await make(1);
      await using plain = openCache(settings);
      const health = (await plain.verify()).counts;
      assert.deepEqual([health.refused, health.damaged], [2, 0]);
      // Signed records say what they name to everybody, encrypted ones to nobody.
      if (encrypt) {
        await assert.rejects(plain.gc({ graceMs: 0 }), /is not signed with a known key; add that key/);
      } else assert.equal((await plain.gc({ graceMs: 0 })).removed, 0);
      const warnings = await warningsOf(async () => {
        for (const make of makers(plain)) assert.deepEqual(await make(1), { n: 1 });
      });
      // Encrypted entries have names of their own: nothing is there.
      assert.equal(warnings.length, encrypt ? 0 : 1);
      if (!encrypt) {
        assert.match(
          warnings[0] ?? "",
          /\(refused\): what is kept is signed or encrypted, and this cache has no/,
        );
      }
    }));
}

for (
  const [reason, inflict, says] of [
    [
      "damaged",
      (bytes: Uint8Array) => bytes.fill(0, 0, 3),
      /Cannot use ".*": it is damaged; it was set aside/,
    ],
    // The version stands behind the magic of the last 64 bytes.
    [
      "version",
      (bytes: Uint8Array) => bytes.fill(9, bytes.length - 56, bytes.length - 54),
      /\(version\): another version of fleche wrote it/,
    ],
  ] as const
) {
  test(`entries of several functions with reason "${reason}" are one warning of the cache`, () =>
    withTemporaryDirectory(async (root) => {
      await using cache = open(root, "nothing");
      const calls = ["one", "two"].map((name) =>
        fleche((n: number) => n + 1, { name: `${name} ${reason}`, cache })
      );
      for (const call of calls) await call(1);
      for (const path of filesBelow(join(root, "calls nothing"))) {
        const bytes = readFileSync(path);
        inflict(bytes);
        writeFileSync(path, bytes);
      }
      const warnings = await warningsOf(async () => {
        for (const call of calls) assert.equal(await call(1), 2);
      });
      assert.equal(warnings.length, 1, warnings.join("\n"));
      assert.match(warnings[0] ?? "", says);
      for (const call of calls) assert.ok(await call.contains(1));
    }));
}
