/**
 * Reads the one kind of object that is needed: the commit, of which only the tree's name is taken.
 * Packs are in `packs.ts`. Nothing that is read here is checked against its name: git does that, and it is metadata.
 *
 * @module
 */

import { builtin, isPermitted } from "../../_runtime.ts";
import { findInPacks, LARGEST_COMMIT_BYTES } from "./packs.ts";
import { readText, type Repository } from "./repository.ts";

/**
 * The hex name of a commit's tree; `undefined` when the commit cannot be read.
 *
 * @param repository Where to look, its alternates included.
 * @param commit Hex name.
 */
export function treeOf(repository: Repository, commit: string): string | undefined {
  const { join, resolve } = builtin("node:path");
  const own = join(repository.commonDirectory, "objects");
  const alternates = (readText(join(own, "info", "alternates")) ?? "").split("\n")
    .filter((line) => line !== "" && !line.startsWith("#")).map((line) => resolve(own, line));
  for (const directory of [own, ...alternates]) {
    if (!isPermitted("read", directory)) continue;
    const found = readLoose(join(directory, commit.slice(0, 2), commit.slice(2))) ??
      findInPacks(join(directory, "pack"), commit);
    const tree = found === undefined ? undefined : /^tree ([0-9a-f]+)\n/.exec(found)?.[1];
    if (tree !== undefined) return tree;
  }
  return undefined;
}

/** The body of a loose commit. */
function readLoose(path: string): string | undefined {
  const fs = builtin("node:fs");
  try {
    if (fs.statSync(path).size > LARGEST_COMMIT_BYTES) return undefined;
    const bytes = builtin("node:zlib").inflateSync(fs.readFileSync(path), {
      maxOutputLength: LARGEST_COMMIT_BYTES,
    });
    const text = bytes.toString("latin1");
    return text.startsWith("commit ") ? text.slice(text.indexOf("\0") + 1) : undefined;
  } catch {
    return undefined;
  }
}
