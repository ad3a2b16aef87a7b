import assert from "node:assert/strict";
import { test } from "node:test";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { captureCaller } from "../../src/call/capture_caller.ts";
import { portableModule } from "../../src/call/module_path.ts";
import { isDeno, runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

// Not the last thing that it does: see captureCaller.
function mark(): string | undefined {
  const caller = captureCaller(mark);
  return caller === undefined ? undefined : String(caller);
}
Object.assign(globalThis, { mark });

const here = "@fleche/fleche/tests/call/module_path_test.ts";
const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");

function write(folder: string, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const marking = "export const value = [globalThis.mark()]; export const later = () => [globalThis.mark()];";

/** Imports a file that says where it was called from, and gives the portable path. */
async function moduleOf(folder: string, name: string, query = ""): Promise<string | undefined> {
  const { value } = await import(pathToFileURL(join(folder, name)).href + query) as {
    value: [string | undefined];
  };
  return await portableModule(value[0]);
}

test("captureCaller finds the file that called, wherever in it the call stands", async () => {
  class Marked {
    static field = mark();
    field = mark();
    static block: string | undefined;
    static {
      Marked.block = mark();
    }
    method(): (string | undefined)[] {
      return [mark()];
    }
    static async later(): Promise<(string | undefined)[]> {
      await undefined;
      return [mark()];
    }
  }
  const places = [
    mark(),
    Marked.field,
    Marked.block,
    new Marked().field,
    ...new Marked().method(),
    ...await Marked.later(),
    ...[1].map(mark),
    ...[1].map(() => mark()),
    (() => [mark()])()[0],
    Reflect.apply(mark, undefined, []),
    [...(function* () {
      yield mark();
    })()][0],
  ];
  for (const [index, place] of places.entries()) {
    assert.equal(await portableModule(place), here, `place ${index}`);
  }
});

test("captureCaller gives nothing for evaluated code and modules without a place", async () => {
  assert.equal((0, eval)("mark()"), undefined);
  assert.deepEqual(eval("[mark()]"), [undefined]);
  assert.deepEqual(new Function("return [mark()]")(), [undefined]);
  const source = `data:text/javascript,${marking}`;
  // Bun wants data: modules another way; Deno has them.
  if (isDeno) assert.deepEqual((await import(source)).value, [undefined]);
  assert.equal(await Promise.resolve().then(mark), undefined);
});

test("captureCaller gives nothing when the function is not running", () => {
  assert.equal(captureCaller(() => 1), undefined);
});

test("captureCaller minds a user's stack settings and leaves them as they were", () => {
  const settings = Error as unknown as { prepareStackTrace?: unknown; stackTraceLimit?: unknown };
  const { prepareStackTrace, stackTraceLimit } = settings;
  const prepare = (): string => "nothing to see";
  try {
    settings.prepareStackTrace = prepare;
    settings.stackTraceLimit = 0;
    assert.match(mark() ?? "", /module_path_test\.ts$/);
    assert.equal(settings.prepareStackTrace, prepare);
    assert.equal(settings.stackTraceLimit, 0);
  } finally {
    settings.prepareStackTrace = prepareStackTrace;
    settings.stackTraceLimit = stackTraceLimit;
  }
  assert.match(mark() ?? "", /module_path_test\.ts$/);
});

test("captureCaller works where Error.prepareStackTrace was deleted", async () => {
  // In a process of its own: in Bun there is no way back.
  await withTemporaryDirectory((folder) => {
    const name = "sp (a) ce/main.ts";
    const module = JSON.stringify(new URL("../../src/call/capture_caller.ts", import.meta.url).href);
    write(folder, {
      [name]: `import { captureCaller } from ${module};
        delete Error.prepareStackTrace;
        function mark() { const caller = captureCaller(mark); return [caller]; }
        globalThis.mark = mark;
        const found = [mark(), [1].map(() => mark())[0], (0, eval)("mark()"), new Function("return [mark()]")()];
        console.log(JSON.stringify(found.flat(2)));`,
    });
    const [program = "", ...args] = runtimeCommand;
    const config = isDeno ? ["--config", join(repository, "deno.json")] : [];
    const output = execFileSync(program, [...args, ...config, join(folder, name)], { encoding: "utf8" });
    const found = JSON.parse(output) as (string | null)[];
    assert.deepEqual(found.slice(2), [null, null]);
    for (const caller of found.slice(0, 2)) assert.match(decodeURI(caller ?? ""), /sp \(a\) ce\/main\.ts$/);
  });
});

test("portableModule is relative to the nearest project and carries its name", async () => {
  await withTemporaryDirectory(async (folder) => {
    write(folder, {
      "one/deno.json": `{ "name": "@scope/one" }`,
      "one/src/main.ts": marking,
      "one/src/sp (a) ce/ünï#%20?.ts": marking,
      "one/nested/package.json": `{ "name": "nested" }`,
      "one/nested/main.ts": marking,
      "two/package.json": `{ "name": "two", "type": "module" }`,
      "two/src/main.ts": marking,
      "comments/deno.jsonc": `{\n  // who\n  "name": "@scope/comments", }`,
      "comments/main.ts": marking,
      "comments/deep/er/main.ts": marking,
      "both/deno.json": `{ "tasks": {} }`,
      "both/package.json": `{ "name": "both" }`,
      "both/main.ts": marking,
      "git/.git/HEAD": "ref: refs/heads/main\n",
      "git/src/main.ts": marking,
      "worktree/.git": "gitdir: /elsewhere\n",
      "worktree/src/main.ts": marking,
      "nameless/deno.json": "{}",
      "nameless/src/main.ts": marking,
      "broken/deno.json": "{ this is no manifest",
      "broken/src/main.ts": marking,
      "odd/deno.json": `{ "name": 5, "__proto__": { "name": "proto" } }`,
      "odd/src/main.ts": marking,
    });
    const expected = {
      "one/src/main.ts": "@scope/one/src/main.ts",
      "one/src/sp (a) ce/ünï#%20?.ts": "@scope/one/src/sp (a) ce/ünï#%20?.ts",
      "one/nested/main.ts": "nested/main.ts",
      "two/src/main.ts": "two/src/main.ts",
      "comments/main.ts": "@scope/comments/main.ts",
      "comments/deep/er/main.ts": "@scope/comments/deep/er/main.ts",
      "both/main.ts": "both/main.ts",
      "git/src/main.ts": "src/main.ts",
      "worktree/src/main.ts": "src/main.ts",
      "nameless/src/main.ts": "src/main.ts",
      "broken/src/main.ts": "src/main.ts",
      "odd/src/main.ts": "src/main.ts",
    };
    for (const [name, path] of Object.entries(expected)) {
      // Bun takes a "?" in a file's name for a query and does not find the module.
      const readable = isDeno || !name.includes("?");
      assert.equal(
        readable
          ? await moduleOf(folder, name)
          : await portableModule(pathToFileURL(join(folder, name)).href),
        path,
      );
    }
    assert.equal(await moduleOf(folder, "one/src/main.ts", "?v=2"), "@scope/one/src/main.ts");
  });
});

test("portableModule names a package's own files by the package", async () => {
  await withTemporaryDirectory(async (folder) => {
    write(folder, {
      "deno.json": `{ "name": "@scope/app" }`,
      "node_modules/@other/package/package.json": `{ "name": "@other/package" }`,
      "node_modules/@other/package/dist/esm/package.json": `{ "type": "module" }`,
      "node_modules/@other/package/dist/esm/index.mjs": marking,
    });
    const path = await moduleOf(folder, "node_modules/@other/package/dist/esm/index.mjs");
    assert.equal(path, "@other/package/dist/esm/index.mjs");
  });
});

test("portableModule keeps addresses without query and fragment", async () => {
  for (const address of ["https://example.org/a/b.ts", "jsr:@scope/name@1/mod.ts", "npm:name@1/mod.js"]) {
    assert.equal(await portableModule(address), address);
    assert.equal(await portableModule(`${address}?a=1#b`), address);
  }
});

test("portableModule gives nothing for what is no file", async () => {
  const callers = [
    undefined,
    "data:text/javascript,1",
    "blob:null/5",
    "node:internal",
    "relative.ts",
    "/home/someone/[eval]",
    "/home/someone/[stdin]",
    "file:///home/someone/$deno$eval.mts",
    "file:///home/someone/$deno$stdin.mts",
  ];
  for (const caller of callers) assert.equal(await portableModule(caller), undefined, String(caller));
});

test("portableModule falls back to the file's name where no project is", async () => {
  assert.equal(await portableModule("/nowhere/at all/main.ts"), "main.ts");
  assert.equal(await portableModule("file:///nowhere/at%20all/ma%69n.ts"), "main.ts");
  assert.equal(await portableModule("C:\\nowhere\\src\\main.ts"), "main.ts");
  assert.equal(await portableModule("\\\\server\\share\\main.ts"), "main.ts");
});

test("portableModule is synchronous unless a manifest has comments", () => {
  assert.equal(portableModule(mark()), here);
});

test("portableModule never asks for a permission", { skip: !isDeno && "Bun has no permissions" }, () => {
  const module = JSON.stringify(new URL("../../src/call/module_path.ts", import.meta.url).href);
  const url = JSON.stringify(pathToFileURL(join(repository, "src/errors.ts")).href);
  const program = `data:text/javascript,${
    encodeURIComponent(`import { portableModule } from ${module}; console.log(await portableModule(${url}));`)
  }`;
  // Not node:child_process: Deno adds -A there when it starts itself. Without a terminal a prompt would be an error.
  const run = (...flags: string[]): string => {
    const { stdout, stderr } = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--config", join(repository, "deno.json"), ...flags, program],
      stdin: "null",
    }).outputSync();
    assert.equal(new TextDecoder().decode(stderr), "");
    return new TextDecoder().decode(stdout).trim();
  };
  assert.equal(run(), "errors.ts");
  assert.equal(run(`--allow-read=${join(repository, "src")}`), "errors.ts");
  assert.equal(run(`--allow-read=${repository}`), "@fleche/fleche/src/errors.ts");
});
