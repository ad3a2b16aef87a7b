import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import test from "node:test";
import fc from "fast-check";
import { Git } from "../../src/metadata/git.ts";
import { runtimeCommand } from "../_runtime.ts";
import { inDirectory } from "./_in_directory.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { commit, git, isDirtyByGit, makeRepository, withoutGit, write } from "./_repository.ts";

const options = { skip: withoutGit, timeout: 60_000 };
const nothing = { root: null, commit: null, branch: null, dirty: null };

/** A fresh reading with that working directory. */
function readIn(directory: string): ReturnType<Git["before"]> {
  return inDirectory(directory, () => new Git().before());
}

/** What the entry must be by git's own word. */
function byGit(root: string): Record<string, unknown> {
  return {
    root: git(root, "rev-parse", "--show-toplevel"),
    commit: git(root, "rev-parse", "HEAD"),
    branch: git(root, "rev-parse", "--abbrev-ref", "HEAD"),
    dirty: isDirtyByGit(root),
  };
}

test(
  "Git reads root, commit, branch and a clean tree, from a folder below as well",
  options,
  () =>
    withTemporaryDirectory((directory) => {
      const root = makeRepository(directory);
      const entry = readIn(root);
      assert.deepEqual(entry, byGit(root));
      assert.equal(entry["dirty"], false);
      assert.deepEqual(readIn(join(root, "folder")), entry);
      assert.deepEqual(JSON.parse(JSON.stringify(entry)), entry);
    }),
);

test("Git is all null outside a repository", () =>
  withTemporaryDirectory((directory) => {
    assert.deepEqual(readIn(directory), nothing);
  }));

test("Git passes over a .git that is no repository", options, () =>
  withTemporaryDirectory((directory) => {
    const root = makeRepository(directory);
    mkdirSync(join(root, "folder", ".git"));
    assert.equal(readIn(join(root, "folder"))["root"], root);
    rmSync(join(root, "folder", ".git"), { recursive: true });
    writeFileSync(join(root, "folder", ".git"), "gitdir: ../nowhere\n");
    assert.equal(readIn(join(root, "folder"))["root"], root);
  }));

test("Git says HEAD when detached", options, () =>
  withTemporaryDirectory((directory) => {
    const root = makeRepository(directory);
    git(root, "checkout", "--quiet", "--detach");
    const entry = readIn(root);
    assert.deepEqual(entry, byGit(root));
    assert.equal(entry["branch"], "HEAD");
  }));

test(
  "Git knows the branch before the first commit, and staged files as dirty",
  options,
  () =>
    withTemporaryDirectory((root) => {
      git(root, "init", "--quiet", "--initial-branch=feature/x");
      assert.deepEqual(readIn(root), { root, commit: null, branch: "feature/x", dirty: false });
      write(root, "a.txt", "one");
      assert.equal(readIn(root)["dirty"], false);
      git(root, "add", "a.txt");
      assert.equal(readIn(root)["dirty"], true);
    }),
);

test("Git reads packed references and packed commits", options, () =>
  withTemporaryDirectory((directory) => {
    const root = makeRepository(directory);
    git(root, "branch", "main2", "HEAD");
    git(root, "tag", "--annotate", "--message=t", "v1");
    git(root, "gc", "--quiet", "--aggressive");
    assert.throws(() => readFileSync(join(root, ".git/refs/heads/main")));
    assert.deepEqual(readIn(root), byGit(root));
    assert.equal(readIn(root)["dirty"], false);
  }));

test("Git reads commits that a pack keeps as deltas", options, () =>
  withTemporaryDirectory((directory) => {
    const root = makeRepository(directory);
    // Long equal messages make a delta worth it, and above 64 KiB its longest copies; every commit of the history is looked at.
    const message = Array.from({ length: 3500 }, (_, line) => `line ${line * 7919} of a message`).join("\n");
    for (let each = 0; each < 6; each++) {
      git(root, "commit", "--quiet", "--allow-empty", `--message=${message}${each}`);
    }
    git(root, "repack", "-a", "-d", "-f", "--quiet", "--depth=20", "--window=20");
    const pack = git(root, "verify-pack", "--verbose", ...packsOf(root));
    const deltas = pack.split("\n").filter((line) => /^\w{40} commit \d+ \d+ \d+ \d+ \w{40}/.test(line));
    assert.ok(deltas.length > 0, "no commit is a delta");
    for (const name of git(root, "rev-list", "HEAD").split("\n")) {
      git(root, "checkout", "--quiet", name);
      assert.deepEqual(readIn(root), { root, commit: name, branch: "HEAD", dirty: false });
    }
  }));

function packsOf(root: string): string[] {
  const folder = join(".git", "objects", "pack");
  return readdirSync(join(root, folder)).filter((name) => name.endsWith(".idx")).map((name) =>
    join(folder, name)
  );
}

test(
  "Git reads linked worktrees, and clones that borrow their objects",
  options,
  () =>
    withTemporaryDirectory((directory) => {
      const root = makeRepository(directory);
      const linked = join(directory, "linked");
      git(root, "worktree", "add", "--quiet", "-b", "side", linked);
      assert.deepEqual(readIn(linked), { ...byGit(linked), root: linked, branch: "side", dirty: false });
      write(linked, "a.txt", "changed in the linked one only\n");
      assert.equal(readIn(linked)["dirty"], true);
      assert.equal(readIn(root)["dirty"], false);
      const clone = join(directory, "clone");
      git(directory, "clone", "--quiet", "--shared", root, clone);
      assert.deepEqual(readIn(clone), byGit(clone));
    }),
);

test("Git looks into submodules", options, () =>
  withTemporaryDirectory((directory) => {
    const inner = makeRepository(directory, "inner");
    const root = makeRepository(directory, "outer");
    git(root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "sub");
    commit(root);
    const sub = join(root, "sub");
    assert.deepEqual(readIn(sub), byGit(sub));
    assert.equal(readIn(root)["dirty"], false);
    write(sub, "a.txt", "one, changed\n");
    assert.equal(readIn(root)["dirty"], true);
    assert.equal(isDirtyByGit(root), true);
    commit(sub);
    assert.equal(readIn(root)["dirty"], true);
    commit(root);
    assert.equal(readIn(root)["dirty"], false);
  }));

test(
  "Git reads index versions 2, 3 and 4, and SHA-256 repositories",
  options,
  () =>
    withTemporaryDirectory((directory) => {
      const root = makeRepository(directory);
      for (const version of ["2", "4", "2"]) {
        git(root, "update-index", "--index-version", version);
        assert.equal(readIn(root)["dirty"], false, `version ${version}`);
      }
      // A skipped file needs the extended flags of version 3.
      git(root, "update-index", "--skip-worktree", "a.txt");
      assert.equal(readFileSync(join(root, ".git/index")).readUInt32BE(4), 3);
      write(root, "a.txt", "changed, and to be overlooked\n");
      assert.equal(readIn(root)["dirty"], false);
      const wide = join(directory, "wide");
      git(directory, "init", "--quiet", "--object-format=sha256", wide);
      write(wide, "a.txt", "one");
      commit(wide);
      assert.equal(readIn(wide)["dirty"], false);
      assert.equal(String(readIn(wide)["commit"]).length, 64);
      write(wide, "a.txt", "two");
      assert.equal(readIn(wide)["dirty"], true);
    }),
);

test("Git sees each kind of change as git sees it", options, () =>
  withTemporaryDirectory((directory) => {
    const changes: Record<string, (root: string) => void> = {
      "an edit": (root) => write(root, "a.txt", "one and more\n"),
      "an edit of the same size": (root) => write(root, "a.txt", "ONE\n"),
      "a removed file": (root) => rmSync(join(root, "a.txt")),
      "a staged edit": (root) => (write(root, "a.txt", "staged\n"), git(root, "add", "a.txt")),
      "a staged edit taken back in the tree": (root) => {
        write(root, "a.txt", "staged\n");
        git(root, "add", "a.txt");
        write(root, "a.txt", "one\n");
      },
      "a staged new file": (root) => (write(root, "new.txt", "n"), git(root, "add", "new.txt")),
      "an announced new file": (
        root,
      ) => (write(root, "new.txt", "n"), git(root, "add", "--intent-to-add", "new.txt")),
      "a file removed from the index": (root) => git(root, "rm", "--quiet", "--cached", "a.txt"),
      "a file turned executable": (root) => chmodSync(join(root, "a.txt"), 0o755),
      "a file turned into a link": (root) => {
        rmSync(join(root, "a.txt"));
        symlinkSync("folder.txt", join(root, "a.txt"));
      },
      "a file turned into a folder": (root) => (rmSync(join(root, "a.txt")), mkdirSync(join(root, "a.txt"))),
      "an untracked file": (root) => write(root, "untracked.txt", "u"),
      "a file touched only": (root) => utimesSync(join(root, "a.txt"), 1, 1),
      "an edit and back": (root) => (write(root, "a.txt", "x\n"), write(root, "a.txt", "one\n")),
    };
    for (const [name, change] of Object.entries(changes)) {
      const root = makeRepository(directory, name.replaceAll(" ", "_"));
      change(root);
      const { dirty } = readIn(root);
      assert.equal(dirty, isDirtyByGit(root), name);
    }
  }));

test(
  "Git compares the content of a file that is as young as the index",
  options,
  () =>
    withTemporaryDirectory((directory) => {
      const root = makeRepository(directory);
      const path = join(root, "a.txt");
      const seconds = Math.floor(Date.now() / 1000) - 10;
      utimesSync(path, seconds, seconds);
      git(root, "update-index", "--refresh");
      utimesSync(join(root, ".git", "index"), seconds, seconds);
      assert.equal(readIn(root)["dirty"], false);
      // Neither size nor time tell.
      write(root, "a.txt", "ONE\n");
      utimesSync(path, seconds, seconds);
      assert.equal(readIn(root)["dirty"], true);
    }),
);

test(
  "Git answers null for a touched file that line-end settings may have converted",
  options,
  () =>
    withTemporaryDirectory((directory) => {
      const root = makeRepository(directory);
      git(root, "config", "core.autocrlf", "true");
      write(root, "crlf.txt", "one\r\ntwo\r\n");
      commit(root);
      assert.equal(git(root, "cat-file", "-s", "HEAD:crlf.txt"), "8");
      utimesSync(join(root, "crlf.txt"), 1, 1);
      assert.equal(readIn(root)["dirty"], null);
      // What is known to be changed is said all the same.
      write(root, "a.txt", "changed for sure\n");
      assert.equal(readIn(root)["dirty"], true);
    }),
);

test(
  "Git answers null for the forms that only git understands",
  options,
  () =>
    withTemporaryDirectory((directory) => {
      const root = makeRepository(directory);
      git(root, "update-index", "--split-index");
      assert.deepEqual(readIn(root), { ...byGit(root), dirty: null });
      const other = makeRepository(directory, "other");
      write(other, ".git/reftable/tables.list", "0x000000000001-0x000000000002-aaaaaaaa.ref\n");
      assert.deepEqual(readIn(other), { ...nothing, root: other });
    }),
);

test(
  "Git never throws over a damaged repository",
  { skip: withoutGit, timeout: 120_000 },
  () =>
    withTemporaryDirectory((directory) => {
      const root = makeRepository(directory);
      git(root, "gc", "--quiet");
      const victims = [
        ".git/index",
        ".git/HEAD",
        ".git/packed-refs",
        ...packsOf(root),
        ...packsOf(root).map((path) => path.replace(/idx$/, "pack")),
      ];
      fc.assert(
        fc.property(
          fc.constantFrom(...victims),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.integer({ min: 0, max: 255 }),
          fc.boolean(),
          (victim, place, byte, cut) => {
            const path = join(root, victim);
            const whole = readFileSync(path);
            chmodSync(path, 0o600);
            const at = Math.floor(place * (whole.length - 1));
            const damaged = cut
              ? whole.subarray(0, at)
              : Uint8Array.from(whole, (old, i) => i === at ? byte : old);
            try {
              writeFileSync(path, damaged);
              const entry = readIn(root);
              assert.deepEqual(Object.keys(entry), Object.keys(nothing));
            } finally {
              writeFileSync(path, whole);
            }
          },
        ),
        { numRuns: 150, seed: 20 },
      );
    }),
);

test(
  "Git agrees with git after random changes",
  { skip: withoutGit, timeout: 120_000 },
  () =>
    withTemporaryDirectory((directory) => {
      const names = ["a.txt", "folder/b.txt", "folder.txt", "folder-c", "ä/ö.txt", "deep/er/still"];
      const name = fc.constantFrom(...names);
      const step = fc.oneof(
        fc.record({
          do: fc.constant("write" as const),
          name,
          text: fc.constantFrom("one\n", "ONE\n", "two\n", "longer\n"),
        }),
        fc.record({ do: fc.constant("remove" as const), name }),
        fc.record({
          do: fc.constantFrom("add" as const, "commit" as const, "reset" as const, "mode" as const),
          name,
        }),
      );
      let made = 0;
      fc.assert(
        fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
          const root = makeRepository(directory, `r${made++}`);
          for (const each of steps) {
            if (each.do === "write") write(root, each.name, each.text);
            if (each.do === "remove") rmSync(join(root, each.name), { force: true });
            if (each.do === "add") git(root, "add", "--all");
            if (each.do === "commit") {
              (git(root, "add", "--all"), git(root, "commit", "--allow-empty", "-qm", "x"));
            }
            if (each.do === "reset") git(root, "reset", "--quiet");
            if (
              each.do === "mode" && lstatSync(join(root, each.name), { throwIfNoEntry: false }) !== undefined
            ) {
              chmodSync(join(root, each.name), 0o755);
            }
            assert.deepEqual(readIn(root), byGit(root));
          }
        }),
        { numRuns: 25, seed: 7 },
      );
    }),
);

test("Git keeps a reading for a second and no longer", options, (t) =>
  withTemporaryDirectory((directory) => {
    const root = makeRepository(directory);
    let clock = performance.now();
    t.mock.method(performance, "now", () => clock);
    const metadata = new Git();
    inDirectory(root, () => {
      const first = metadata.before();
      write(root, "a.txt", "changed\n");
      clock += 999;
      assert.equal(metadata.before(), first);
      clock += 2;
      assert.equal(metadata.before()["dirty"], true);
    });
    assert.deepEqual(inDirectory(directory, () => metadata.before()), nothing);
  }));

test("Git is the same in a process of its own", options, () =>
  withTemporaryDirectory((directory) => {
    const root = makeRepository(directory);
    const [program = "", ...args] = runtimeCommand;
    const script = join(import.meta.dirname ?? "", "_print.ts");
    const printed = execFileSync(program, [...args, script, "Git"], { cwd: root }).toString();
    assert.deepEqual(JSON.parse(printed), byGit(root));
    renameSync(join(root, ".git"), join(root, "git"));
    assert.deepEqual(
      JSON.parse(execFileSync(program, [...args, script, "Git"], { cwd: root }).toString()),
      nothing,
    );
  }));
