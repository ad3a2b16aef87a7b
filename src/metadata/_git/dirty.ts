/**
 * Whether tracked files differ from the last commit, found out without starting git and without reading what has
 * visibly not changed. The answer is that of `git describe --dirty`; where it could be wrong there is none.
 *
 * @module
 */

import type { Buffer } from "node:buffer";
import type { BigIntStats } from "node:fs";
import { builtin, isPermitted, isWindows } from "../../_runtime.ts";
import {
  type IndexEntry,
  KIND_COMMIT,
  KIND_LINK,
  KIND_MASK,
  objectName,
  readIndex,
  treeOfIndex,
} from "./index_file.ts";
import { treeOf } from "./objects.ts";
import { type Head, openRepository, readHead, readText, type Repository } from "./repository.ts";

/** What one answer may cost, submodules included: beyond it there is none. */
export interface Budget {
  /** Tracked files to look at. */
  entries: number;
  /** Bytes of files whose content must be compared. */
  bytes: number;
}

const LARGEST_INDEX_BYTES = 1 << 26;

/** How a working tree's files are to be compared. */
interface Rules {
  readonly algorithm: "sha1" | "sha256";
  /** Whether the executable bit counts. */
  readonly executables: boolean;
  /** Whether links are kept as links. */
  readonly links: boolean;
}

/**
 * Compares commit, index and working tree.
 *
 * @param repository The repository.
 * @param head Its `HEAD`.
 * @param budget Is used up.
 * @returns `undefined` when it cannot be told.
 */
export function isDirty(repository: Repository, head: Head, budget: Budget): boolean | undefined {
  if (!isPermitted("read", repository.root)) return undefined;
  const fs = builtin("node:fs");
  const { Buffer } = builtin("node:buffer");
  const rules = readRules(repository);
  const path = builtin("node:path").join(repository.gitDirectory, "index");
  const stat = fs.statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat !== undefined && stat.size > LARGEST_INDEX_BYTES) return undefined;
  const nameSize = rules.algorithm === "sha1" ? 20 : 32;
  const entries = stat === undefined
    ? []
    : readIndex(Buffer.from(fs.readFileSync(path)), nameSize, budget.entries);
  if (entries === undefined) return undefined;
  budget.entries -= entries.length;
  if (entries.some((entry) => entry.unfinished)) return true;

  const committed = head.commit === undefined
    ? treeOfIndex([], rules.algorithm)
    : treeOf(repository, head.commit);
  if (committed === undefined) return undefined;
  if (committed !== treeOfIndex(entries, rules.algorithm)) return true;

  const written = stat?.mtimeNs ?? 0n;
  let doubtful = false;
  for (const entry of entries) {
    if (entry.trusted) continue;
    const changed = isChanged(repository, entry, written, rules, budget);
    if (changed === true) return true;
    if (changed === undefined) doubtful = true;
  }
  return doubtful ? undefined : false;
}

function readRules({ commonDirectory }: Repository): Rules {
  const config = readText(builtin("node:path").join(commonDirectory, "config")) ?? "";
  return {
    algorithm: /^\s*objectformat\s*=\s*sha256\b/im.test(config) ? "sha256" : "sha1",
    executables: !isWindows() && !/^\s*filemode\s*=\s*(?:false|no|off|0)\b/im.test(config),
    links: !/^\s*symlinks\s*=\s*(?:false|no|off|0)\b/im.test(config),
  };
}

/** Whether a file differs from what the index says of it; `undefined` when it cannot be told. */
function isChanged(
  repository: Repository,
  entry: IndexEntry,
  indexWritten: bigint,
  rules: Rules,
  budget: Budget,
): boolean | undefined {
  const fs = builtin("node:fs");
  const name = decodePath(entry.path);
  if (name === undefined) return undefined;
  const path = `${repository.root}/${name}`;
  const stat = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return true;
  const kind = entry.mode & KIND_MASK;
  if (kind === KIND_COMMIT) return isSubmoduleChanged(path, stat, entry, budget);
  if (kind === KIND_LINK ? !stat.isSymbolicLink() && (rules.links || !stat.isFile()) : !stat.isFile()) {
    return true;
  }
  if (kind !== KIND_LINK && rules.executables && ((entry.mode ^ Number(stat.mode)) & 0o100) !== 0) {
    return true;
  }
  const size = Number(BigInt.asUintN(32, stat.size));
  if (entry.size !== 0 && entry.size !== size) return true;
  if (isAsSeen(entry, stat, size, indexWritten)) return false;

  if (stat.size > budget.bytes) return undefined;
  budget.bytes -= Number(stat.size);
  const content = stat.isSymbolicLink() ? fs.readlinkSync(path, "buffer") : fs.readFileSync(path);
  if (objectName("blob", content, rules.algorithm) === entry.object) return false;
  return mayBeConverted(repository, path, entry, content, rules) ? undefined : true;
}

/**
 * Whether size and times say that the file is the one that git saw. Times are compared as exactly as both sides have
 * them: Deno gives milliseconds. A file as young as the index may have changed after git looked ("racily clean").
 */
function isAsSeen(entry: IndexEntry, stat: BigIntStats, size: number, indexWritten: bigint): boolean {
  if (entry.size !== size) return false;
  const fraction = stat.mtimeNs % 1_000_000_000n;
  const unit = entry.mtimeNanoseconds === 0 ? 1_000_000_000n : fraction % 1_000_000n === 0n ? 1_000_000n : 1n;
  const seen = BigInt(entry.mtimeSeconds) * 1_000_000_000n + BigInt(entry.mtimeNanoseconds);
  if (stat.mtimeNs / unit !== seen / unit || seen / unit >= indexWritten / unit) return false;
  return entry.ctimeSeconds === 0 || BigInt(entry.ctimeSeconds) === stat.ctimeNs / 1_000_000_000n;
}

/** Whether git keeps this file in another form than the working tree has it: line ends, filters, encodings. */
function mayBeConverted(
  repository: Repository,
  path: string,
  entry: IndexEntry,
  content: Uint8Array,
  rules: Rules,
): boolean {
  const { Buffer } = builtin("node:buffer");
  const { dirname, join } = builtin("node:path");
  const unix = Buffer.from(Buffer.from(content).toString("latin1").replaceAll("\r\n", "\n"), "latin1");
  if (objectName("blob", unix, rules.algorithm) === entry.object) return true;
  const attributes = [join(repository.commonDirectory, "info", "attributes")];
  for (let folder = dirname(path);; folder = dirname(folder)) {
    attributes.push(join(folder, ".gitattributes"));
    if (folder.length <= repository.root.length) break;
  }
  return attributes.some((file) => /\b(?:filter|ident|working-tree-encoding)\b/.test(readText(file) ?? ""));
}

function isSubmoduleChanged(
  path: string,
  stat: BigIntStats,
  entry: IndexEntry,
  budget: Budget,
): boolean | undefined {
  if (!stat.isDirectory()) return true;
  const submodule = openRepository(path);
  // Not checked out: git takes it as unchanged.
  if (submodule === undefined) return false;
  const head = readHead(submodule);
  if (head === undefined) return undefined;
  return head.commit !== entry.object || isDirty(submodule, head, budget);
}

/** `undefined` for a name that is not UTF-8, which could not be asked for, or that leads out of the working tree. */
function decodePath(path: Buffer): string | undefined {
  const text = path.toString("utf8");
  return text.includes("\ufffd") || text.split("/").includes("..") ? undefined : text;
}
