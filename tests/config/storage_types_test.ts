import assert from "node:assert/strict";
import test from "node:test";
import { openStorage } from "../../src/config/build_storage.ts";
import { readCacheSettings } from "../../src/config/cache_settings.ts";
import { registerStorage, storageTypeNames } from "../../src/config/storage_types.ts";
import type { StorageType, StorageTypeOptions } from "../../src/config/types.ts";
import { Memory } from "../../src/storage/memory.ts";
import type { Storage } from "../../src/storage/types.ts";

/** What a third party might register: every kind of option, and a storage within. */
const opened: unknown[] = [];
registerStorage("TestEverything", {
  options: {
    name: { kind: "string", oneOf: ["one", "two"] },
    folder: { kind: "path" },
    max_bytes: {
      kind: "integer",
      check: (value) => Number(value) > 0 ? undefined : "a positive number of bytes",
    },
    ratio: { kind: "number" },
    sync: { kind: "boolean" },
    secret_key: { kind: "strings" },
    token: { kind: "string", show: () => "(secret)", check: () => "another token" },
    inner: { kind: "storage", required: true },
    fallback: { kind: "storage" },
  },
  open: (options) => {
    opened.push(options);
    const inner: Storage = options.inner;
    const size: number | undefined = options.max_bytes;
    const name: "one" | "two" | undefined = options.name;
    void [size, name];
    return inner;
  },
});
registerStorage("TestBare", { options: {}, open: () => new Memory() });
registerStorage("TestCallsOnly", { options: {}, roles: ["calls"], open: () => new Memory() });
registerStorage("TestBroken", {
  options: {},
  open: () => {
    throw new RangeError("Cannot make it: no");
  },
});

const where = { file: "/c/cache.toml", place: "m.values", role: "values" } as const;
const read = (values: unknown) =>
  readCacheSettings({ values, calls: { type: "Memory" } }, { file: undefined, place: "m" }).values;

test("registerStorage makes a type known, with each kind of option, nested and opened from the inside", () => {
  opened.length = 0;
  const settings = {
    type: "TestEverything",
    name: "two",
    folder: "a",
    max_bytes: 5,
    ratio: 0.5,
    sync: false,
    secret_key: ["00", "11"],
    inner: { type: "TestEverything", folder: "~", inner: { type: "Memory" } },
    fallback: { type: "Memory" },
  };
  assert.deepEqual(read(settings), settings);
  const storage = openStorage(settings, where);
  assert(storage instanceof Memory);
  const [inner, outer] = opened as [Record<string, unknown>, Record<string, unknown>];
  assert.deepEqual(Object.keys(inner), ["folder", "inner"]);
  assert.equal(inner["folder"], process.env["HOME"]);
  const { inner: _, fallback, ...rest } = outer;
  assert(fallback instanceof Memory && fallback !== storage);
  assert.deepEqual(rest, {
    name: "two",
    folder: "/c/a",
    max_bytes: 5,
    ratio: 0.5,
    sync: false,
    secret_key: ["00", "11"],
  });
});

test("openStorage tells a type what the storage is for, within other storages too", () => {
  const roles: string[] = [];
  registerStorage("TestUse", {
    options: {},
    open: (_options, { role }) => {
      roles.push(role);
      return new Memory();
    },
  });
  openStorage({ type: "TestUse" }, where);
  openStorage({ type: "TestEverything", inner: { type: "TestUse" } }, { ...where, role: "calls" });
  assert.deepEqual(roles, ["values", "calls"]);
});

const everything = { type: "TestEverything", inner: { type: "Memory" } };
const refused: readonly [settings: unknown, message: string][] = [
  [
    { type: "TestEverything" },
    `nothing at m.values.inner, expected a table with a type: "TestEverything" needs it`,
  ],
  [{ ...everything, name: "three" }, `unknown name "three" at m.values.name, expected one of "one" or "two"`],
  [{ ...everything, max_bytes: 0 }, `integer 0 at m.values.max_bytes, expected a positive number of bytes`],
  [
    { ...everything, max_bytes: 2 ** 53 },
    `integer 9007199254740992 at m.values.max_bytes, expected an integer`,
  ],
  [{ ...everything, max_bytes: 1.5 }, `number 1.5 at m.values.max_bytes, expected an integer`],
  [{ ...everything, max_bytes: "5" }, `string "5" at m.values.max_bytes, expected an integer`],
  [{ ...everything, ratio: NaN }, `number NaN at m.values.ratio, expected a finite number`],
  [{ ...everything, sync: "yes" }, `string "yes" at m.values.sync, expected true or false`],
  [{ ...everything, secret_key: ["a", 5] }, `a list at m.values.secret_key, expected a list of strings`],
  [{ ...everything, token: "hunter2" }, `string "(secret)" at m.values.token, expected another token`],
  [
    { ...everything, inner: { type: "TestBare", x: 1 } },
    `unknown option "x" of "TestBare" at m.values.inner.x, expected no option but type`,
  ],
  [
    { ...everything, fallback: "Memory" },
    `string "Memory" at m.values.fallback, expected a table with a type`,
  ],
  [
    { type: "TestCallsOnly" },
    `storage type "TestCallsOnly", which keeps calls, at m.values.type, expected a type that keeps values`,
  ],
];
for (const [settings, message] of refused) {
  test(`registerStorage: ${message}`, () => {
    assert.throws(() => read(settings), { name: "ConfigError", message: `Cannot use settings: ${message}` });
  });
}

test("openStorage says which storage could not be made, and keeps the cause", () => {
  assert.throws(
    () => openStorage({ ...everything, inner: { type: "TestBroken" } }, where),
    (error: Error) => {
      assert.equal(
        error.message,
        `Cannot use configuration "/c/cache.toml": "TestBroken" at m.values.inner cannot be made: Cannot make it: no`,
      );
      assert(error.cause instanceof RangeError);
      return true;
    },
  );
});

const misuse: readonly [says: string, type: unknown, options: StorageTypeOptions][] = [
  ["a name of fleche's own", "Memory", {}],
  ["a name registered before", "TestEverything", {}],
  ["no name", "", {}],
  ["a name with a dot", "a.b", {}],
  ["__proto__", "__proto__", {}],
  ["a number", 5, {}],
  ["an option in camelCase", "TestNew", { maxBytes: { kind: "integer" } }],
  ["an option named type", "TestNew", { type: { kind: "string" } }],
  ["an option named __proto__", "TestNew", JSON.parse(`{ "__proto__": { "kind": "string" } }`)],
];
for (const [says, type, options] of misuse) {
  test(`registerStorage refuses ${says}`, () => {
    const before = storageTypeNames();
    assert.throws(() => registerStorage(type as string, { options, open: () => new Memory() }), TypeError);
    assert.deepEqual(storageTypeNames(), before);
  });
}

test("registerStorage refuses a type that cannot be opened", () => {
  for (const spec of [undefined, {}, { options: {} }, { open: () => new Memory() }]) {
    assert.throws(() => registerStorage("TestNew", spec as StorageType), TypeError);
  }
  assert(!storageTypeNames().includes("TestNew"));
});
