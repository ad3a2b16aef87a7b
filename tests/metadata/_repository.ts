/** Real repositories for the tests of Git, made by the `git` command. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const settings = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.org",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_OPTIONAL_LOCKS: "0",
};

/** Why tests that need git are skipped; `false` where it is there. */
export const withoutGit: string | false = (() => {
  try {
    execFileSync("git", ["--version"]);
    return false;
  } catch {
    return "there is no git command here";
  }
})();

/** Runs git in a directory; gives what it printed. */
export function git(directory: string, ...args: string[]): string {
  const env = { ...process.env, ...settings };
  return execFileSync("git", args, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] }).toString()
    .trim();
}

/** Writes a file, with the folders above it. */
export function write(directory: string, path: string, content: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), content);
}

/** A repository on branch `main` with one commit of three files; gives its root. */
export function makeRepository(parent: string, name = "repository"): string {
  const root = join(parent, name);
  mkdirSync(root);
  git(root, "init", "--quiet", "--initial-branch=main");
  write(root, "a.txt", "one\n");
  write(root, "folder/b.txt", "two\n");
  write(root, "folder.txt", "three\n");
  commit(root);
  return root;
}

/** Commits everything. */
export function commit(root: string): void {
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--message=x");
}

/** What git itself says of tracked files: the oracle. */
export function isDirtyByGit(root: string): boolean {
  return git(root, "describe", "--always", "--dirty").endsWith("-dirty");
}
