/** Temporary directories for tests: removed afterwards, and checked for handles left open below them (Linux). */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectGarbage } from "./_garbage.ts";
import { isDeno } from "./_runtime.ts";

function openBelow(directory: string): string[] {
  if (!existsSync("/proc/self/fd")) return [];
  const open: string[] = [];
  for (const fd of readdirSync("/proc/self/fd")) {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      if (target.startsWith(directory)) open.push(target);
    } catch {
      // The descriptor of this very listing.
    }
  }
  return open;
}

/** Runs `body` with a new directory that is gone afterwards; fails when a handle below it stays open. */
export async function withTemporaryDirectory(
  body: (directory: string) => Promise<void> | void,
): Promise<void> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "fleche-test-")));
  try {
    await body(directory);
    const isDatabase = (path: string) => /\.db(-wal|-shm)?$/.test(path);
    assert.deepEqual(openBelow(directory).filter((path) => !isDatabase(path)), [], "handles left open");
    // libsql 0.5.29 closes a database's files when its last statement is collected (tursodatabase/libsql-js#228).
    for (let turn = 0; turn < 5 && openBelow(directory).length > 0; turn++) await collectGarbage();
    // Bun's collector is conservative: it may see a reference where there is none.
    if (isDeno) assert.deepEqual(openBelow(directory), [], "handles left open");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
