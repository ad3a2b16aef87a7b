/**
 * Which state of the sources a result came from, read from the repository's own files: git is never started, so no
 * permission to run programs is needed and a hanging git cannot hold a call up.
 *
 * @module
 */

import { workingDirectory } from "../_runtime.ts";
import { isDirty } from "./_git/dirty.ts";
import { findRepository, type Head, readHead, type Repository } from "./_git/repository.ts";
import type { JsonObject, Metadata } from "./types.ts";

const HOLD_MS = 1000;
const HOLD_TIMES_COST = 20;
const MOST_ENTRIES = 20_000;
const MOST_BYTES = 1 << 26;

interface Reading {
  readonly cwd: string | undefined;
  readonly entry: JsonObject;
  readonly untilMs: number;
}

/**
 * Records the state of the git repository that the working directory is in, in the namespace `git`.
 *
 * | field | is |
 * | --- | --- |
 * | `root` | top of the working tree |
 * | `commit` | hex name of the commit that is checked out; `null` before the first one |
 * | `branch` | name of the branch, `"HEAD"` when detached |
 * | `dirty` | whether a tracked file differs from that commit, staged or not; `null` when it cannot be told |
 *
 * All four are `null` outside a repository, and where Deno may not read it (`--allow-read` of the working tree, and of
 * the repository's directory where that lies elsewhere, as in linked worktrees).
 *
 * `dirty` is what `git describe --dirty` says: the index is compared with the commit's tree, and each tracked file with the
 * index by size and times, by content where these do not settle it. Other than in Python's fleche, files that git does not
 * track do not count. It is `null` rather than a guess with a sparse or split index, above 20,000 tracked files or
 * 64 MiB of contents to compare, for a touched file that line-end settings or an attribute's filter may have converted, and
 * where references are kept in the reftable format (then `commit` and `branch` are `null` as well). Settings outside
 * the repository (`GIT_DIR`, `~/.gitconfig`) are not looked at.
 *
 * A reading is kept for a second, and for at least twenty times as long as it took: calls by the thousand cost little,
 * and a change may show that much later.
 *
 * @example Which commit is this?
 * ```ts
 * import { Git } from "@fleche/fleche";
 *
 * const { commit, dirty } = new Git().before();
 * console.assert(commit === null || typeof commit === "string");
 * console.assert(dirty === null || typeof dirty === "boolean");
 * ```
 */
export class Git implements Metadata {
  /** Always `"git"`. */
  readonly name: "git" = "git";
  #last: Reading | undefined;

  /**
   * Reads the state, or gives that of a moment ago.
   *
   * @returns The entry.
   */
  before(): JsonObject {
    const cwd = workingDirectory();
    const startMs = performance.now();
    if (this.#last !== undefined && this.#last.cwd === cwd && startMs < this.#last.untilMs) {
      return this.#last.entry;
    }
    const entry = readState(cwd);
    const endMs = performance.now();
    const holdMs = Math.max(HOLD_MS, HOLD_TIMES_COST * (endMs - startMs));
    this.#last = { cwd, entry, untilMs: endMs + holdMs };
    return entry;
  }
}

function readState(cwd: string | undefined): JsonObject {
  const repository = cwd === undefined ? undefined : attempt(() => findRepository(cwd));
  if (repository === undefined) return { root: null, commit: null, branch: null, dirty: null };
  const head = attempt(() => readHead(repository));
  return {
    root: repository.root,
    commit: head?.commit ?? null,
    branch: head?.branch ?? null,
    dirty: head === undefined ? null : findDirty(repository, head),
  };
}

function findDirty(repository: Repository, head: Head): boolean | null {
  return attempt(() => isDirty(repository, head, { entries: MOST_ENTRIES, bytes: MOST_BYTES })) ?? null;
}

/** A repository that changes under the reading, or is damaged, is one of which nothing can be told. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
