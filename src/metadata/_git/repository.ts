/**
 * Where a repository is, and what `HEAD` says: directories and references. Objects, the index and the working tree
 * are read beside this file.
 *
 * @module
 */

import { builtin, isPermitted } from "../../_runtime.ts";

/** The directories of a repository, as gitrepository-layout(5) names them. */
export interface Repository {
  /** Top of the working tree. */
  readonly root: string;
  /** Where this working tree's `HEAD` and `index` are. */
  readonly gitDirectory: string;
  /** Where objects, branches and the configuration are: another directory in a linked worktree. */
  readonly commonDirectory: string;
}

/** Where `HEAD` points. */
export interface Head {
  /** Name of the branch, `"HEAD"` when detached. */
  readonly branch: string;
  /** Hex name of the commit; `undefined` before the first one. */
  readonly commit: string | undefined;
}

const MOST_LINKS = 5;
const COMMIT: RegExp = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * Finds the repository that a directory is in. What may not be read is as though it were not there.
 *
 * @param directory Absolute path where the search starts, going upwards.
 */
export function findRepository(directory: string): Repository | undefined {
  const { dirname } = builtin("node:path");
  for (let root = directory;; root = dirname(root)) {
    const found = openRepository(root);
    if (found !== undefined) return found;
    if (dirname(root) === root) return undefined;
  }
}

/** The repository whose working tree has this very top, where there is one. */
export function openRepository(root: string): Repository | undefined {
  const { join, resolve } = builtin("node:path");
  let gitDirectory = join(root, ".git");
  // A file in worktrees and submodules, which says where the directory is.
  const link = readText(gitDirectory)?.match(/^gitdir: (.+?)\n?$/)?.[1];
  if (link !== undefined) gitDirectory = resolve(root, link);
  if (readText(join(gitDirectory, "HEAD")) === undefined) return undefined;
  const common = readText(join(gitDirectory, "commondir"))?.trimEnd();
  const commonDirectory = common === undefined ? gitDirectory : resolve(gitDirectory, common);
  // From here on only whole directories are asked for, once.
  if (!isPermitted("read", gitDirectory) || !isPermitted("read", commonDirectory)) return undefined;
  return { root, gitDirectory, commonDirectory };
}

/**
 * Reads where `HEAD` points: loose references first, then `packed-refs`.
 *
 * @returns `undefined` where that is kept in a form that is not understood (the reftable format).
 */
export function readHead(repository: Repository): Head | undefined {
  const { join } = builtin("node:path");
  if (readText(join(repository.commonDirectory, "reftable", "tables.list")) !== undefined) return undefined;
  let content = readText(join(repository.gitDirectory, "HEAD"))?.trimEnd();
  let branch: string | undefined;
  for (let links = 0; links < MOST_LINKS && content !== undefined; links++) {
    if (COMMIT.test(content)) return { branch: branch ?? "HEAD", commit: content };
    const name = content.match(/^ref:\s*(refs\/.+)$/)?.[1];
    if (name === undefined || name.split("/").includes("..")) return undefined;
    branch ??= name.replace(/^refs\/heads\//, "");
    content = readText(join(repository.commonDirectory, name))?.trimEnd() ?? findPacked(repository, name);
  }
  return content === undefined && branch !== undefined ? { branch, commit: undefined } : undefined;
}

function findPacked({ commonDirectory }: Repository, name: string): string | undefined {
  const packed = readText(builtin("node:path").join(commonDirectory, "packed-refs")) ?? "";

  // Lines are "<commit> <name>".
  const end = packed.indexOf(` ${name}\n`);
  return end < 0 ? undefined : packed.slice(packed.lastIndexOf("\n", end) + 1, end);
}

/** The text of a file; `undefined` where there is none or it may not be read. */
export function readText(path: string): string | undefined {
  if (!isPermitted("read", path)) return undefined;
  try {
    return builtin("node:fs").readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
