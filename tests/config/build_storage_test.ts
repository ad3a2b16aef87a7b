import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { openCache } from "../../src/config/active_config.ts";
import { openStorage } from "../../src/config/build_storage.ts";
import type { StorageSettings } from "../../src/config/settings.ts";
import { registerStorage } from "../../src/config/storage_types.ts";
import { CborFile } from "../../src/storage/cbor_file.ts";
import { CompressedStorage } from "../../src/storage/compressed_storage.ts";
import { Memory } from "../../src/storage/memory.ts";
import { Sql } from "../../src/storage/sql.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";

const bytes = new TextEncoder().encode("body");
const at = (file: string | undefined, role: "values" | "calls" = "values") => ({
  file,
  place: `m.${role}`,
  role,
});

/** Shows the path that a storage would be opened with. */
let root: string | undefined;
registerStorage("TestPath", {
  options: { root: { kind: "path", required: true } },
  open: (options) => {
    root = options.root;
    return new Memory();
  },
});
const rootOf = (path: string, file: string | undefined) => {
  openStorage({ type: "TestPath", root: path }, at(file));
  return root;
};

test("openStorage resolves paths by the file that declares them", () => {
  assert.equal(rootOf("values", "/c/fleche/cache.toml"), "/c/fleche/values");
  assert.equal(rootOf("../values", "/c/fleche/cache.toml"), "/c/values");
  assert.equal(rootOf("/values", "/c/fleche/cache.toml"), "/values");
  assert.equal(rootOf("~/values", "/c/fleche/cache.toml"), join(process.env["HOME"] ?? "", "values"));
});

test("openStorage tells every storage what it keeps and how durably, the inner ones too", () => {
  const uses: unknown[] = [];
  registerStorage("TestUseWithin", {
    options: { inner: { kind: "storage" } },
    open: ({ inner = new Memory() }, use) => {
      uses.push(use);
      return inner;
    },
  });
  const settings = { type: "TestUseWithin", inner: { type: "TestUseWithin" } };
  openStorage(settings, { ...at(undefined), durability: "full" });
  openStorage(settings, at(undefined, "calls"));
  const [full, process] = [{ role: "values", durability: "full" }, { role: "calls", durability: "process" }];
  assert.deepEqual(uses, [full, full, process, process]);
});

test("openCache passes on what a section says of both storages", () => {
  const settings = { values: { type: "Memory" }, calls: { type: "Memory" } };
  assert.equal(openCache({ ...settings, single_flight: "off" }).singleFlight, "off");
  assert.equal(openCache(settings).singleFlight, "machine");
});

test("openStorage resolves paths given in code by the working directory", () => {
  assert.equal(rootOf("./values", undefined), join(process.cwd(), "values"));
  assert.equal(rootOf("~", undefined), process.env["HOME"]);
});

test("openStorage makes a new storage each time", () => {
  const [one, two] = [
    openStorage({ type: "Memory" }, at(undefined)),
    openStorage({ type: "Memory" }, at(undefined)),
  ];
  assert(one instanceof Memory && two instanceof Memory && one !== two);
});

test("openStorage opens a CborFile below the folder of the file, and touches nothing before its use", async () => {
  await withTemporaryDirectory(async (folder) => {
    const storage = openStorage({ type: "CborFile", root: "kept/values" }, at(join(folder, "cache.toml")));
    assert(storage instanceof CborFile);
    assert(!existsSync(join(folder, "kept")));
    await storage.put("key", bytes);
    assert(existsSync(join(folder, "kept/values")));
    assert.deepEqual(await (await storage.get("key"))?.bytes(), bytes);
    await storage[Symbol.asyncDispose]();
  });
});

test("openStorage opens storages within storages, each with its own options", async () => {
  await withTemporaryDirectory(async (folder) => {
    const storage = openStorage({
      type: "CompressedStorage",
      compression: "zstd",
      inner: { type: "CompressedStorage", compression: "gzip", inner: { type: "CborFile", root: "inside" } },
    }, at(join(folder, "cache.toml")));
    assert(storage instanceof CompressedStorage);
    const body = new Uint8Array(10_000);
    await storage.put("key", body);
    assert.deepEqual(await (await storage.get("key"))?.bytes(), body);
    const innermost = openStorage({ type: "CborFile", root: join(folder, "inside") }, at(undefined));
    const kept = await (await innermost.get("key"))?.bytes();
    assert(kept !== undefined && kept.length < 1000);
    await storage[Symbol.asyncDispose]();
  });
});

for (const url of ["sqlite:///calls.db", "file:calls.db", "calls.db", "./calls.db"]) {
  test(`openStorage opens Sql with ${url} below the folder of the file`, { timeout: 60_000 }, async () => {
    await withTemporaryDirectory(async (folder) => {
      const storage = openStorage({ type: "Sql", url }, at(join(folder, "cache.toml"), "calls"));
      assert(storage instanceof Sql);
      await storage.put("key", bytes);
      await storage[Symbol.asyncDispose]();
      assert(existsSync(join(folder, "calls.db")));
    });
  });
}

test("openStorage opens Sql in memory and by absolute path", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory(async (folder) => {
    for (const url of ["sqlite://", `sqlite:///${folder}/absolute.db`]) {
      const storage = openStorage({ type: "Sql", url }, at("/nowhere/cache.toml", "calls"));
      await storage.put("key", bytes);
      assert(await storage.has("key"));
      await storage[Symbol.asyncDispose]();
    }
    assert(existsSync(join(folder, "absolute.db")));
  });
});

test(
  "openStorage tells Sql which table it is for, within other storages too",
  { timeout: 60_000 },
  async () => {
    await withTemporaryDirectory(async (folder) => {
      const file = join(folder, "cache.toml");
      const sql = { type: "Sql", url: "sqlite:///cache.db" };
      const calls = openStorage(sql, at(file, "calls"));
      const values = openStorage({ type: "CompressedStorage", compression: "gzip", inner: sql }, at(file));
      await calls.put("call", bytes);
      await values.put("value", bytes);
      assert.deepEqual(await Array.fromAsync(calls.keys()), ["call"]);
      assert.deepEqual(await Array.fromAsync(values.keys()), ["value"]);
      await calls[Symbol.asyncDispose]();
      await values[Symbol.asyncDispose]();
      const inCode = new Sql({ url: join(folder, "cache.db"), role: "values" });
      assert.deepEqual(await Array.fromAsync(inCode.keys()), ["value"]);
      await inCode[Symbol.asyncDispose]();
    });
  },
);

test("openStorage gives Memory its limit", async () => {
  const storage = openStorage({ type: "Memory", max_bytes: 3 }, at(undefined));
  await storage.put("key", new Uint8Array(3));
  await assert.rejects(storage.put("key", bytes), /3 bytes/);
});

test("openStorage gives CompressedStorage its greatest ratio", async () => {
  const inner = new Memory();
  registerStorage("TestInner", { options: {}, open: () => inner });
  const open = (ratio: object) =>
    openStorage(
      { type: "CompressedStorage", compression: "gzip", inner: { type: "TestInner" }, ...ratio },
      at(undefined),
    );
  await open({}).put("zeros", new Uint8Array(100_000));
  assert.equal((await (await open({ max_ratio: 100_000 }).get("zeros"))?.bytes())?.length, 100_000);
  await warningsOf(async () => {
    assert.equal(await open({ max_ratio: 1.5 }).get("zeros"), undefined);
  });
});

test("openStorage checks the settings again, wherever they come from", () => {
  assert.throws(() => openStorage({ type: "Nothing" }, at("/c/cache.toml")), {
    name: "ConfigError",
    place: "m.values.type",
  });
  assert.throws(() => openStorage({ type: "CborFile" } as StorageSettings, at(undefined)), {
    name: "ConfigError",
    place: "m.values.root",
  });
});
