import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import fs, { mkdirSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { LARGEST_BODY, parseFooter } from "../../../src/storage/file/_trailer.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { warningsOf } from "../../_warnings.ts";
import { DIGEST, entryBySpecification, fileOf, filesBelow, noise, quarantined } from "./_entries.ts";
import { withPatchedFs } from "./_patched_fs.ts";

const timeout = 60_000;
const MIB = 1024 * 1024;
const skip = process.platform === "win32" ? "no such files there" : false;

/** A footer that claims these sizes. */
function footer(
  claims: { readonly body?: bigint; readonly chunk?: number; readonly keptKey?: number },
): Uint8Array {
  const { body = 0n, chunk = 262_144, keptKey = 0 } = claims;
  const bytes = entryBySpecification(DIGEST, new Uint8Array());
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(12, chunk);
  view.setBigUint64(16, body);
  view.setUint32(24, keptKey);
  return bytes;
}

/** A file of holes that ends in these bytes. */
function writeSparse(path: string, size: number, end: Uint8Array): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "");
  truncateSync(path, size);
  const fd = fs.openSync(path, "r+");
  fs.writeSync(fd, end, 0, end.length, size - end.length);
  fs.closeSync(fd);
}

/** The most bytes that are asked of a file at once: what memory is taken for. */
async function mostAskedFor(body: () => Promise<void>): Promise<number> {
  const { read, readSync } = fs;
  let most = 0;
  const note = (into: ArrayBufferView): void => void (most = Math.max(most, into.byteLength));
  await withPatchedFs({
    // `as`: their many overloads.
    read: ((...given: [number, Uint8Array, number, number, number, () => void]) => {
      note(given[1]);
      return read(...given);
    }) as typeof read,
    readSync: ((...given: [number, Uint8Array, number, number, number]) => {
      note(given[1]);
      return readSync(...given);
    }) as typeof readSync,
  }, body);
  return most;
}

const TIB = 2 ** 40;
/** Sizes that fit together, each of a file of holes. */
const CLAIMS: readonly (readonly [name: string, claims: Parameters<typeof footer>[0], size: number])[] = [
  ["2 TiB with 256 MiB of checksums", { body: BigInt(2 * TIB) }, 2 * TIB + 2 * TIB / 8192 + 64],
  [
    "1 TiB with 512 MiB of checksums, of the smallest chunks",
    { body: BigInt(TIB), chunk: 65_536 },
    TIB + TIB / 2048 + 64,
  ],
  ["a kept key of 4 GiB", { keptKey: 2 ** 32 - 1 }, 2 ** 32 - 1 + 64],
];

for (const [name, claims, size] of CLAIMS) {
  test(
    `CborFile takes no memory for a file of holes that claims ${name}`,
    { timeout, skip },
    () =>
      withTemporaryDirectory(async (root) => {
        const storage = new CborFile({ root });
        writeSparse(fileOf(root), size, footer(claims));
        const most = await mostAskedFor(async () => assert.equal(await storage.get(DIGEST), undefined));
        assert.ok(most <= 2 * MIB, `${most} bytes at once`);
        assert.equal(await storage.has(DIGEST), false);
        assert.deepEqual(quarantined(root), [], "larger than the quarantine may be");
      }),
  );
}

test("CborFile lists a file of holes that claims to keep a key of 4 GiB without reading it", {
  timeout,
  skip,
}, () =>
  withTemporaryDirectory(async (root) => {
    const storage = new CborFile({ root });
    const key = "K".repeat(300);
    await storage.put(key, noise(10));
    const [path = ""] = filesBelow(root).filter((name) => name.includes("~"));
    writeSparse(join(root, path), 2 ** 32 - 1 + 64, footer({ keptKey: 2 ** 32 - 1 }));
    const most = await mostAskedFor(async () => assert.deepEqual(await Array.fromAsync(storage.keys()), []));
    assert.ok(most <= 2 * MIB, `${most} bytes at once`);
  }));

test("parseFooter takes sizes up to its bounds, and takes larger ones for damage", () => {
  const parse = (claims: Parameters<typeof footer>[0], size: number) => {
    const bytes = footer(claims);
    return parseFooter(new DataView(bytes.buffer, bytes.byteOffset), 0, size);
  };
  const largest = parse({ body: BigInt(LARGEST_BODY) }, LARGEST_BODY + LARGEST_BODY / 8192 + 64);
  assert.equal(typeof largest === "object" && largest.chunkCount, 2 ** 22);
  const body = LARGEST_BODY + 262_144;
  assert.equal(parse({ body: BigInt(body) }, body + body / 8192 + 64), "damaged");
  // 2^60 chunks, in a file of the size that this makes as a double.
  assert.equal(parse({ body: 2n ** 63n, chunk: 65_536 }, 2 ** 63 + 2 ** 52 + 64), "damaged");
  assert.equal(typeof parse({ keptKey: MIB }, MIB + 64), "object");
  assert.equal(parse({ keptKey: MIB + 1 }, MIB + 65), "damaged");
});

test(
  "CborFile refuses to keep a key that it could not list",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      await storage.put("k".repeat(MIB), noise(10));
      assert.equal((await storage.get("k".repeat(MIB)))?.size, 10);
      await assert.rejects(storage.put("k".repeat(MIB + 1), noise(10)), RangeError);
      await assert.rejects(storage.put("k".repeat(MIB + 1), noise(500_000)), RangeError);
      assert.equal(await storage.get("k".repeat(MIB + 1)), undefined);
      assert.equal(filesBelow(join(root, "v1")).length, 1);
    }),
);

for (const place of ["v1", "v1/01", "v1/01/23", "v1/tmp", "v1/quarantine"]) {
  test(
    `CborFile does not list ${place} when too much was put there, and works on`,
    { timeout },
    () =>
      withTemporaryDirectory(async (root) => {
        const storage = new CborFile({ root });
        await storage.put(DIGEST, noise(10));
        await storage.put("f".repeat(64), noise(10));
        mkdirSync(join(root, "v1", "quarantine"), { recursive: true });
        writeFileSync(fileOf(root), "damaged");
        const full = join(root, place);
        const { lstatSync, readdirSync, readdir } = fs;
        const listed: string[] = [];
        const warnings = await warningsOf(() =>
          withPatchedFs({
            // `as`: their many overloads.
            lstatSync: ((...given: Parameters<typeof lstatSync>) => {
              const found = lstatSync(...given);
              if (given[0] === full && found !== undefined) found.size = 5 * MIB;
              return found;
            }) as typeof lstatSync,
            readdirSync: ((...given: Parameters<typeof readdirSync>) => {
              listed.push(String(given[0]));
              return readdirSync(...given);
            }) as typeof readdirSync,
            readdir: ((...given: Parameters<typeof readdir>) => {
              listed.push(String(given[0]));
              return readdir(...given);
            }) as typeof readdir,
          }, async () => {
            await Array.fromAsync(storage.keys());
            const another = new CborFile({ root });
            await another.put(`1${DIGEST.slice(1)}`, noise(10));
            assert.equal(await another.get(DIGEST), undefined, "damaged");
            assert.equal(await another.has(DIGEST), false);
          })
        );
        assert.equal(listed.includes(full), false);
        assert.ok(listed.length > 0);
        assert.equal(warnings.filter((warning) => warning.includes(`Cannot list "${full}"`)).length, 1);
        assert.equal(quarantined(root).length, place === "v1/quarantine" ? 0 : 1);
      }),
  );
}

test(
  "CborFile lists, clears and sets aside among names that are no text",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      await storage.put(DIGEST, noise(10));
      mkdirSync(join(root, "v1", "quarantine"));
      const shard = join(root, "v1", "01", "23");
      const names = [
        Buffer.from([0xff, 0xfe]),
        Buffer.from("a\nb"),
        Buffer.from(`${DIGEST}\n.cbor`),
        Buffer.from("%"),
      ];
      for (const folder of [root, "v1", "v1/01", "v1/01/23", "v1/tmp", "v1/quarantine"]) {
        for (const name of names) {
          const path = folder === root ? root : join(root, folder);
          try {
            writeFileSync(Buffer.concat([Buffer.from(`${path}/`), name]), "x");
          } catch {
            // A file system, or a runtime, that has no such names.
            spawnSync("touch", ["--", `${path}/${name.toString("latin1")}`]);
          }
        }
      }
      assert.deepEqual(await Array.fromAsync(storage.keys()), [DIGEST]);
      const another = new CborFile({ root });
      await another.put(`${DIGEST.slice(0, -1)}0`, noise(10));
      writeFileSync(fileOf(root), "damaged");
      assert.equal(await another.get(DIGEST), undefined);
      assert.equal(quarantined(root).some((name) => name.includes(DIGEST)), true);
      assert.deepEqual(fs.existsSync(shard), true);
    }),
);

test(
  "CborFile sets aside a socket and a device",
  { timeout, skip },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      await storage.put(DIGEST, noise(10));
      const server = createServer();
      const socket = join(root, "s");
      await new Promise<void>((resolve) => server.listen(socket, resolve));
      renameSync(socket, fileOf(root));
      assert.equal(storage.small.get(DIGEST), "absent");
      assert.equal(await storage.has(DIGEST), false);
      await new Promise((resolve) => server.close(resolve));
      // Needs to be root: where nobody is, nobody can have put one there either.
      if (spawnSync("mknod", [fileOf(root), "c", "1", "5"]).status !== 0) return;
      assert.equal(await storage.get(DIGEST), undefined);
      assert.equal(await storage.has(DIGEST), false);
    }),
);

test(
  "CborFile drops a deeply nested folder from its quarantine",
  { timeout },
  () =>
    withTemporaryDirectory(async (root) => {
      const storage = new CborFile({ root });
      await storage.put(DIGEST, noise(10));
      fs.rmSync(fileOf(root));
      mkdirSync(join(fileOf(root), ...Array.from({ length: 900 }, () => "d")), { recursive: true });
      assert.equal(await storage.get(DIGEST), undefined);
      for (let turn = 0; turn < 32; turn++) {
        await storage.put(DIGEST, noise(10));
        writeFileSync(fileOf(root), "damaged");
        assert.equal(await storage.get(DIGEST), undefined);
      }
      assert.equal(quarantined(root).length, 32);
    }),
);

test("CborFile drops a file from its quarantine that is larger than all may be, and no other", {
  timeout,
  skip,
}, () =>
  withTemporaryDirectory(async (root) => {
    const storage = new CborFile({ root });
    for (const size of [MIB, 300 * MIB, MIB]) {
      writeSparse(fileOf(root), size, noise(10));
      assert.equal(await storage.get(DIGEST), undefined);
    }
    assert.equal(quarantined(root).length, 2);
  }));
