import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadConfig } from "../../src/config/load_config.ts";
import { ConfigError } from "../../src/errors.ts";
import { isDeno, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const memory = `values.type = "Memory"\ncalls.type = "Memory"\n`;
const script = fileURLToPath(new URL("_load.ts", import.meta.url));
const nothing = { default: { cache: "memory", metadata: ["Runtime", "CallInfo"] } };

/** Loads in a new process with these variables alone, and these permissions where there are any. */
function loaded(
  env: Record<string, string>,
  options: { permissions?: string[]; path?: string; cwd?: string } = {},
): { out: unknown; warnings: string[] } {
  const [program = "", ...args] = options.permissions === undefined
    ? runtimeCommand
    : [process.execPath, "run", "--no-check", "--no-prompt", ...options.permissions];
  const keep = Object.fromEntries(["PATH", "DENO_DIR"].map((name) => [name, process.env[name] ?? ""]));
  // Deno keeps its own cache below HOME, which the tests move.
  if (isDeno && keep["DENO_DIR"] === "") keep["DENO_DIR"] = denoFolder();
  const { stdout, stderr } = spawnSync(program, [
    ...args,
    script,
    ...(options.path === undefined ? [] : [options.path]),
  ], {
    env: { ...keep, NO_COLOR: "1", ...env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    encoding: "utf8",
  });
  const warnings = stderr.split("\n").filter((line) => line.startsWith("fleche: "));
  return { out: stdout === "" ? stderr : JSON.parse(stdout), warnings };
}

function denoFolder(): string {
  return JSON.parse(execFileSync(process.execPath, ["info", "--json"], { encoding: "utf8" })).denoDir;
}

function inFolder(text: string | Uint8Array, body: (file: string, folder: string) => void): Promise<void> {
  return withTemporaryDirectory((folder) => {
    const file = join(folder, "cache.toml");
    writeFileSync(file, text);
    body(file, folder);
  });
}

test("loadConfig reads the file below XDG_CONFIG_HOME, else below HOME", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory((folder) => {
    for (const [where, name] of [["xdg/fleche", "one"], ["home/.config/fleche", "two"]] as const) {
      mkdirSync(join(folder, where), { recursive: true });
      writeFileSync(join(folder, where, "cache.toml"), `[default]\ncache = "${name}"\n[${name}]\n${memory}`);
    }
    const HOME = join(folder, "home");
    const chain = ["Runtime", "CallInfo"];
    const two = { file: join(HOME, ".config/fleche/cache.toml"), default: { cache: "two", metadata: chain } };
    const XDG_CONFIG_HOME = join(folder, "xdg");
    assert.deepEqual(loaded({ HOME, XDG_CONFIG_HOME }), {
      out: { file: join(XDG_CONFIG_HOME, "fleche/cache.toml"), default: { cache: "one", metadata: chain } },
      warnings: [],
    });
    assert.deepEqual(loaded({ HOME }), { out: two, warnings: [] });
    assert.deepEqual(loaded({ HOME, XDG_CONFIG_HOME: "" }), { out: two, warnings: [] });
    assert.deepEqual(loaded({ HOME, XDG_CONFIG_HOME: "xdg" }, { cwd: folder }), { out: two, warnings: [] });
  });
});

test(
  "loadConfig takes a missing default file for an empty one, without a word",
  { timeout: 60_000 },
  async () => {
    await withTemporaryDirectory((folder) => {
      assert.deepEqual(loaded({ HOME: folder }), { out: nothing, warnings: [] });
      writeFileSync(join(folder, ".config"), "a file where a folder is looked for");
      assert.deepEqual(loaded({ HOME: folder }), { out: nothing, warnings: [] });
    });
  },
);

test("loadConfig refuses a default file with a fault in it", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory((folder) => {
    const file = join(folder, "fleche", "cache.toml");
    mkdirSync(join(folder, "fleche"));
    writeFileSync(file, `[default]\ncache = "mycache"`);
    assert.deepEqual(loaded({ HOME: folder, XDG_CONFIG_HOME: folder }).out, {
      name: "ConfigError",
      message: `Cannot use configuration "${file}": unknown cache "mycache" at default.cache, ` +
        `expected one of "memory" or "void"`,
    });
  });
});

test("loadConfig takes a path in every form", () =>
  inFolder(`[mine]\n${memory}`, (file) => {
    for (const path of [file, relative(process.cwd(), file), pathToFileURL(file)]) {
      const config = loadConfig({ path });
      assert.equal(config.file, file);
      assert.deepEqual(config.cacheSettings("mine"), {
        values: { type: "Memory" },
        calls: { type: "Memory" },
      });
    }
  }));

test("loadConfig follows a link; relative paths then are relative to the link", () =>
  inFolder(`[mine]\n${memory}`, (file, folder) => {
    const link = join(folder, "link.toml");
    symlinkSync(file, link);
    assert.equal(loadConfig({ path: link }).file, link);
  }));

test("loadConfig reads a file with a byte order mark and CRLF", () =>
  inFolder(`\uFEFF[default]\r\ncache = "mine"\r\n[mine]\r\n${memory.replaceAll("\n", "\r\n")}`, (path) => {
    assert.equal(loadConfig({ path }).settings.default.cache, "mine");
  }));

test("loadConfig reads the file anew each time", () =>
  inFolder(`[default]\ncache = "void"`, (path) => {
    assert.equal(loadConfig({ path }).settings.default.cache, "void");
    writeFileSync(path, "");
    assert.equal(loadConfig({ path }).settings.default.cache, "memory");
  }));

function refuses(path: string | URL, message: string, code = "config-invalid"): void {
  assert.throws(() => loadConfig({ path }), (error) => {
    assert(error instanceof ConfigError);
    assert.equal(error.message, `Cannot use ${message}`);
    assert.equal(error.code, code);
    return true;
  });
}

test("loadConfig refuses a file that was asked for and is not there", () =>
  inFolder("", (file) => {
    refuses(`${file}x`, `configuration "${file}x": there is no such file`);
    refuses(`${file}/x`, `configuration "${file}/x": there is no such file`);
  }));

test("loadConfig refuses paths that no file has", () => {
  refuses("", `settings: no file has the path ""`);
  refuses("a\0b", `settings: no file has the path "a\\u0000b"`);
});

test("loadConfig refuses a folder and, without waiting, a FIFO and a device", async () => {
  await withTemporaryDirectory((folder) => {
    refuses(folder, `configuration "${folder}": it is a folder`);
    if (process.platform === "win32") return;
    const fifo = join(folder, "fifo");
    execFileSync("mkfifo", [fifo]);
    refuses(fifo, `configuration "${fifo}": it is no regular file`);
    refuses("/dev/zero", `configuration "/dev/zero": it is no regular file`);
  });
});

test("loadConfig refuses a file of 10 MB unread", () =>
  inFolder("a = 1\n".repeat(1_700_000), (file) => {
    refuses(file, `configuration "${file}": it is 10200000 bytes large, expected at most 65536`);
  }));

test("loadConfig reads a file of exactly the most bytes", () =>
  inFolder("#".repeat(65_536), (path) => {
    assert.equal(loadConfig({ path }).settings.caches.size, 0);
    writeFileSync(path, "#".repeat(65_537));
    refuses(path, `configuration "${path}": it is 65537 bytes large, expected at most 65536`);
  }));

for (
  const [says, bytes, line] of [
    ["Latin-1", Uint8Array.of(0x23, 0x0a, 0x23, 0xfc, 0x0a), 2],
    ["UTF-16", Uint8Array.of(0xff, 0xfe, 0x23, 0x00), 1],
    ["a surrogate", Uint8Array.of(0x23, 0x0a, 0x0a, 0x23, 0xed, 0xa0, 0x80), 3],
    ["a character cut short", Uint8Array.of(0x23, 0xc3), 1],
  ] as const
) {
  test(`loadConfig refuses what is not UTF-8: ${says}`, () =>
    inFolder(bytes, (file) => {
      refuses(
        file,
        `configuration "${file}": no UTF-8 text at line ${line}: save the file as UTF-8`,
        "config-syntax",
      );
    }));
}

test("Config.cacheSettings names the sections that there are, and the nearest", () =>
  inFolder(`[mycache]\n${memory}[other]\n${memory}`, (path) => {
    const config = loadConfig({ path });
    assert.throws(() => config.cacheSettings("mycach"), {
      name: "ConfigError",
      code: "config-unknown-cache",
      file: path,
      message:
        `Cannot use configuration "${path}": no section [mycach], expected one of "mycache", "other", ` +
        `"memory" or "void" (the nearest is "mycache")`,
    });
    for (const name of ["constructor", "__proto__", "memory", ""]) {
      assert.throws(() => config.cacheSettings(name), { code: "config-unknown-cache" });
    }
  }));

test("loadConfig warns once of a default file that cannot be read", { timeout: 60_000 }, async () => {
  await withTemporaryDirectory((folder) => {
    const file = join(folder, "fleche", "cache.toml");
    mkdirSync(join(folder, "fleche"));
    // A link to itself: unreadable for the superuser too, as a file without permissions is not.
    symlinkSync(file, file);
    const { out, warnings } = loaded({ HOME: folder, XDG_CONFIG_HOME: folder });
    assert.deepEqual(out, nothing);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      /^fleche: Cannot read configuration ".*cache\.toml": ELOOP.*; the default cache is in memory$/,
    );
    assert.throws(() => loadConfig({ path: file }), (error: Error) => {
      assert.match(error.message, /: it cannot be read: ELOOP/);
      assert.match(String(error.cause), /ELOOP/);
      return true;
    });
  });
});

const needsDeno = { skip: isDeno ? false : "only Deno has permissions", timeout: 60_000 };

test("loadConfig warns once where Deno may not read the file, and never asks", needsDeno, async () => {
  await withTemporaryDirectory((folder) => {
    const file = join(folder, ".config", "fleche", "cache.toml");
    const { out, warnings } = loaded({ HOME: folder }, { permissions: ["--allow-env=HOME,XDG_CONFIG_HOME"] });
    assert.deepEqual(out, nothing);
    assert.deepEqual(warnings, [
      `fleche: Cannot read configuration "${file}": no permission to read it ` +
      `(Deno needs --allow-read=${file}); the default cache is in memory`,
    ]);
    assert.deepEqual(
      loaded({ HOME: folder }, { permissions: ["--allow-env=HOME,XDG_CONFIG_HOME"], path: file }).out,
      {
        name: "ConfigError",
        message: `Cannot use configuration "${file}": it cannot be read: no permission to read it ` +
          `(Deno needs --allow-read=${file})`,
      },
    );
  });
});

test("loadConfig warns once where Deno may not know the home folder", needsDeno, async () => {
  await withTemporaryDirectory((folder) => {
    // With no flag at all, Deno's node:child_process gives a Deno that it starts every permission.
    for (const permissions of [["--deny-net"], ["--allow-read"]]) {
      assert.deepEqual(loaded({ HOME: folder }, { permissions }), {
        out: nothing,
        warnings: [
          "fleche: Cannot look for a configuration: the home folder is not known (Deno needs " +
          "--allow-env=XDG_CONFIG_HOME,HOME); the default cache is in memory",
        ],
      });
    }
  });
});

test("defaultMetadata does not warn of a configuration that may not be read", needsDeno, async () => {
  await withTemporaryDirectory((folder) => {
    const script = fileURLToPath(new URL("./_metadata.ts", import.meta.url));
    const [program, args] = [process.execPath, ["run", "--no-check", "--no-prompt", "--deny-net", script]];
    const { stdout, stderr } = spawnSync(program, args, {
      env: { DENO_DIR: denoFolder(), HOME: folder, NO_COLOR: "1" },
      encoding: "utf8",
    });
    assert.equal(stdout, "runtime callinfo\n");
    assert.equal(stderr, "");
  });
});

test("loadConfig says what to set where no variable tells the home folder", needsDeno, () => {
  // Deno asks the system for it only where it may.
  assert.deepEqual(
    loaded({ HOME: "", XDG_CONFIG_HOME: "" }, { permissions: ["--allow-read", "--allow-env"] }),
    {
      out: nothing,
      warnings: [
        "fleche: Cannot look for a configuration: the home folder is not known (set HOME, or XDG_CONFIG_HOME " +
        "to an absolute path); the default cache is in memory",
      ],
    },
  );
});

test("loadConfig needs no permission but the two variables and the file", needsDeno, async () => {
  await withTemporaryDirectory((folder) => {
    const file = join(folder, "fleche", "cache.toml");
    mkdirSync(join(folder, "fleche"));
    writeFileSync(file, `[default]\ncache = "void"`);
    const permissions = ["--allow-env=HOME,XDG_CONFIG_HOME", `--allow-read=${file}`];
    assert.deepEqual(loaded({ HOME: folder, XDG_CONFIG_HOME: folder }, { permissions }), {
      out: { file, default: { ...nothing.default, cache: "void" } },
      warnings: [],
    });
  });
});
