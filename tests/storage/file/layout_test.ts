import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { keyOfName, placeOf } from "../../../src/storage/file/_layout.ts";
import { FileMedium } from "../../../src/storage/file/file_medium.ts";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { assertGolden } from "../../_golden.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { DIGEST, entryBySpecification, fileOf, filesBelow, noise } from "./_entries.ts";

const timeout = 60_000;

test(
  "CborFile writes entries byte for byte as specified",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      const long = "Schlüssel ".repeat(30);
      for (
        const size of [
          0,
          1,
          1000,
          61_440,
          61_441,
          65_536,
          262_144,
          262_145,
          524_288,
          1_048_576,
          1_048_577,
          2_500_000,
        ]
      ) {
        const body = noise(size);
        await storage.put(DIGEST, body);
        assert.ok(
          entryBySpecification(DIGEST, body).equals(readFileSync(fileOf(root))),
          `${size} bytes`,
        );
        await storage.put(long, new Blob([body]).stream());
        const { folder, name } = placeOf(long);
        const file = readFileSync(join(root, "v1", folder, `${name}.cbor`));
        assert.ok(
          entryBySpecification(long, body, { keepsKey: true }).equals(file),
          `${size} bytes, key kept`,
        );
      }
    }),
);

test("CborFile lays its folder out as specified", { timeout }, () =>
  withTemporaryDirectory(async (root) => {
    const storage = new CborFile({ root });
    for (
      const key of [
        DIGEST,
        DIGEST.toUpperCase(),
        "key",
        "Key",
        "a/b",
        "..",
        "日本",
        "l".repeat(129),
        "l".repeat(130),
      ]
    ) {
      await storage.put(key, new TextEncoder().encode(key));
    }
    assertGolden("file_layout.txt", filesBelow(root).join("\n") + "\n");
    assert.match(
      readFileSync(join(root, "CACHEDIR.TAG"), "utf8"),
      /^Signature: 8a477f597d28d172789f06886806bc55\n/,
    );
    assertGolden(
      "file_entry.txt",
      readFileSync(fileOf(root)).toString("hex").replace(/.{64}/g, "$&\n") + "\n",
    );
  }));

test("placeOf gives names that are safe, distinct and reversible", { timeout }, () => {
  const seen = new Map<string, string>();
  const key = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: "binary", minLength: 1, maxLength: 80 }),
    fc.string({
      unit: fc.constantFrom("a", "A", ".", "/", "%", "=", "~", "2", "f"),
      minLength: 1,
      maxLength: 70,
    }),
  );
  fc.assert(
    fc.property(key, (key) => {
      fc.pre(key.isWellFormed());
      const { folder, name, keepsKey } = placeOf(key);
      assert.match(`${folder}/${name}`, /^(other\/)?[0-9a-f]{2}\/[0-9a-f]{2}\/[=~]?[a-z0-9_%-]{1,130}$/);
      assert.equal(keyOfName(name), keepsKey ? undefined : key);
      assert.equal(seen.get(name) ?? key, key);
      seen.set(name, key);
    }),
    { numRuns: 2000 },
  );
});

test("keyOfName takes no name that placeOf does not give", () => {
  for (
    const name of [
      "",
      "=",
      ".x.tmp",
      "key",
      "=%2F",
      "=%6b",
      "=%zz",
      "=%",
      "=a%2",
      "=K",
      "=%ff",
      `=${DIGEST}`,
      `~${DIGEST}`,
    ]
  ) {
    assert.equal(keyOfName(name), undefined, name);
  }
});

test(
  "CborFile lists entries only: no temporary, misplaced or foreign files",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      await storage.put(DIGEST, noise(10));
      await storage.put("key", noise(10));
      await storage.put("x".repeat(500), noise(10));
      const shard = dirname(fileOf(root));
      writeFileSync(join(shard, ".123-abc-0.tmp"), noise(100));
      writeFileSync(join(shard, `${DIGEST}.pkl`), noise(100));
      writeFileSync(join(shard, `${"f".repeat(64)}.cbor`), noise(100));
      writeFileSync(join(shard, `~${DIGEST}.cbor`), noise(100));
      writeFileSync(join(shard, "=other.cbor"), noise(100));
      mkdirSync(join(shard, `0123${"1".repeat(60)}.cbor`));
      writeFileSync(join(root, "v1", "README"), "");
      writeFileSync(join(root, "v1", "ff"), "");
      assert.deepEqual(
        (await Array.fromAsync(storage.keys())).sort(),
        [DIGEST, "key", "x".repeat(500)].sort(),
      );
      assert.deepEqual(await Array.fromAsync(storage.keys({ prefix: "01" })), [DIGEST]);
      assert.equal(await storage.has("f".repeat(64)), false);
    }),
);

test(
  "CborFile leaves no temporary file behind a put that failed",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      for (const size of [10, 100_000, 5_000_000]) {
        let at = 0;
        const source = new ReadableStream<Uint8Array>({
          pull(controller) {
            if (at >= size) return controller.error(new Error("broken"));
            controller.enqueue(noise(Math.min(65_536, size - at)));
            at += 65_536;
          },
        });
        await assert.rejects(storage.put(DIGEST, source), { message: "broken" });
      }
      assert.deepEqual(filesBelow(root).filter((name) => name !== "CACHEDIR.TAG"), []);
    }),
);

test(
  "CborFile makes its folder again when it vanishes between two puts",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root: join(root, "deep", "cache") });
      await storage.put(DIGEST, noise(10));
      rmSync(join(root, "deep"), { recursive: true });
      assert.equal(storage.small.get(DIGEST), "absent");
      assert.deepEqual(await Array.fromAsync(storage.keys()), []);
      await storage.put(DIGEST, noise(500_000));
      assert.ok(existsSync(join(root, "deep", "cache", "CACHEDIR.TAG")));
    }),
);

test("CborFile rejects with the system's own error where it may not write, and reads on", {
  timeout,
  skip: process.getuid?.() === 0 ? "root may write everywhere" : false,
}, () =>
  withTemporaryDirectory(async (root) => {
    const storage = new CborFile({ root });
    await storage.put(DIGEST, noise(10));
    const shard = dirname(fileOf(root));
    chmodSync(shard, 0o500);
    try {
      await assert.rejects(storage.put(DIGEST, noise(20)), { code: "EACCES" });
      await assert.rejects(storage.put(DIGEST, noise(500_000)), { code: "EACCES" });
      assert.deepEqual(storage.small.get(DIGEST), noise(10));
    } finally {
      chmodSync(shard, 0o700);
    }
  }));

test(
  "CborFile rejects when a file stands where a folder should",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      writeFileSync(join(root, "v1"), "");
      const storage = new CborFile({ root });
      for (const size of [10, 500_000]) {
        await assert.rejects(storage.put(DIGEST, noise(size)), { code: /ENOTDIR|EEXIST/ });
      }
      assert.deepEqual(await Array.fromAsync(storage.keys()), []);
      assert.deepEqual(readdirSync(root), ["v1"]);
    }),
);

test(
  "FileMedium with different suffixes share a root without meeting",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const left = new FileMedium({ root, suffix: ".one" });
      const right = new FileMedium({ root, suffix: ".two" });
      await left.put("key", noise(10, 1));
      await right.put("key", noise(10, 2));
      await right.put("other", noise(10, 3));
      assert.deepEqual(left.small.get("key"), noise(10, 1));
      assert.deepEqual(right.small.get("key"), noise(10, 2));
      assert.deepEqual(await Array.fromAsync(left.keys()), ["key"]);
      assert.deepEqual((await Array.fromAsync(right.keys())).sort(), ["key", "other"]);
    }),
);

test("CborFile does nothing when constructed, and refuses an empty root", () => {
  assert.throws(() => new CborFile({ root: "" }), {
    name: "TypeError",
    message: /root "": it must be the path of a folder/,
  });
  assert.throws(() => new CborFile({ root: "a\0b" }), TypeError);
  const root = join("/nonexistent-parent", "cache");
  new CborFile({ root });
  assert.equal(existsSync(root), false);
});
