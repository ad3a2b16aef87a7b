import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { loadConfig, openCache } from "../../src/config/active_config.ts";
import { readCacheSettings } from "../../src/config/cache_settings.ts";
import { parseToml } from "../../src/config/parse_toml.ts";
import { readSettings } from "../../src/config/settings.ts";
import { ConfigError } from "../../src/errors.ts";
import { SealedStorage } from "../../src/storage/sealed_storage.ts";
import { runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { faults, source } from "./_faults.ts";

/** Nothing but what is meant to hold it may show a part of it. */
const CANARY = "5ec2e7ca".repeat(8);
const SHOWN = CANARY.slice(0, 8);

const memory = { values: { type: "Memory" }, calls: { type: "Memory" } };

function views(value: unknown): string {
  const plain = inspect(value, { depth: Infinity });
  const hidden = inspect(value, { depth: Infinity, showHidden: true, getters: true });
  return [plain, hidden, JSON.stringify(value) ?? "", `${value}`, Object.entries(value ?? {}).join()].join(
    "\n",
  );
}

test("Settings, caches and storages do not show their keys", async () => {
  await withTemporaryDirectory(async (folder) => {
    const path = join(folder, "cache.toml");
    const root = JSON.stringify(folder);
    writeFileSync(
      path,
      `[mine]\nsecret_key = ["${CANARY}", "${CANARY}00"]\nencrypt = true\nvalues.type = "CborFile"\n` +
        `values.root = ${root}\ncalls.type = "Memory"`,
    );
    const config = loadConfig({ path });
    const settings = config.cacheSettings("mine");
    await using cache = openCache(settings);
    await cache.values.put("key", new Uint8Array(5));
    assert.equal((await cache.values.get("key"))?.size, 5);
    for (const value of [config, settings, settings.secret_key, cache, cache.values]) {
      assert(!views(value).includes(SHOWN), inspect(value));
    }
  });
});

test("openCache takes the settings that a file was read to, and those that are written in code", async () => {
  const settings = readCacheSettings({ ...memory, secret_key: [CANARY] }, source);
  assert.deepEqual(readCacheSettings(settings, source), settings);
  for (const given of [settings, { ...memory, secret_key: [CANARY] }]) {
    await using cache = openCache(given);
    assert(cache.values instanceof SealedStorage && cache.calls instanceof SealedStorage);
  }
  await using unsealed = openCache(memory);
  assert(!(unsealed.values instanceof SealedStorage));
});

test("openCache seals next to the medium", async () => {
  await withTemporaryDirectory(async (root) => {
    const values = { type: "CompressedStorage", compression: "gzip", inner: { type: "CborFile", root } };
    await using cache = openCache({ ...memory, values, secret_key: [CANARY], encrypt: true });
    await cache.values.put("key", new Uint8Array(500_000));
    const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".cbor")
    );
    const [file = ""] = files;
    assert.equal(files.length, 1);
    assert(statSync(join(root, file)).size < 5000);
    assert.equal(readFileSync(join(root, file)).indexOf("flecz"), -1);
  });
});

test("openCache refuses encrypt without a key, and names what would work", () => {
  const expected = /true without a key at encrypt, expected secret_key beside it, or .*FLECHE_SECRET_KEY/;
  assert.throws(() => openCache({ ...memory, encrypt: true }), { name: "ConfigError", message: expected });
  openCache({ ...memory, encrypt: false });
});

for (const [says, toml] of faults) {
  if (!toml.includes("5ec2e7")) continue;
  test(`ConfigError does not show a key, nor does its cause: ${says}`, () => {
    assert.throws(() => readSettings(parseToml(toml, source), source), (error: unknown) => {
      assert(error instanceof ConfigError);
      assert(!views(error).includes("5ec2e75ec2e7"), inspect(error));
      return true;
    });
  });
}

const misplaced: readonly (readonly [what: string, section: Record<string, unknown>])[] = [
  ["in the place of encrypt", { ...memory, encrypt: CANARY }],
  ["as the name of a key", { ...memory, [CANARY]: true }],
  ["as a short name of a key", { ...memory, [CANARY.slice(0, 32)]: true }],
  ["as a type", { ...memory, values: { type: CANARY } }],
  ["as an option", { ...memory, values: { type: "Memory", [CANARY]: 1 } }],
  ["as a value of an option", { ...memory, values: { type: "Memory", max_bytes: CANARY } }],
  ["in the place of single_flight", { ...memory, single_flight: CANARY }],
];

for (const [what, section] of misplaced) {
  test(`ConfigError does not show a key that stands in the wrong place: ${what}`, () => {
    assert.throws(() => readCacheSettings(section, { ...source, place: "mine" }), (error: unknown) => {
      assert(error instanceof ConfigError);
      assert(!views(error).includes(SHOWN), inspect(error));
      return true;
    });
  });
}

test("ConfigError shows nothing of a key of digits alone, without quotes and brackets", () => {
  const secret_key = Number("8091".repeat(5));
  assert.throws(() => readCacheSettings({ ...memory, secret_key }, source), (error: unknown) => {
    assert(error instanceof ConfigError && /a number at secret_key, expected a list/.test(error.message));
    assert(!views(error).includes("80918091"), inspect(error));
    return true;
  });
});

/** What a process with these variables makes of a section; see `_seal.ts`. */
function sealedBy(
  env: Record<string, string>,
  options: { readonly permissions?: readonly string[]; readonly section?: string } = {},
): string {
  const [program = "", ...args] = options.permissions === undefined
    ? runtimeCommand
    : [process.execPath, "run", "--no-check", "--no-prompt", ...options.permissions];
  const script = fileURLToPath(new URL("_seal.ts", import.meta.url));
  return execFileSync(program, [...args, script, options.section ?? "{}"], {
    encoding: "utf8",
    env: { ...process.env, ...env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

const unset = { FLECHE_SECRET_KEY: "" };

test("FLECHE_SECRET_KEY seals every section without a key of its own", { timeout: 60_000 }, () => {
  const key = "ab".repeat(16);
  assert.equal(sealedBy(unset), "not sealed");
  assert.equal(sealedBy({ FLECHE_SECRET_KEY: CANARY }), "sealed, opens with");
  assert.equal(sealedBy({ FLECHE_SECRET_KEY: `${CANARY}:${key}` }), "sealed, opens with");
  assert.equal(sealedBy({ FLECHE_SECRET_KEY: `${key}:${CANARY}` }), "sealed, does not open with");
  const section = JSON.stringify({ secret_key: [CANARY] });
  assert.equal(sealedBy({ FLECHE_SECRET_KEY: key }, { section }), "sealed, opens with");
  const encrypted = JSON.stringify({ encrypt: true });
  assert.equal(sealedBy({ FLECHE_SECRET_KEY: CANARY }, { section: encrypted }), "sealed, opens with");
});

test("FLECHE_SECRET_KEY that holds no keys is a ConfigError that names it and shows nothing of it", {
  timeout: 60_000,
}, () => {
  for (
    const wrong of [`${SHOWN}`, `${CANARY}:`, `${CANARY}:${SHOWN}xy`, `${CANARY},${CANARY}`, ` ${CANARY}`]
  ) {
    const out = sealedBy({ FLECHE_SECRET_KEY: wrong });
    assert.match(out, /^ConfigError.*environment variable FLECHE_SECRET_KEY holds what is no key/);
    assert(!out.includes(SHOWN), out);
  }
});

const skip = "Deno" in globalThis ? false : "only Deno has permissions";

test("FLECHE_SECRET_KEY that may not be read is as if it was not set", { timeout: 60_000, skip }, () => {
  const env = { FLECHE_SECRET_KEY: CANARY };
  assert.equal(sealedBy(env, { permissions: ["--allow-env=HOME"] }), "not sealed");
  assert.equal(sealedBy(env, { permissions: ["--allow-env=FLECHE_SECRET_KEY"] }), "sealed, opens with");
  const out = sealedBy(env, {
    permissions: ["--allow-env=HOME"],
    section: JSON.stringify({ encrypt: true }),
  });
  assert.match(out, /--allow-env=FLECHE_SECRET_KEY/);
});

test("A key stands in no file of a cache, and in no record", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory((folder) => {
    for (const encrypt of [false, true]) {
      const root = join(folder, `${encrypt}`);
      mkdirSync(root);
      const out = sealedBy({ FLECHE_SECRET_KEY: CANARY }, { section: JSON.stringify({ root, encrypt }) });
      assert.match(out, /^ran 1 times, kept: {/);
      assert(!out.includes(SHOWN));
      for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
        assert(!name.includes(SHOWN));
        if (!statSync(join(root, name)).isFile()) continue;
        const bytes = readFileSync(join(root, name));
        assert.equal(bytes.indexOf(SHOWN), -1, name);
        assert.equal(bytes.indexOf(Buffer.from(SHOWN, "hex")), -1, name);
      }
    }
  });
});
