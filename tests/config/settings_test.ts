import assert from "node:assert/strict";
import test from "node:test";
import { parseToml } from "../../src/config/parse_toml.ts";
import { readCacheSettings } from "../../src/config/cache_settings.ts";
import { readSettings, type StorageSettings } from "../../src/config/settings.ts";

const source = { file: "/c/cache.toml" };
const read = (toml: string) => readSettings(parseToml(toml, source), source);
const memory = { values: { type: "Memory" }, calls: { type: "Memory" } };

test("readSettings gives the defaults where nothing is said", () => {
  const settings = { default: { cache: "memory", metadata: ["Runtime", "CallInfo"] }, caches: new Map() };
  assert.deepEqual(read(""), settings);
  assert.deepEqual(read("[default]"), settings);
});

test("readSettings takes the reserved names as default cache", () => {
  assert.equal(read(`[default]\ncache = "memory"`).default.cache, "memory");
  assert.equal(read(`[default]\ncache = "void"`).default.cache, "void");
});

test("readSettings takes an empty metadata chain, every class, and each once", () => {
  assert.deepEqual(read(`[default]\nmetadata = []`).default.metadata, []);
  assert.deepEqual(
    read(`[default]\nmetadata = [\n  "Git", # first\n  'Environment',\n  "CallInfo", "Runtime", "Git",\n]`)
      .default
      .metadata,
    ["Git", "Environment", "CallInfo", "Runtime"],
  );
});

test("readSettings keeps the caches in the order of the file, [default] before or after", () => {
  const caches =
    `[b]\nvalues.type = "Memory"\ncalls.type = "Memory"\n[a]\nvalues.type = "Memory"\ncalls.type = "Memory"\n`;
  for (const toml of [`[default]\ncache = "a"\n${caches}`, `${caches}[default]\ncache = "a"\n`]) {
    assert.deepEqual([...read(toml).caches.keys()], ["b", "a"]);
    assert.equal(read(toml).default.cache, "a");
  }
});

test("readSettings takes any other name, those of Object.prototype too", () => {
  for (
    const name of ["constructor", "toString", "hasOwnProperty", `"my cache"`, `"a.b"`, `"ü"`, "0", "values"]
  ) {
    const settings = read(`[default]\ncache = ${name.startsWith('"') ? name : `"${name}"`}\n[${name}]
values.type = "Memory"\ncalls.type = "Memory"`);
    assert.deepEqual([...settings.caches.values()], [memory], name);
  }
});

test("readSettings takes every way to write a table", () => {
  const expected = new Map([["m", { values: { type: "CborFile", root: "v" }, calls: { type: "Memory" } }]]);
  for (
    const toml of [
      `[m]\nvalues.type = "CborFile"\nvalues.root = "v"\ncalls.type = "Memory"`,
      `[m]\nvalues = { type = "CborFile", root = "v" }\ncalls = { type = "Memory" }`,
      `[m.values]\ntype = "CborFile"\nroot = "v"\n[m.calls]\ntype = "Memory"`,
      `m.values.type = "CborFile"\nm.values.root = "v"\nm.calls.type = "Memory"`,
      `m = { values = { type = "CborFile", root = 'v' }, calls.type = 'Memory' }`,
      `["m"]\r\n"values".type = "CborFile" # c\r\nvalues . 'root' = """v"""\r\ncalls.type = "Memory"\r\n`,
    ]
  ) assert.deepEqual(read(toml).caches, expected, toml);
});

test("readSettings takes storages within storages, a hundred deep", () => {
  const nested = (depth: number): StorageSettings =>
    depth === 0
      ? { type: "Memory" }
      : { type: "CompressedStorage", compression: "gzip", inner: nested(depth - 1) };
  const settings = { values: nested(100), calls: { type: "Memory" } };
  assert.deepEqual(readCacheSettings(settings, source), settings);
  assert.throws(() => readCacheSettings({ ...settings, values: nested(101) }, source), {
    code: "config-invalid",
  });
});

test("readSettings takes a database of every form", () => {
  for (
    const url of [
      "sqlite:///calls.db",
      "sqlite:////var/calls.db",
      "sqlite://",
      "file:calls.db",
      "calls.db",
      "~/calls.db",
    ]
  ) {
    const { caches } = read(`[m]\nvalues.type = "Memory"\ncalls.type = "Sql"\ncalls.url = "${url}"`);
    assert.deepEqual(caches.get("m")?.calls, { type: "Sql", url });
  }
});

test("readCacheSettings leaves out what is undefined and copies what it is given", () => {
  const given = { values: { type: "Memory", root: undefined }, calls: { type: "CborFile", root: "x" } };
  const settings = readCacheSettings(given, { file: undefined });
  assert.deepEqual(settings, { values: { type: "Memory" }, calls: { type: "CborFile", root: "x" } });
  given.calls.root = "y";
  assert.equal(settings.calls["root"], "x");
});

test("readCacheSettings takes single_flight and durability, and leaves them out where they are not said", () => {
  assert.deepEqual(readCacheSettings(memory, source), memory);
  for (const single_flight of ["machine", "process", "off"]) {
    assert.equal(readCacheSettings({ ...memory, single_flight }, source).single_flight, single_flight);
  }
  for (const durability of ["process", "full"]) {
    assert.equal(readCacheSettings({ ...memory, durability }, source).durability, durability);
  }
});
