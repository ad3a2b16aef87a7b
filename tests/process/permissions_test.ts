/** Least privilege: what is touched and what is said, by Deno's own audit log. Bun has no permissions. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { tableBelow } from "../repository/_sources.ts";
import { TestServer } from "../storage/sql/_server.ts";
import {
  permissionCells,
  type PermissionRow,
  permissionRows,
  type Places,
  type Program,
  project,
  withPlaces,
} from "./_permissions.ts";

const options = { skip: isDeno ? false : "only Deno has permissions", timeout: 120_000 };
/** `script` of util-linux gives a program a terminal, at which Deno would ask. */
const hasTerminal = existsSync("/proc") && spawnSync("script", ["--version"]).status === 0;

/** What came of a program. */
interface Outcome {
  /** What it printed, on both streams. */
  readonly said: string;
  readonly success: boolean;
  /** What Deno was asked for, as `read /a/b`. */
  readonly touched: readonly string[];
  /** Whether Deno put a question. */
  readonly asked: boolean;
}

const QUESTION = /Deno requests/;

interface Run {
  readonly directory: string;
  readonly flags: readonly string[];
  readonly program: readonly string[];
  readonly cwd?: string;
}

let runs = 0;

/**
 * Runs a program at a terminal, where Deno puts its questions, and which answers none. Not by node:child_process, which
 * gives a Deno that it starts more permissions.
 */
async function run({ directory, flags, program, cwd = directory }: Run): Promise<Outcome> {
  const audit = join(directory, `audit-${runs++}.jsonl`);
  const config = ["--no-check", "--cached-only", "--config", join(project, "deno.json")];
  const args = ["run", ...config, ...(hasTerminal ? [] : ["--no-prompt"]), ...flags, ...program];
  const quoted = [Deno.execPath(), ...args].map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(" ");
  const child = new Deno.Command(hasTerminal ? "script" : Deno.execPath(), {
    args: hasTerminal ? ["--quiet", "--return", "--command", quoted, "/dev/null"] : args,
    env: {
      DENO_AUDIT_PERMISSIONS: audit,
      NO_COLOR: "1",
      FLECHE_SECRET_KEY: "a5".repeat(32),
      XDG_CONFIG_HOME: join(directory, "config"),
      HOME: directory,
    },
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let heard = "";
  let asked = false;
  const hear = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      heard += decoder.decode(chunk, { stream: true });
      // It would wait for an answer for ever.
      if (!asked && QUESTION.test(heard)) child.kill();
      asked ||= QUESTION.test(heard);
    }
  };
  await Promise.all([hear(child.stdout), hear(child.stderr)]);
  const { success } = await child.status;
  const said = heard.replaceAll("\r\n", "\n").replace(/^\^D[\b]+/, "");
  const log = existsSync(audit) ? readFileSync(audit, "utf8") : "";
  const touched = log.split("\n").filter((line) => line !== "").map((line) => {
    const { permission, value } = JSON.parse(line) as { permission: string; value: string };
    return `${permission} ${value.replace(/^https?:\/\/([^/]*).*$/, "$1")}`;
  });
  return { said: said.trim(), success, touched: [...new Set(touched)], asked };
}

/** What was touched that no flag names. */
function beyond(touched: readonly string[], flags: readonly string[]): string[] {
  const allows = (line: string, flag: string): boolean => {
    const [, kind, scopes] = /^--allow-(\w+)(?:=(.*))?$/.exec(flag) ?? [];
    const [name, value = ""] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
    if (name !== kind) return false;
    if (scopes === undefined) return true;
    const isPath = kind === "read" || kind === "write";
    return scopes.split(",").some((scope) =>
      value.replaceAll('"', "") === scope || isPath && value.replaceAll('"', "").startsWith(`${scope}/`)
    );
  };
  return touched.filter((line) => !flags.some((flag) => allows(line, flag)));
}

/** Everything that the placeholders stand for, in a temporary directory. */
async function withPlacesIn(body: (places: Places, directory: string) => Promise<void>): Promise<void> {
  const server = await TestServer.listen();
  try {
    await withTemporaryDirectory(async (directory) => {
      const places = {
        root: join(directory, "caches", "root"),
        folder: join(directory, "databases"),
        host: server.host,
        "cache.toml": join(directory, "config", "fleche", "cache.toml"),
        project,
        repository: join(directory, "repository"),
      };
      mkdirSync(join(directory, "config", "fleche"), { recursive: true });
      writeFileSync(
        places["cache.toml"],
        '[default]\ncache = "configured"\n[configured]\nvalues.type = "Memory"\ncalls.type = "Memory"\n',
      );
      mkdirSync(join(places.repository, ".git", "refs", "heads"), { recursive: true });
      mkdirSync(join(places.repository, ".git", "objects"));
      writeFileSync(join(places.repository, ".git", "HEAD"), "ref: refs/heads/main\n");
      await body(places, directory);
    });
  } finally {
    await server.close();
  }
}

function commandOf({ file, args }: Program, places: Places): string[] {
  return [join(project, "tests", "process", file), ...args(places)];
}

test("Deno would ask at the terminal that these tests give it", {
  ...options,
  skip: options.skip || !hasTerminal && "needs script of util-linux",
}, () =>
  withTemporaryDirectory(async (directory) => {
    const program = [join(project, "tests", "process", "_part.ts"), "ask"];
    const { asked, touched } = await run({ directory, flags: [], program });
    assert(asked);
    assert.deepEqual(touched, ["read /etc/hostname"]);
  }));

test("README.md has the table of permissions that is tested here", () => {
  assert.deepEqual(tableBelow("README.md", "## Permissions"), permissionCells());
});

for (const row of permissionRows) {
  test(
    `with its flags, this works, touches nothing else, and Deno asks nothing: ${row.subject}`,
    options,
    () =>
      withPlacesIn(async (places, directory) => {
        const flags = row.flags.map((flag) => withPlaces(flag, places));
        for (const program of row.programs) {
          const { said, success, touched } = await run({
            directory,
            flags,
            program: commandOf(program, places),
            ...cwdOf(row, places),
          });
          assert(success, said);
          assert.match(said, program.prints?.(places) ?? /(^|\n)done$/);
          assert.doesNotMatch(said, /--allow-/);
          assert.deepEqual(beyond(touched, flags), []);
          // Each flag is there for something.
          for (const flag of flags) assert.notEqual(beyond(touched, without(flags, flag)).length, 0, flag);
        }
      }),
  );

  if (row.flags.length === 0) continue;
  test(
    `without one of its flags, Deno asks nothing, and the flag is named or the part left out: ${row.subject}`,
    options,
    () =>
      withPlacesIn(async (places, directory) => {
        const flags = row.flags.map((flag) => withPlaces(flag, places));
        const [program] = row.programs;
        assert(program !== undefined);
        for (const flag of flags) {
          const [file = "", settings = "", kept] = commandOf(program, places);
          const { said, success, touched } = await run({
            directory,
            flags: without(flags, flag),
            // The storages themselves reject; the calls give what they should.
            program: [file, settings, ...(kept === undefined ? [] : ["unkept"])],
            ...cwdOf(row, places),
          });
          assert(success, said);
          assert.match(said, program.without ?? /done$/);
          assert.deepEqual(beyond(touched, without(flags, flag)), []);
          if (row.otherwise.includes("warning") || row.otherwise === "the same") {
            assert.equal(said.split("\n").filter((line) => line.startsWith("fleche: ")).length, 1, said);
            assert(said.includes(flag), `${said}\n names ${flag}`);
          }
        }
      }),
  );
}

function without(flags: readonly string[], flag: string): string[] {
  return flags.filter((other) => other !== flag);
}

function cwdOf({ subject }: PermissionRow, { repository }: Places): { readonly cwd?: string } {
  return subject === "`Git`" ? { cwd: repository } : {};
}

/** Where a root may be, below a temporary directory: what is written in the settings and granted, and what is made before. */
const roots: Readonly<Record<string, { readonly root: string; prepare?(directory: string): void }>> = {
  "below folders that are missing": { root: "/a/b/c" },
  "below a folder that cannot be listed": {
    root: "/closed/root",
    prepare: (directory) => mkdirSync(join(directory, "closed", "root"), { recursive: true, mode: 0o711 }),
  },
  "that is a symbolic link": {
    root: "/link",
    prepare: (directory) => {
      mkdirSync(join(directory, "real"));
      symlinkSync(join(directory, "real"), join(directory, "link"));
    },
  },
  "below a symbolic link": {
    root: "/link/root",
    prepare: (directory) => {
      mkdirSync(join(directory, "real"));
      symlinkSync("real", join(directory, "link"));
    },
  },
  "that is relative": { root: "caches/root" },
  "with a space in its name": { root: "/one two" },
};

for (const [where, { root: written, prepare }] of Object.entries(roots)) {
  test(
    `a root needs read and write of itself and nothing above: one ${where}`,
    options,
    () =>
      withTemporaryDirectory(async (directory) => {
        prepare?.(directory);
        const root = written.startsWith("/") ? directory + written : written;
        const storage = { type: "CborFile", root };
        const settings = JSON.stringify({ values: storage, calls: storage });
        const program = [join(project, "tests", "process", "_everything.ts"), settings, "kept"];
        const flags = ["read", "write"].map((kind) => `--allow-${kind}=${root}`);
        const { said, success, touched, asked } = await run({ directory, flags, program });
        assert(success && !asked && /(^|\n)done$/.test(said), said);
        const within = [root, join(directory, root)];
        assert(touched.length > 0);
        const outside = touched.filter((line) => {
          const path = line.replace(/^(read|write) /, "").replaceAll('"', "");
          return !within.some((root) => path === root || path.startsWith(`${root}/`));
        });
        assert.deepEqual(outside, []);
      }),
  );
}

for (const [name, named] of [["/one two", "/one two"], ["/a/one,two/b", "/a"]] as const) {
  test(
    `the flags that are named can be typed as they are, and help: for a root ${name}`,
    options,
    () =>
      withTemporaryDirectory(async (directory) => {
        const storage = { type: "CborFile", root: directory + name };
        const settings = JSON.stringify({ values: storage, calls: storage });
        const program = [join(project, "tests", "process", "_everything.ts"), settings];
        const { said } = await run({ directory, flags: [], program });
        const flags = ["read", "write"].map((kind) => `--allow-${kind}=${directory}${named}`);
        const typed = flags.map((flag) => flag.includes(" ") ? `"${flag}"` : flag).join(" ");
        assert(said.includes(`run Deno with ${typed}; `), said);
        assert.equal((await run({ directory, flags, program })).said, "done");
      }),
  );
}
