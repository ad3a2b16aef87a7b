/** Sections of one configuration whose values lie in one place: each counts the records of the others. */
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { type Cache, fleche, loadConfig, Memory, registerStorage } from "../../mod.ts";
import { siblingsOf } from "../../src/cache/siblings.ts";
import { namedCache } from "../../src/config/active_config.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { recordOf } from "./_care.ts";

/** Sections `one` and `other` and what stands in them, in a file of a directory of its own. */
async function withSections(
  sections: (directory: string) => string,
  body: (one: Cache, other: Cache) => Promise<void> | void,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    mkdirSync(join(directory, "values"));
    symlinkSync(join(directory, "values"), join(directory, "link"));
    const path = join(directory, "cache.toml");
    writeFileSync(path, sections(directory));
    loadConfig({ path });
    await using one = namedCache("one");
    await using other = namedCache("other");
    await body(one, other);
  });
}

const cborFile = (section: string, role: string, root: string): string =>
  `[${section}.${role}]\ntype = "CborFile"\nroot = ${JSON.stringify(root)}\n`;
const compressed = (section: string, role: string, root: string): string =>
  `[${section}.${role}]\ntype = "CompressedStorage"\ncompression = "gzip"\n${
    cborFile(`${section}.${role}`, "inner", root)
  }`;
const sql = (section: string, role: string, url: string): string =>
  `[${section}.${role}]\ntype = "Sql"\nurl = ${JSON.stringify(url)}\n`;
const calls = cborFile("one", "calls", "calls-one") + cborFile("other", "calls", "calls-other");

/** How values may lie in one place, by the paths of both sections. */
const SHARED: Readonly<Record<string, (directory: string) => string>> = {
  "by the same path": () =>
    cborFile("one", "values", "values") + cborFile("other", "values", "values") + calls,
  "by a relative and an absolute path": (directory) =>
    cborFile("one", "values", "./x/../values/") + cborFile("other", "values", join(directory, "values")) +
    calls,
  "by a symbolic link": () =>
    cborFile("one", "values", "values") + cborFile("other", "values", "link") + calls,
  "within another storage": () =>
    compressed("one", "values", "values") + compressed("other", "values", "values") + calls,
  "in one database, by a path and a URL": (directory) =>
    sql("one", "values", "values.db") + sql("other", "values", `file:${join(directory, "values.db")}`) +
    calls,
};

for (const [how, sections] of Object.entries(SHARED)) {
  test(`gc and clear leave the values of another section that shares them ${how}`, () =>
    withSections(sections, async (one, other) => {
      const f = fleche((n: number) => ({ n }), { name: `shared ${how}`, cache: one });
      const g = fleche((n: number) => ({ n }), { name: `shared ${how}`, cache: other });
      for (const n of [1, 2]) await f(n);
      for (const n of [2, 3]) await g(n);
      const collected = await one.gc({ graceMs: 0 });
      assert.deepEqual([collected.records, collected.named, collected.removed], [4, 3, 0]);
      assert.equal((await one.verify({ graceMs: 0 })).counts.dangling, 0);
      assert.deepEqual(await one.clear(), { records: 2, values: 1 });
      for (const n of [2, 3]) assert.ok(await g.contains(n));
      for (const n of [1, 2]) assert.equal(await f.contains(n), false);
    }));
}

test("gc removes nothing while another section's record cannot be read", () =>
  withSections(SHARED["by the same path"] ?? String, async (one, other) => {
    const f = fleche((n: number) => ({ n }), { name: "shared with a newer one", cache: one });
    await f(1);
    await one.calls.delete(await f.digest(1));
    await other.calls.put("a".repeat(64), recordOf("b".repeat(64), { fleche: 2 }));
    await assert.rejects(one.gc({ graceMs: 0 }), /record a{64} of cache "other" cannot be read/);
    assert.equal((await Array.fromAsync(one.values.keys())).length, 1);
  }));

/** Values of `other` stand among the records of `one`, which keeps its values elsewhere. */
const VALUES_AMONG_RECORDS = (): string =>
  cborFile("one", "values", "values") + cborFile("one", "calls", "mixed") +
  cborFile("other", "values", "mixed") + cborFile("other", "calls", "calls");

for (
  const [what, look] of Object.entries({
    "gc": async (cache: Cache) => assert.equal((await cache.gc({ graceMs: 0 })).removed, 0),
    "verify with repair": async (cache: Cache) =>
      assert.equal((await cache.verify({ graceMs: 0, repair: true })).repaired, 0),
    "clear": async (cache: Cache) => assert.deepEqual(await cache.clear(), { records: 1, values: 1 }),
  })
) {
  test(`${what} leaves the values of another section that stand among the records`, () =>
    withSections(VALUES_AMONG_RECORDS, async (one, other) => {
      await fleche((n: number) => ({ n }), { name: "mixed", cache: one })(1);
      const g = fleche((n: number) => ({ n }), { name: "mixed", cache: other });
      await g(2);
      await look(one);
      assert.ok(await g.contains(2));
    }));

  test(`${what} refuses a section where another one encrypts, and removes nothing`, () =>
    withSections(
      () =>
        cborFile("one", "values", "values") + cborFile("one", "calls", "calls-one") +
        `[other]\nsecret_key = ["${"ab".repeat(16)}"]\nencrypt = true\n` +
        cborFile("other", "values", "values") + cborFile("other", "calls", "calls-other"),
      async (one, other) => {
        const f = fleche((n: number) => ({ n }), { name: "sealed beside", cache: one });
        const g = fleche((n: number) => ({ n }), { name: "sealed beside", cache: other });
        await f(1);
        await g(2);
        await assert.rejects(look(one), {
          name: "CacheError",
          code: "unreadable",
          message: /"other" encrypts/,
        });
        assert.ok(await f.contains(1) && await g.contains(2));
        assert.equal((await other.gc({ graceMs: 0 })).removed, 0);
        assert.ok(await f.contains(1));
      },
    ));
}

test("sections that share nothing, or records only, do not know of each other", async () => {
  const apart: readonly (() => string)[] = [
    () => cborFile("one", "values", "values") + cborFile("other", "values", "values-other") + calls,
    () => "[one.values]\ntype = 'Memory'\n[other.values]\ntype = 'Memory'\n" + calls,
    () =>
      cborFile("one", "values", "values") + cborFile("other", "values", "values-other") +
      cborFile("one", "calls", "calls") + cborFile("other", "calls", "calls"),
  ];
  for (const sections of apart) {
    await withSections(sections, (one) => assert.deepEqual(siblingsOf(one), []));
  }
});

test("a section knows of those that keep records where it keeps values", () =>
  withSections(
    () =>
      cborFile("one", "values", "values") + cborFile("one", "calls", "calls") +
      cborFile("other", "values", "values-other") + cborFile("other", "calls", "values"),
    (one, other) => assert.deepEqual(siblingsOf(one), [other]),
  ));

test("sections of a registered type that are told the same know of each other", async () => {
  registerStorage("SharedBucket", {
    options: { bucket: { kind: "string", required: true }, retries: { kind: "integer" } },
    open: () => new Memory(),
  });
  const bucket = (section: string, name: string): string =>
    `[${section}.values]\ntype = "SharedBucket"\nbucket = "${name}"\n`;
  await withSections(
    () => `${bucket("one", "a")}retries = 2\n` + bucket("other", "a") + calls,
    (one, other) => assert.deepEqual(siblingsOf(one), [other]),
  );
  await withSections(
    () => bucket("one", "a") + bucket("other", "b") + calls,
    (one) => assert.deepEqual(siblingsOf(one), []),
  );
});

test("the sections of a configuration know of each other after another one was loaded", () =>
  withSections(SHARED["by the same path"] ?? String, (one, other) =>
    withTemporaryDirectory((directory) => {
      const path = join(directory, "cache.toml");
      writeFileSync(path, "");
      loadConfig({ path });
      assert.deepEqual(siblingsOf(one), [other]);
    })));

test("caches that were made in code know of nobody", () => {
  assert.deepEqual(siblingsOf(namedCache("memory")), []);
});
